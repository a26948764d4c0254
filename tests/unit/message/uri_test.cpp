#include "message/uri.h"

#include <catch2/catch.hpp>
#include <string>

namespace uri_test {

using sip::address_of_record;
using sip::equivalent;
using sip::Uri;

TEST_CASE("a SIP URI is taken apart into its parts") {
  const auto uri = Uri::parse("sip:alice:secret@example.org:5061;transport=tcp;lr?subject=x&priority=urgent");
  REQUIRE(uri);
  CHECK(uri->scheme == "sip");
  CHECK(uri->user == "alice");
  CHECK(uri->password == "secret");
  CHECK(uri->host == "example.org");
  CHECK(uri->port == 5061);
  CHECK(uri->params.value("transport") == "tcp");
  CHECK(uri->params.has("lr"));
  CHECK(uri->headers == "subject=x&priority=urgent");
}

TEST_CASE("a user part may hold what looks like parameters") {
  // RFC 4475 3.1.1.13
  const auto uri = Uri::parse("sip:user;par=u%40example.net@example.com");
  REQUIRE(uri);
  CHECK(uri->user == "user;par=u%40example.net");
  CHECK(uri->host == "example.com");
}

TEST_CASE("a URI of another scheme is kept as it is") {
  const auto uri = Uri::parse("tel:+1-201-555-0123");
  REQUIRE(uri);
  CHECK_FALSE(uri->is_sip());
  CHECK(uri->scheme == "tel");
}

TEST_CASE("a malformed URI is refused") {
  const auto text = GENERATE("", "sip", "sip:", "sip:@example.org", "sip:a b@example.org", "sip:a@",
                             "sip:a@example.org:port", "sip:a@example.org:65536", "sip:a@example.org;",
                             "sip:a@example.org;=x", "sip:a%4@example.org", "<sip:a@example.org>",
                             "sip:a@[2001:db8::1", "1sip:a@example.org", "sip:a@example.org more", "tel:");
  CAPTURE(text);
  CHECK_FALSE(Uri::parse(text));
}

namespace {
bool same(std::string_view a, std::string_view b) { return equivalent(*Uri::parse(a), *Uri::parse(b)); }
}  // namespace

TEST_CASE("URIs that RFC 3261 19.1.4 calls equivalent are") {
  CHECK(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
  CHECK(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
  CHECK(same("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"));
  CHECK(same("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
             "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
  CHECK(same("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
             "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
}

TEST_CASE("URIs that RFC 3261 19.1.4 tells apart are different") {
  CHECK_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
  CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
  CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
  CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
  CHECK_FALSE(same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
  CHECK_FALSE(same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
  CHECK_FALSE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
}

TEST_CASE("the address-of-record is the same for every way to write it") {
  CHECK(address_of_record(*Uri::parse("sip:%61lice@Example.ORG:5060;transport=tcp")) ==
        "sip:alice@example.org");
  CHECK(address_of_record(*Uri::parse("sips:alice@example.org")) == "sip:alice@example.org");
  CHECK(address_of_record(*Uri::parse("sip:alice@Example.org.")) == "sip:alice@example.org");
  CHECK(address_of_record(*Uri::parse("sip:example.org")) == "sip:example.org");
  CHECK(address_of_record(*Uri::parse("sip:a%40b@example.org")) == "sip:a%40b@example.org");
}

TEST_CASE("what may not stand in a Request-URI is taken off (19.1.1 table 1)") {
  const auto request_uri = [](std::string_view text) { return as_request_uri(*Uri::parse(text)); };
  CHECK(request_uri("sip:bob@host:5070;transport=tcp;lr") == "sip:bob@host:5070;transport=tcp;lr");
  CHECK(request_uri("sip:bob@host;method=INVITE;transport=tcp") == "sip:bob@host;transport=tcp");
  CHECK(request_uri("sip:bob@host?Route=%3Csip:evil%3E") == "sip:bob@host");
  CHECK(request_uri("sip:b?b@host;METHOD=x?a=b&c=d") == "sip:b?b@host");
  CHECK(request_uri("sip:bob@host?") == "sip:bob@host");
  CHECK(request_uri("tel:+1555") == "tel:+1555");
}

TEST_CASE("header components are compared one by one (19.1.4)") {
  CHECK_FALSE(same("sip:a@b?x=1&x=1", "sip:a@b?x=1&y=2"));
  CHECK_FALSE(same("sip:a@b?x=1&x=1", "sip:a@b?x=1"));
  CHECK(same("sip:a@b?x=%31&y=2", "sip:a@b?Y=2&X=1"));
}

TEST_CASE("of hosts that are addresses the bytes count (RFC 5954 4.2)") {
  CHECK(same("sip:bob@[::ffff:192.0.2.128]", "sip:bob@[::ffff:c000:280]"));
  CHECK(same("sip:bob@[2001:db8::9:1]", "sip:bob@[2001:db8::9:01]"));
  CHECK(same("sip:bob@[0:0:0:0:0:FFFF:129.144.52.38]", "sip:bob@[::FFFF:129.144.52.38]"));
  CHECK(same("sip:bob@192.0.2.1", "sip:bob@192.0.2.001"));
  CHECK_FALSE(same("sip:bob@[2001:db8::9:1]", "sip:bob@[2001:db8::9:10]"));
  CHECK_FALSE(same("sip:bob@192.0.2.1", "sip:bob@192.0.2.10"));
  CHECK_FALSE(same("sip:bob@192.0.2.1", "sip:bob@host"));
}

TEST_CASE("a URI past its limit is too large, one at it is read") {
  const std::string longest = "sip:" + std::string(sip::max_uri_size - 6, 'a') + "@b";
  CHECK(Uri::parse(longest));
  CHECK(Uri::parse(longest + "c").error().code == sip::Errc::too_large);
}

TEST_CASE("an escape in a parameter's name is a way to write it (RFC 4475 3.1.1.3)") {
  const auto uri = Uri::parse("sip:a@b;%6C%72;n%61me=v%61lue%25%34%31");
  CHECK(uri->params.has("lr"));
  CHECK_FALSE(uri->params.has("l"));
  CHECK_FALSE(uri->params.has("lrs"));
  CHECK(same("sip:a@b;%6C%72;n%61me=v%61lue%25%34%31", "sip:a@b;name=value%2541;lr"));
  CHECK_FALSE(same("sip:a@b;n%61me=value%2541", "sip:a@b;name=valueA"));
  CHECK_FALSE(same("sip:a@b;%75ser=phone", "sip:a@b"));
  CHECK(sip::as_request_uri(*Uri::parse("sip:a@b;%6Dethod=BYE;x")) == "sip:a@b;x");
}

TEST_CASE(
    "no parameter of a URI stands twice (19.1.1), their escapes are whole, and there are not too many") {
  const auto text = GENERATE("sip:a@b;x=1;x=2", "sip:a@b;lr;x;LR", "sip:a@b;lr;%6C%72", "sip:a@b;%6cr;l%72",
                             "sip:a@b;x=%4", "sip:a@b;x%=1", "sip:a@b;%zz");
  CAPTURE(text);
  CHECK_FALSE(Uri::parse(text));
  std::string many = "sip:a@b";
  for (std::size_t i = 0; i < sip::max_uri_params; ++i) many += ";p" + std::to_string(i);
  CHECK(Uri::parse(many));
  CHECK(Uri::parse(many + ";lr").error().code == sip::Errc::too_large);
}

TEST_CASE("a parameter whose name is no token hides none behind it (25.1 paramchar)") {
  const auto uri = Uri::parse("sip:a@b;[x/y]:&$=1;lr");
  CHECK(uri->params.value("[x/y]:&$") == "1");
  CHECK(uri->params.has("lr"));
  CHECK_FALSE(same("sip:a@b;[x]=1;maddr=c", "sip:a@b;[x]=1;maddr=d"));
}

TEST_CASE("passwords hold less than user parts do (25.1)") {
  CHECK(Uri::parse("sip:u;v?w/x:p&=+$,@h"));
  CHECK_FALSE(Uri::parse("sip:u:p;q@h"));
  CHECK_FALSE(Uri::parse("sip:u:p?q@h"));
  CHECK_FALSE(Uri::parse("sip:u:p/q@h"));
  CHECK_FALSE(Uri::parse("sip:u:p:q@h"));
}

}  // namespace uri_test
