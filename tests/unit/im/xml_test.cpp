#include "im/xml.h"

#include <catch2/catch.hpp>

namespace xml_test {

using namespace sip;

namespace {

using Kind = XmlToken::Kind;

/// The document as one line: "<uri|name a=v>" for a start, "</uri|name>" for an end, "[text]" for text.
Result<std::string> told(std::string_view document) {
  XmlReader reader(document);
  std::string out;
  for (;;) {
    const auto token = reader.next();
    if (!token) return token.error();
    const std::string name = token->namespace_uri + "|" + std::string(token->name);
    switch (token->kind) {
      case Kind::start:
        out += "<" + name;
        for (const auto& attribute : token->attributes)
          out += " " + std::string(attribute.name) + "=" + attribute.value;
        out += ">";
        break;
      case Kind::text: out += "[" + token->text + "]"; break;
      case Kind::end: out += "</" + name + ">"; break;
      case Kind::done: return out;
    }
  }
}

void check_refused(std::string_view document, Errc code = Errc::syntax) {
  CAPTURE(document);
  const auto result = told(document);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == code);
  CHECK(result.error().offset <= document.size());
}

std::string nested(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) out += "<a>";
  for (std::size_t i = 0; i < depth; ++i) out += "</a>";
  return out;
}

std::string with_attributes(std::size_t count) {
  std::string out = "<a";
  for (std::size_t i = 0; i < count; ++i) out += " n" + std::to_string(i) + "=''";
  return out + "/>";
}

}  // namespace

TEST_CASE("elements, attributes and text come in the order of the document") {
  const auto [document, expected] = GENERATE(table<const char*, const char*>({
      {"<a/>", "<|a></|a>"},
      {"<a></a >", "<|a></|a>"},
      {"<a b='1' c = \"2\" />", "<|a b=1 c=2></|a>"},
      {"<a>x<b>y</b>z</a>", "<|a>[x]<|b>[y]</|b>[z]</|a>"},
      {"\xef\xbb\xbf<?xml version=\"1.0\" encoding='utf-8' standalone='yes'?>\r\n<a/>\r\n<!-- end -->",
       "<|a></|a>"},
      {"<a><!-- a - b --><?php echo ?>x<!----></a>", "<|a>[x]</|a>"},
      {"<a><![CDATA[<b>&amp;]]]></a>", "<|a>[<b>&amp;]]</|a>"},
      {"<a\n\tb='1'\n>\n</a>", "<|a b=1>[\n]</|a>"},
      {"<gr\xc3\xbc\xc3\x9f/>", "<|gr\xc3\xbc\xc3\x9f></|gr\xc3\xbc\xc3\x9f>"},
  }));
  CAPTURE(document);
  const auto result = told(document);
  REQUIRE(result);
  CHECK(*result == expected);
}

TEST_CASE("references stand for their characters, in text and in attributes") {
  const auto result = told("<a b='&lt;&#x22;'>&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#x1F44b;</a>");
  REQUIRE(result);
  CHECK(*result == "<|a b=<\">[&<>\"'AB\xf0\x9f\x91\x8b]</|a>");
  for (const char* reference : {"&nbsp;", "&;", "&#;", "&#x;", "&#xg;", "&#1f;", "&#0;", "&#8;", "&#xd800;",
                                "&#xfffe;", "&#x110000;", "&#99999999999999999999;", "& ", "&AMP;"})
    check_refused("<a>" + std::string(reference) + ";</a>");
  check_refused("<a>&amp</a>", Errc::truncated);
}

TEST_CASE("line ends are LF, and white space in attributes is spaces") {
  const auto result = told("<a b='1\r\n2\t3'>x\r\ny\rz<![CDATA[\r\n\r]]></a>");
  REQUIRE(result);
  CHECK(*result == "<|a b=1 2 3>[x\ny\nz][\n\n]</|a>");
}

TEST_CASE("prefixes stand for namespaces, as far as their element reaches") {
  const auto [document, expected] = GENERATE(table<const char*, const char*>({
      {"<a xmlns='urn:1'><b/></a>", "<urn:1|a xmlns=urn:1><urn:1|b></urn:1|b></urn:1|a>"},
      {"<p:a xmlns:p='urn:1'><b/></p:a>", "<urn:1|a xmlns:p=urn:1><|b></|b></urn:1|a>"},
      {"<a xmlns='urn:1'><b xmlns='urn:2'/><c/></a>",
       "<urn:1|a xmlns=urn:1><urn:2|b xmlns=urn:2></urn:2|b><urn:1|c></urn:1|c></urn:1|a>"},
      {"<a xmlns='urn:1'><b xmlns=''/></a>", "<urn:1|a xmlns=urn:1><|b xmlns=></|b></urn:1|a>"},
      {"<a b:c='1' xmlns:b='urn:1'/>", "<|a b:c=1 xmlns:b=urn:1></|a>"},
  }));
  CAPTURE(document);
  const auto result = told(document);
  REQUIRE(result);
  CHECK(*result == expected);
  check_refused("<p:a/>");
  check_refused("<a><b xmlns:p='urn:1'/><p:c/></a>");
  check_refused("<a xmlns:p=''/>");
  for (const char* name : {":a", "a:", "a:b:c", "a:1"})
    check_refused("<" + std::string(name) + " xmlns:a='u'/>");
}

TEST_CASE("what is not well-formed is refused, with the place") {
  for (const char* document : {"x",
                               "<>",
                               "< a/>",
                               "<1/>",
                               "<a/><b/>",
                               "<a/>x",
                               "<a></b>",
                               "<a b/>",
                               "<a b=c/>",
                               "<a b='1'c='2'/>",
                               "<a b='1' b='2'/>",
                               "<a b='<'/>",
                               "</a>",
                               "<a>]]></a>",
                               "<a><!-- -- --></a>",
                               "<![CDATA[x]]>",
                               "<a x:='1'/>",
                               "<?xml version='2.0'?><a/>",
                               "<?xml encoding='UTF-8'?><a/>",
                               "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
                               "<a>\x01</a>",
                               "<a>\xff</a>",
                               "<a>\xef\xbf\xbf</a>"})
    check_refused(document);
  for (const char* document :
       {"", " ", "<!-- -->", "<a>", "<a>x", "<a><b></b>", "<a><!-- ", "<a><![CDATA[", "<?pi", "<a b='1"})
    check_refused(document, Errc::truncated);
}

TEST_CASE("a document type declaration is refused, with or without entities") {
  check_refused("<!DOCTYPE a><a/>");
  check_refused("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b \"bbb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>");
  check_refused("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>");
}

TEST_CASE("documents, depths and attributes have their limits") {
  CHECK(told(nested(XmlReader::max_depth)));
  check_refused(nested(XmlReader::max_depth + 1), Errc::too_large);
  CHECK(told(with_attributes(XmlReader::max_attributes)));
  check_refused(with_attributes(XmlReader::max_attributes + 1), Errc::too_large);
  const std::string text(XmlReader::max_document - 7, 'x');
  CHECK(told("<a>" + text + "</a>"));
  check_refused("<a>" + text + "x</a>", Errc::too_large);
}

TEST_CASE("the rest of an element is its own text, trimmed, without what is inside it") {
  XmlReader reader("<a> one<b>two</b>\n<!-- x -->three </a>");
  REQUIRE(reader.next());
  const auto text = reader.rest_of_element();
  REQUIRE(text);
  CHECK(*text == "one\nthree");
  const auto done = reader.next();
  REQUIRE(done);
  CHECK(done->kind == Kind::done);
  REQUIRE(reader.next());
}

TEST_CASE("escaped text reads as it was, without what XML cannot hold") {
  const std::string text = "a<b>&\"'\r\n\t\xf0\x9f\x91\x8b";
  const auto result = told("<a b=\"" + xml_escaped("x\"<&") + "\">" + xml_escaped(text) + "</a>");
  REQUIRE(result);
  CHECK(*result == "<|a b=x\"<&>[" + text + "]</|a>");
  CHECK(xml_escaped(std::string("a\0\x1f"
                                "b",
                                4)) == "ab");
}

}  // namespace xml_test
