#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "message/message.h"

namespace verbatim_test {

// RFC 3261 16.6, 20: whatever a message carries comes out of an edit byte for byte and in its place, but for
// what was edited.

using namespace sip;

namespace {

struct Known {
  std::string_view name;
  char compact;  ///< '\0' for none
};

/// RFC 3261 20 and 25.1; RFC 3428 tables 1 and 2; the rest by the RFC named. Compact forms as registered.
constexpr Known known[] = {
    {"Accept", 0},
    {"Accept-Encoding", 0},
    {"Accept-Language", 0},
    {"Alert-Info", 0},
    {"Allow", 0},
    {"Authentication-Info", 0},
    {"Authorization", 0},
    {"Call-ID", 'i'},
    {"Call-Info", 0},
    {"Contact", 'm'},
    {"Content-Disposition", 0},
    {"Content-Encoding", 'e'},
    {"Content-Language", 0},
    {"Content-Length", 'l'},
    {"Content-Type", 'c'},
    {"CSeq", 0},
    {"Date", 0},
    {"Error-Info", 0},
    {"Expires", 0},
    {"From", 'f'},
    {"In-Reply-To", 0},
    {"Max-Forwards", 0},
    {"Min-Expires", 0},
    {"MIME-Version", 0},
    {"Organization", 0},
    {"Priority", 0},
    {"Proxy-Authenticate", 0},
    {"Proxy-Authorization", 0},
    {"Proxy-Require", 0},
    {"Record-Route", 0},
    {"Reply-To", 0},
    {"Require", 0},
    {"Retry-After", 0},
    {"Route", 0},
    {"Server", 0},
    {"Subject", 's'},
    {"Supported", 'k'},
    {"Timestamp", 0},
    {"To", 't'},
    {"Unsupported", 0},
    {"User-Agent", 0},
    {"Via", 'v'},
    {"Warning", 0},
    {"WWW-Authenticate", 0},
    {"RAck", 0},
    {"RSeq", 0},     // RFC 3262
    {"Privacy", 0},  // RFC 3323
    {"P-Asserted-Identity", 0},
    {"P-Preferred-Identity", 0},  // RFC 3325
    {"Reason", 0},                // RFC 3326
    {"Path", 0},                  // RFC 3327
    {"Refer-To", 'r'},            // RFC 3515
    {"Service-Route", 0},         // RFC 3608
    {"Accept-Contact", 'a'},
    {"Reject-Contact", 'j'},
    {"Request-Disposition", 'd'},  // RFC 3841
    {"Referred-By", 'b'},          // RFC 3892
    {"SIP-ETag", 0},
    {"SIP-If-Match", 0},  // RFC 3903
    {"Session-Expires", 'x'},
    {"Min-SE", 0},  // RFC 4028
    {"Identity", 'y'},
    {"Identity-Info", 'n'},  // RFC 4474
    {"Max-Breadth", 0},      // RFC 5393
    {"Flow-Timer", 0},       // RFC 5626
    {"Event", 'o'},
    {"Allow-Events", 'u'},
    {"Subscription-State", 0},         // RFC 6665
    {"Feature-Caps", 0},               // RFC 6809
    {"History-Info", 0},               // RFC 7044
    {"Proxy-Authentication-Info", 0},  // RFC 7615
};

/// Values that no typed reader of this core would write again as they are.
constexpr std::string_view odd_values[] = {
    "",
    "plain",
    "a ,b;x=1 , \"c, \\\" d\";y = \"\xe5\xa4\xa7\" ,<sip:e,f@g;h=i?j=k>;+sip.instance=\"<urn:x>\";reg-id=1",
    "first\r\n ;unknown = \"folded\r\n\tin quotes\"\r\n\t, second;pub-gruu=\"sip:a@b;gr=c\"",
    ";;,,;;,;",
    "<sip:a@[2001:db8::1]:5060;lr;pn-provider=x;pn-prid=y%3Az>;expires=7;q=0.5;methods=\"A,B\"",
    "text (a comment (nested) \\) and more) 70 agent \"?\"",
};

std::string odd_case(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i)
    text += i % 2 == 0 ? to_lower(name[i]) : static_cast<char>(is_alpha(name[i]) ? name[i] & ~0x20 : name[i]);
  return text;
}

std::vector<std::string> spellings(const Known& field) {
  std::vector<std::string> all{std::string(field.name), lower_case(field.name), odd_case(field.name)};
  if (field.compact != 0) {
    all.emplace_back(1, field.compact);
    all.emplace_back(1, static_cast<char>(field.compact & ~0x20));
  }
  return all;
}

/// Every value under every spelling, in one field each, with white space where HCOLON lets it stand.
std::vector<std::string> lines_of(const Known& field) {
  std::vector<std::string> lines;
  for (const std::string& name : spellings(field))
    for (const std::string_view value : odd_values) {
      lines.push_back(name + ":" + std::string(value) + "\r\n");
      lines.push_back(name + " \t:  " + std::string(value) + " \t\r\n");
    }
  return lines;
}

std::string message_of(const std::vector<std::string>& lines, std::string_view first = {}) {
  std::string text = "MESSAGE sip:bob@example.org SIP/2.0\r\n" + std::string(first);
  for (const std::string& line : lines) text += line;
  return text + "\r\nbody";
}

}  // namespace

TEST_CASE("every header field of the RFCs is known in every case and in its compact form") {
  for (const Known& field : known) {
    CAPTURE(field.name);
    const HeaderName name = header_name(field.name);
    CHECK(name != HeaderName::other);
    CHECK(to_text(name) == field.name);
    for (const std::string& spelling : spellings(field)) CHECK(header_name(spelling) == name);
    CHECK(header_name(std::string(field.name) + "x") == HeaderName::other);
    CHECK(header_name(field.name.substr(1)) != name);
  }
}

TEST_CASE("every header field passes an edit of others byte for byte, folded, in odd case and compact form") {
  for (const Known& field : known) {
    CAPTURE(field.name);
    const auto lines = lines_of(field);
    REQUIRE(lines.size() <= max_header_fields - 2);
    const std::string text = message_of(lines, "l: 4\r\nX-Hops: 70\r\n");
    const auto message = MessageView::parse(text);
    REQUIRE(message);
    REQUIRE(message->fields().size() == lines.size() + 2);
    const HeaderName name = header_name(field.name);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      CHECK(message->fields()[i + 2].line == lines[i]);
      CHECK(message->fields()[i + 2].name == name);
      CHECK(message->fields()[i + 2].value == trim(lines[i].substr(lines[i].find(':') + 1)));
    }
    CHECK(MessageEdit(*message).write() == text);
    const HeaderName other = name == HeaderName::path ? HeaderName::privacy : HeaderName::path;
    CHECK(MessageEdit(*message).prepend(other, "p").request_uri("sip:x@y").write() ==
          "MESSAGE sip:x@y SIP/2.0\r\n" + std::string(to_text(other)) + ": p\r\n" +
              text.substr(text.find("\r\n") + 2));
    CHECK(MessageEdit(*message).remove(other).remove_first(other).write() == text);
  }
}

TEST_CASE("a value put in front, and a field taken out, leave the other fields of that name as they were") {
  for (const Known& field : known) {
    CAPTURE(field.name);
    const HeaderName name = header_name(field.name);
    const auto lines = lines_of(field);
    const std::string text = message_of(lines, name == HeaderName::content_length ? "" : "l: 4\r\n");
    const auto message = MessageView::parse(text);
    REQUIRE(message);
    std::string expected = text;
    expected.insert(expected.find(lines[0]), std::string(field.name) + ": new\r\n");
    CHECK(MessageEdit(*message).prepend(name, "new").write() == expected);
    const HeaderField& last = message->fields().back();
    std::string shorter = text;
    shorter.erase(shorter.rfind(lines.back()), lines.back().size());
    CHECK(MessageEdit(*message).remove(last).write() == shorter);
  }
}

TEST_CASE("unknown header fields keep their place among known ones") {
  const std::string text =
      "OPTIONS sip:a@b SIP/2.0\r\nX-A: 1\r\nVia: SIP/2.0/UDP a\r\nx-b : 2,\r\n 3\r\nv: SIP/2.0/UDP "
      "b\r\nC%6Fntact: <x>\r\n"
      "Z:\r\nl: 0\r\n\r\n";
  const auto message = MessageView::parse(text);
  REQUIRE(message);
  CHECK(MessageEdit(*message).remove_first(HeaderName::via).write() ==
        "OPTIONS sip:a@b SIP/2.0\r\nX-A: 1\r\nx-b : 2,\r\n 3\r\nv: SIP/2.0/UDP b\r\nC%6Fntact: "
        "<x>\r\nZ:\r\nl: 0\r\n\r\n");
}

}  // namespace verbatim_test
