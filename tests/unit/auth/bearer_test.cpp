#include "auth/bearer.h"

#include <catch2/catch.hpp>

namespace bearer_test {

using namespace sip;

namespace {

using Request = BearerClient::Request;
using Verdict = BearerClient::Verdict;

const std::string asked = R"(Bearer realm="example.org", authz_server="https://as.example.org", scope="sip")";

Verdict challenge(BearerClient& client, const std::string& field, const std::string& value, Request request,
                  Protocol protocol = Protocol::wss) {
  const std::string text = "SIP/2.0 401 Unauthorized\r\n" + field + ": " + value + "\r\n\r\n";
  const auto response = MessageView::parse(text);
  REQUIRE(response);
  return client.challenged(*response, request, protocol);
}

std::vector<std::string> shown(const BearerClient& client, Request request,
                               Protocol protocol = Protocol::wss) {
  std::vector<std::string> fields;
  for (const auto& field : client.authorization(request, protocol))
    fields.push_back(std::string(to_text(field.name)) + ": " + field.value);
  return fields;
}

}  // namespace

TEST_CASE("a Bearer challenge tells the authorization server and the scope (RFC 8898 4)") {
  const auto challenge = BearerChallenge::parse(asked + R"(, error="invalid_token")");
  REQUIRE(challenge);
  CHECK(challenge->realm == "example.org");
  CHECK(challenge->authz_server == "https://as.example.org");
  CHECK(challenge->scope == "sip");
  CHECK(challenge->error == "invalid_token");
  CHECK_FALSE(BearerChallenge::parse(R"(Digest realm="example.org", nonce="n")"));
  CHECK_FALSE(BearerChallenge::parse("Bearer"));
}

TEST_CASE("an authorization server is an https URI, or it is not told") {
  const auto server = [](const std::string& uri) {
    return BearerChallenge::parse("Bearer authz_server=\"" + uri + "\"")->authz_server;
  };
  CHECK(server("HTTPS://as.example.org/x?y=1") == "HTTPS://as.example.org/x?y=1");
  CHECK(server("http://as.example.org").empty());
  CHECK(server("javascript:alert(1)").empty());
  CHECK(server("https://as.example.org /x").empty());
  CHECK(server("https://as.example.org/\xc3\xa9").empty());
}

TEST_CASE("a token is of the characters that RFC 6750 2.1 names, '=' at the end only") {
  for (const char* good : {"mF_9.B5f-4.1JqM", "a", "a~+/==", "eyJ.eyJ.x"}) CHECK(is_bearer_token(good));
  for (const char* bad : {"", "=", "a=b", "a b", "a\r\nX: y", "a\""}) CHECK_FALSE(is_bearer_token(bad));
  CHECK_FALSE(is_bearer_token(std::string(8193, 'a')));
}

TEST_CASE("the token is shown to a registrar that asks, not before, and not twice once it was refused") {
  BearerClient client("tok");
  CHECK(shown(client, Request::to_registrar).empty());
  CHECK(challenge(client, "WWW-Authenticate", asked, Request::to_registrar) == Verdict::retry);
  CHECK(shown(client, Request::to_registrar) == std::vector<std::string>{"Authorization: Bearer tok"});
  CHECK(challenge(client, "WWW-Authenticate", asked, Request::to_registrar) == Verdict::refused);
}

TEST_CASE("who asks by 407 gets the token in Proxy-Authorization") {
  BearerClient client("tok");
  CHECK(challenge(client, "Proxy-Authenticate", asked, Request::to_registrar) == Verdict::retry);
  CHECK(shown(client, Request::to_registrar) == std::vector<std::string>{"Proxy-Authorization: Bearer tok"});
}

TEST_CASE("a token is never sent in clear (RFC 6750 5.3)") {
  BearerClient client("tok");
  CHECK(challenge(client, "WWW-Authenticate", asked, Request::to_registrar, Protocol::ws) ==
        Verdict::unsupported);
  CHECK(challenge(client, "WWW-Authenticate", asked, Request::to_registrar) == Verdict::retry);
  CHECK(shown(client, Request::to_registrar, Protocol::ws).empty());
}

TEST_CASE(
    "in a MESSAGE the token is for proxies that name the registrar's authorization server, never for 401") {
  BearerClient client("tok");
  CHECK(challenge(client, "Proxy-Authenticate", asked, Request::to_others) == Verdict::unsupported);
  challenge(client, "WWW-Authenticate", asked, Request::to_registrar);
  CHECK(challenge(client, "WWW-Authenticate", asked, Request::to_others) == Verdict::unsupported);
  CHECK(challenge(client, "Proxy-Authenticate", R"(Bearer authz_server="https://evil.example.com")",
                  Request::to_others) == Verdict::unsupported);
  CHECK(shown(client, Request::to_others).empty());
  CHECK(challenge(client, "Proxy-Authenticate", asked, Request::to_others) == Verdict::retry);
  CHECK(shown(client, Request::to_others) == std::vector<std::string>{"Proxy-Authorization: Bearer tok"});
}

TEST_CASE("without a token a Bearer challenge cannot be answered") {
  BearerClient client("");
  CHECK(challenge(client, "WWW-Authenticate", asked, Request::to_registrar) == Verdict::unsupported);
  CHECK(shown(client, Request::to_registrar).empty());
}

}  // namespace bearer_test
