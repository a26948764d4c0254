#include <catch2/catch.hpp>

#include "message/auth_params.h"
#include "message/contact.h"
#include "message/cseq.h"
#include "message/header_name.h"
#include "message/media_type.h"
#include "message/name_addr.h"
#include "message/via.h"

namespace headers_test {

using namespace sip;

TEST_CASE("a name-addr gives display name, URI and parameters") {
  const auto quoted = NameAddr::parse("\"Alice, \\\"A\\\"\" <sip:alice@example.org;lr> ; tag=x1");
  REQUIRE(quoted);
  CHECK(quoted->display_name == "Alice, \\\"A\\\"");
  CHECK(quoted->uri.user == "alice");
  CHECK(quoted->uri.params.has("lr"));
  CHECK(quoted->tag() == "x1");

  const auto tokens = NameAddr::parse("Alice  Liddell <sip:alice@example.org>");
  REQUIRE(tokens);
  CHECK(tokens->display_name == "Alice  Liddell");
}

TEST_CASE("without angle brackets parameters belong to the header field") {
  const auto address = NameAddr::parse("sip:alice@example.org;tag=x1");
  REQUIRE(address);
  CHECK(address->uri.text == "sip:alice@example.org");
  CHECK(address->tag() == "x1");
}

TEST_CASE("a malformed name-addr is refused") {
  const auto text = GENERATE("", "<sip:a@b", "\"open <sip:a@b>", "\"Bell, Alexander\" <sip:a@b> x",
                             "Bell, A <sip:a@b>", "sip:a@b?x=y", "<>", "<sip:a@b>;tag=", "sip:a@b, sip:c@d");
  CAPTURE(text);
  CHECK_FALSE(NameAddr::parse(text));
}

TEST_CASE("a Via gives transport, sent-by and parameters, with white space where it may stand") {
  const auto via = Via::parse("SIP / 2.0 / UDP\r\n 192.0.2.1 : 5060 ;branch=z9hG4bK1 ; rport");
  REQUIRE(via);
  CHECK(via->transport == "UDP");
  CHECK(via->host == "192.0.2.1");
  CHECK(via->port == 5060);
  CHECK(via->branch() == "z9hG4bK1");
  CHECK(via->params.has("rport"));
  CHECK_FALSE(via->params.value("rport"));

  const auto v6 = Via::parse("SIP/2.0/TCP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111");
  REQUIRE(v6);
  CHECK(v6->params.value("received") == "[2001:db8::9:255]");
}

TEST_CASE("a malformed Via is refused") {
  const auto text = GENERATE("", "SIP/2.0/UDP", "SIP/2.0/UDP a:", "SIP/2.0/UDP a:99999", "SIP/2.0UDP a",
                             "SIP/2.0/UDP a;", "SIP/2.0/UDP a b", "SIP/2.0/UDPa");
  CAPTURE(text);
  CHECK_FALSE(Via::parse(text));
}

TEST_CASE("CSeq takes numbers below 2^31 only") {
  const auto good = CSeq::parse("0009\t MESSAGE ");
  REQUIRE(good);
  CHECK(good->number == 9);
  CHECK(good->method == "MESSAGE");
  CHECK(CSeq::parse("2147483647 X"));
  const auto bad = GENERATE("2147483648 X", "36893488147419103232 X", "-1 X", "1", "1X", "X 1", "1 X Y", "");
  CAPTURE(bad);
  CHECK_FALSE(CSeq::parse(bad));
}

TEST_CASE("Contact gives q and expires, and knows the star") {
  const auto star = Contact::parse(" * ");
  REQUIRE(star);
  CHECK(star->star);
  const auto contact = Contact::parse("<sip:a@192.0.2.1>;q=0.75;expires=60");
  REQUIRE(contact);
  CHECK(contact->q_thousandths == 750);
  CHECK(contact->expires == Seconds(60));
  CHECK(Contact::parse("<sip:a@b>;q=1.000")->q_thousandths == 1000);
  CHECK(Contact::parse("<sip:a@b>;expires=soon")->expires == Seconds(3600));
  const auto bad = GENERATE("<sip:a@b>;q=1.1", "<sip:a@b>;q=2", "<sip:a@b>;q=0.1234", "<sip:a@b>;q=x", "**");
  CAPTURE(bad);
  CHECK_FALSE(Contact::parse(bad));
}

TEST_CASE("Contacts come by preference, equals in their order, without what is malformed and the star") {
  const auto view = MessageView::parse(
      "SIP/2.0 302 X\r\nContact: <sip:a@x>;q=0.5, <sip:b@x>\r\nm: *, <sip:c@x>;q=2\r\n"
      "Contact: sip:d@x;q=1\r\nContact: <sip:e@x>;q=0\r\n\r\n");
  REQUIRE(view);
  std::string order;
  for (const Contact& contact : contacts_by_preference(*view)) order += contact.address.uri.user;
  CHECK(order == "bdae");
}

TEST_CASE("a media type is compared without case") {
  const auto media = MediaType::parse("Text/Plain ; charset=UTF-8");
  REQUIRE(media);
  CHECK(media->is("text", "plain"));
  CHECK(media->params.value("charset") == "UTF-8");
  CHECK_FALSE(MediaType::parse("text"));
  CHECK_FALSE(MediaType::parse("text/"));
  CHECK_FALSE(MediaType::parse("text/plain;"));
}

TEST_CASE("auth parameters are found by name, quoted or not") {
  const auto auth =
      AuthParams::parse("Digest realm=\"a, \\\"b\\\"\" ,\r\n qop = \"auth,auth-int\", algorithm=SHA-256");
  REQUIRE(auth);
  CHECK(auth->scheme == "Digest");
  CHECK(auth->value("REALM") == "a, \\\"b\\\"");
  CHECK(auth->value("qop") == "auth,auth-int");
  CHECK(auth->value("algorithm") == "SHA-256");
  CHECK_FALSE(auth->value("nonce"));
  const auto bad =
      GENERATE("Digest", "Digest ", "Digest x", "Digest x=", "Digest x=\"y", "Digest x=y,,z=1", "");
  CAPTURE(bad);
  CHECK_FALSE(AuthParams::parse(bad));
}

TEST_CASE("Authentication-Info has parameters without a scheme") {
  const auto info = AuthParams::parse_info(" nextnonce=\"a,b\" , qop=auth,nc=00000001 ");
  REQUIRE(info);
  CHECK(info->scheme.empty());
  CHECK(info->value("nextnonce") == "a,b");
  CHECK(info->value("nc") == "00000001");
  CHECK_FALSE(info->value("rspauth"));
  const auto bad = GENERATE("", "Digest", "Digest qop=auth", "qop=", "qop=\"a", "qop=a,", "qop=a b");
  CAPTURE(bad);
  CHECK_FALSE(AuthParams::parse_info(bad));
}

TEST_CASE("header names are known in canonical and compact form, without case") {
  CHECK(header_name("call-id") == HeaderName::call_id);
  CHECK(header_name("I") == HeaderName::call_id);
  CHECK(header_name("v") == HeaderName::via);
  CHECK(header_name("z") == HeaderName::other);
  CHECK(header_name("4") == HeaderName::other);
  CHECK(header_name("") == HeaderName::other);
  CHECK(header_name("X-Custom") == HeaderName::other);
  CHECK(to_text(HeaderName::www_authenticate) == "WWW-Authenticate");
  CHECK(header_name("proxy-authentication-info") == HeaderName::proxy_authentication_info);
}

}  // namespace headers_test
