#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "auth/digest_client.h"
#include "challenge_response.h"

namespace digest_realms_test {

using sip::DigestClient;
using sip::Random;
using sip::seed_from;
using sip::test::challenge;
using sip::test::parameter;
using Verdict = sip::DigestClient::Verdict;

namespace {

const std::string server_challenge =
    R"(WWW-Authenticate: Digest realm="r", nonce="s", algorithm=SHA-256, qop="auth")";

std::string proxy_challenge(const std::string& realm, const std::string& nonce = "p") {
  return "Proxy-Authenticate: Digest realm=\"" + realm + "\", nonce=\"" + nonce + R"(", qop="auth")";
}

DigestClient make_client() { return {{"alice", "secret"}, Random(seed_from(1))}; }

DigestClient::Signature sign(DigestClient& client) {
  return client.sign({.method = "MESSAGE", .uri = "sip:bob@example.org", .body = "hi"});
}

/// The realms that a request is signed for, as "name realm".
std::vector<std::string> realms(const DigestClient::Signature& signature) {
  std::vector<std::string> texts;
  for (const DigestClient::Field& field : signature.fields)
    texts.push_back(std::string(to_text(field.name)) + " " + parameter(field.value, "realm"));
  return texts;
}

}  // namespace

TEST_CASE("challenges of servers and of proxies are kept apart and answered side by side") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {server_challenge}) == Verdict::retry);
  const auto first = sign(client);
  // Same realm and signed before, but for the server: the proxy asks for the first time.
  const std::string of_proxy =
      R"(Proxy-Authenticate: Digest realm="r", nonce="p", algorithm=SHA-256, qop="auth")";
  REQUIRE(challenge(client, {of_proxy}, first) == Verdict::retry);

  const auto second = sign(client);
  REQUIRE(realms(second) == std::vector<std::string>{"Authorization r", "Proxy-Authorization r"});
  CHECK(parameter(second.fields[0].value, "nonce") == "s");
  CHECK(parameter(second.fields[0].value, "nc") == "00000002");
  CHECK(parameter(second.fields[1].value, "nonce") == "p");
  CHECK(parameter(second.fields[1].value, "nc") == "00000001");
  CHECK(challenge(client, {of_proxy}, second) == Verdict::refused);
}

TEST_CASE("a response that gathers challenges of a server and of several proxies is answered to all") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {proxy_challenge("one"), server_challenge, proxy_challenge("two")}) ==
          Verdict::retry);
  CHECK(realms(sign(client)) ==
        std::vector<std::string>{"Authorization r", "Proxy-Authorization one", "Proxy-Authorization two"});
}

TEST_CASE("proxies that ask one after the other get all their credentials in the end") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {proxy_challenge("one")}) == Verdict::retry);
  const auto first = sign(client);
  REQUIRE(challenge(client, {proxy_challenge("two")}, first) == Verdict::retry);
  const auto second = sign(client);
  CHECK(realms(second) == std::vector<std::string>{"Proxy-Authorization one", "Proxy-Authorization two"});
}

TEST_CASE("each realm takes its own strongest algorithm") {
  DigestClient client = make_client();
  const std::string better =
      R"(Proxy-Authenticate: Digest realm="two", nonce="b", algorithm=SHA-512-256, qop="auth")";
  REQUIRE(challenge(client, {proxy_challenge("one"), proxy_challenge("two"), better}) == Verdict::retry);
  const auto signature = sign(client);
  REQUIRE(signature.fields.size() == 2);
  CHECK(parameter(signature.fields[0].value, "nonce") == "p");
  CHECK(parameter(signature.fields[1].value, "algorithm") == "SHA-512-256");
}

TEST_CASE("one realm that refuses the password is enough to give up") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {proxy_challenge("one")}) == Verdict::retry);
  const auto sent = sign(client);
  CHECK(challenge(client, {proxy_challenge("two"), proxy_challenge("one", "new")}, sent) == Verdict::refused);
}

TEST_CASE("a realm whose nonce became stale keeps the other realms as they are") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {proxy_challenge("one"), proxy_challenge("two")}) == Verdict::retry);
  const auto sent = sign(client);
  REQUIRE(challenge(client, {proxy_challenge("one", "new") + ", stale=true"}, sent) == Verdict::retry);
  for (const DigestClient::Field& field : sign(client).fields) {
    const bool is_new = parameter(field.value, "realm") == "one";
    CHECK(parameter(field.value, "nonce") == (is_new ? "new" : "p"));
    CHECK(parameter(field.value, "nc") == (is_new ? "00000001" : "00000002"));
  }
}

TEST_CASE("realms of proxies are remembered up to a limit, the oldest is forgotten") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {server_challenge}) == Verdict::retry);
  for (std::size_t i = 0; i <= DigestClient::max_proxy_realms; ++i)
    REQUIRE(challenge(client, {proxy_challenge("p" + std::to_string(i))}) == Verdict::retry);
  const auto signed_for = realms(sign(client));
  CHECK(signed_for.size() == DigestClient::max_proxy_realms + 1);
  CHECK(signed_for[0] == "Authorization r");
  CHECK(signed_for[1] == "Proxy-Authorization p1");

  DigestClient flooded = make_client();
  std::vector<std::string> flood(50);
  for (std::size_t i = 0; i < flood.size(); ++i) flood[i] = proxy_challenge("p" + std::to_string(i));
  REQUIRE(challenge(flooded, flood) == Verdict::retry);
  CHECK(sign(flooded).fields.size() == DigestClient::max_proxy_realms);
}

TEST_CASE("a realm that asked for SHA-256 gets no MD5, whoever asks in its name and whatever came between") {
  const std::string md5 = R"(WWW-Authenticate: Digest realm="r", nonce="m", algorithm=MD5, qop="auth")";
  DigestClient client = make_client();
  REQUIRE(challenge(client, {server_challenge}) == Verdict::retry);
  REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="other", nonce="o", qop="auth")"}) ==
          Verdict::retry);
  CHECK(challenge(client, {md5}) == Verdict::unsupported);
  CHECK(challenge(client, {proxy_challenge("r")}) == Verdict::unsupported);
  CHECK(realms(sign(client)) == std::vector<std::string>{"Authorization other"});
}

TEST_CASE("of a server and a proxy of one realm the one that asks for MD5 gets nothing") {
  const std::string md5 = R"(WWW-Authenticate: Digest realm="r", nonce="m", qop="auth")";
  const std::string better =
      R"(Proxy-Authenticate: Digest realm="r", nonce="b", algorithm=SHA-256, qop="auth")";
  DigestClient of_server = make_client();
  REQUIRE(challenge(of_server, {proxy_challenge("r"), server_challenge}) == Verdict::retry);
  CHECK(realms(sign(of_server)) == std::vector<std::string>{"Authorization r"});
  DigestClient of_proxy = make_client();
  REQUIRE(challenge(of_proxy, {md5, better}) == Verdict::retry);
  CHECK(realms(sign(of_proxy)) == std::vector<std::string>{"Proxy-Authorization r"});
  DigestClient of_both = make_client();
  REQUIRE(challenge(of_both, {proxy_challenge("r")}) == Verdict::retry);
  REQUIRE(challenge(of_both, {server_challenge}) == Verdict::retry);
  CHECK(realms(sign(of_both)) == std::vector<std::string>{"Authorization r"});
}

TEST_CASE("whoever asks in the name of ever new realms has none of the first forgotten") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {server_challenge}) == Verdict::retry);
  for (std::size_t i = 0; i <= DigestClient::max_strict_realms; ++i)
    challenge(client, {"WWW-Authenticate: Digest realm=\"" + std::to_string(i) +
                       R"(", nonce="n", algorithm=SHA-256, qop="auth")"});
  CHECK(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="m", qop="auth")"}) ==
        Verdict::unsupported);
}

}  // namespace digest_realms_test
