#include <catch2/catch.hpp>
#include <string>

#include "auth/digest_server.h"
#include "base/md5.h"
#include "base/sha512_256.h"
#include "challenge_response.h"

namespace digest_session_test {

using sip::AuthParams;
using sip::DigestAlgorithm;
using sip::DigestClient;
using sip::DigestedRequest;
using sip::DigestServer;
using sip::md5_hex;
using sip::Now;
using sip::Random;
using sip::seed_from;
using sip::StoredDigest;
using sip::test::at;
using sip::test::challenge;
using sip::test::make_client;
using sip::test::parameter;
using sip::test::uri;
using Verdict = sip::DigestServer::Verdict;

namespace {

std::string sign(DigestClient& client, std::string_view body = {}) {
  const auto signature = client.sign({.method = "REGISTER", .uri = uri, .body = body});
  REQUIRE(signature.fields.size() == 1);
  return signature.fields.front().value;
}

Verdict verify(DigestServer& server, const std::string& value, std::string_view body = {},
               const StoredDigest& stored = StoredDigest::of("alice", "example.org", "secret")) {
  const auto params = AuthParams::parse(value);
  REQUIRE(params);
  return server.verify(at(0), *params, {.method = "REGISTER", .uri = uri, .body = body}, stored).verdict;
}

/// A request under MD5-sess whose key is made with another cnonce than its own.
std::string session_value(const std::string& username, const std::string& password, const std::string& nonce,
                          const std::string& nonce_count, const std::string& key_cnonce,
                          const std::string& cnonce) {
  const std::string key =
      md5_hex(md5_hex(username + ":example.org:" + password) + ":" + nonce + ":" + key_cnonce);
  const std::string response = md5_hex(key + ":" + nonce + ":" + nonce_count + ":" + cnonce +
                                       ":auth:" + md5_hex("REGISTER:sip:example.org"));
  return "Digest username=\"" + username + R"(", realm="example.org", nonce=")" + nonce +
         R"(", uri="sip:example.org", response=")" + response + R"(", algorithm=MD5-sess, qop=auth, nc=)" +
         nonce_count + ", cnonce=\"" + cnonce + "\"";
}

}  // namespace

TEST_CASE("client and server understand each other by every algorithm") {
  const auto algorithm =
      GENERATE(DigestAlgorithm::md5, DigestAlgorithm::md5_sess, DigestAlgorithm::sha256,
               DigestAlgorithm::sha256_sess, DigestAlgorithm::sha512_256, DigestAlgorithm::sha512_256_sess);
  CAPTURE(to_text(algorithm));
  DigestServer server("example.org", Random(seed_from(9)));
  DigestClient client = make_client();
  const std::string offer = server.challenges(at(0), false, std::array{algorithm}).front();
  REQUIRE(challenge(client, {"WWW-Authenticate: " + offer}) == DigestClient::Verdict::retry);
  for (int request = 0; request < 3; ++request) {
    const std::string value = sign(client);
    CHECK(parameter(value, "algorithm") == to_text(algorithm));
    CHECK(verify(server, value) == Verdict::accepted);
    CHECK(verify(server, value) == Verdict::stale);
  }
}

TEST_CASE("the key of a session is made with its nonce and its first cnonce") {
  DigestClient client = make_client();
  REQUIRE(challenge(client,
                    {R"(WWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth")"}) ==
          DigestClient::Verdict::retry);
  const std::string first = sign(client);
  const std::string cnonce = parameter(first, "cnonce");
  const std::string key = md5_hex(md5_hex("alice:r:secret") + ":n:" + cnonce);
  const std::string a2 = md5_hex("REGISTER:sip:example.org");
  CHECK(parameter(first, "response") == md5_hex(key + ":n:00000001:" + cnonce + ":auth:" + a2));
  const std::string second = sign(client);
  CHECK(parameter(second, "response") ==
        md5_hex(key + ":n:00000002:" + parameter(second, "cnonce") + ":auth:" + a2));
  // Servers that take the request's own cnonce for that of the key agree as well.
  CHECK(parameter(second, "cnonce") == cnonce);
}

TEST_CASE("a new challenge begins a new session with a key of its own") {
  DigestClient client = make_client();
  const std::string offer = R"(WWW-Authenticate: Digest realm="r", algorithm=MD5-sess, qop="auth", nonce=)";
  REQUIRE(challenge(client, {offer + "\"n\""}) == DigestClient::Verdict::retry);
  const std::string before = parameter(sign(client), "cnonce");
  REQUIRE(challenge(client, {offer + "\"m\""}) == DigestClient::Verdict::retry);
  const std::string value = sign(client);
  const std::string cnonce = parameter(value, "cnonce");
  CHECK(cnonce != before);
  CHECK(parameter(value, "response") ==
        md5_hex(md5_hex(md5_hex("alice:r:secret") + ":m:" + cnonce) + ":m:00000001:" + cnonce +
                ":auth:" + md5_hex("REGISTER:sip:example.org")));
}

TEST_CASE("the server knows the key of a session by its first cnonce, and the user's alone") {
  DigestServer server("example.org", Random(seed_from(9)));
  const std::string nonce = parameter(server.challenges(at(0), false).front(), "nonce");
  CHECK(verify(server, session_value("alice", "secret", nonce, "00000001", "first", "second")) ==
        Verdict::refused);
  CHECK(verify(server, session_value("alice", "secret", nonce, "00000001", "first", "first")) ==
        Verdict::accepted);
  CHECK(verify(server, session_value("alice", "secret", nonce, "00000002", "first", "second")) ==
        Verdict::accepted);
  CHECK(verify(server, session_value("alice", "secret", nonce, "00000003", "second", "third")) ==
        Verdict::refused);
  CHECK(verify(server, session_value("alice", "wrong", nonce, "00000004", "first", "fourth")) ==
        Verdict::refused);
  // Whoever has a session is not thereby somebody else.
  const auto bob = StoredDigest::of("bob", "example.org", "another");
  CHECK(verify(server, session_value("alice", "secret", nonce, "00000005", "first", "fifth"), {}, bob) ==
        Verdict::refused);
  CHECK(verify(server, session_value("alice", "secret", nonce, "00000005", "first", "fifth"), {}, {}) ==
        Verdict::refused);
}

TEST_CASE("a cnonce too long to be remembered serves requests that carry it") {
  DigestServer server("example.org", Random(seed_from(9)));
  const std::string nonce = parameter(server.challenges(at(0), false).front(), "nonce");
  const std::string cnonce(DigestServer::max_session_cnonce + 1, 'c');
  for (const char* count : {"00000001", "00000002"})
    CHECK(verify(server, session_value("alice", "secret", nonce, count, cnonce, cnonce)) ==
          Verdict::accepted);
  CHECK(verify(server, session_value("alice", "secret", nonce, "00000003", cnonce, "x")) == Verdict::refused);
}

TEST_CASE("auth-int is chosen where auth is not offered, and binds the body") {
  DigestServer server("example.org", Random(seed_from(9)));
  DigestClient client = make_client();
  std::string offer = "WWW-Authenticate: " + server.challenges(at(0), false).front();
  offer.replace(offer.find("qop=\"auth\""), 10, R"(qop="new, auth-int")");
  REQUIRE(challenge(client, {offer}) == DigestClient::Verdict::retry);
  const std::string value = sign(client, "hello");
  CHECK(parameter(value, "qop") == "auth-int");
  CHECK(verify(server, value, "hallo") == Verdict::refused);
  CHECK(verify(server, value, "") == Verdict::refused);
  CHECK(verify(server, value, "hello") == Verdict::accepted);
  CHECK(verify(server, sign(client), "") == Verdict::accepted);
}

TEST_CASE("an answer without qop is accepted in the form of RFC 2069, once for each nonce") {
  DigestServer server("example.org", Random(seed_from(9)));
  const std::string nonce = parameter(server.challenges(at(0), false).front(), "nonce");
  const std::string response =
      md5_hex(md5_hex("alice:example.org:secret") + ":" + nonce + ":" + md5_hex("REGISTER:sip:example.org"));
  const std::string value =
      R"(Digest username="alice", realm="example.org", uri="sip:example.org", nonce=")" + nonce +
      "\", response=\"" + response + "\"";
  const auto stored = StoredDigest::of("alice", "example.org", "secret");
  const auto params = AuthParams::parse(value);
  REQUIRE(params);
  const DigestedRequest request{.method = "REGISTER", .uri = uri, .body = {}};
  const auto judgement = server.verify(at(0), *params, request, stored);
  CHECK(judgement.verdict == Verdict::accepted);
  // RFC 3261 22.4: who does not know qop does not know Authentication-Info.
  CHECK(judgement.authentication_info.empty());
  CHECK(verify(server, value) == Verdict::stale);
  CHECK(verify(server, value, {}, StoredDigest::of("alice", "example.org", "other")) == Verdict::refused);
  CHECK(verify(server, value + ", algorithm=MD5-sess") == Verdict::malformed);
}

TEST_CASE("an answer that counts but names no qop is taken for auth") {
  DigestServer server("example.org", Random(seed_from(9)));
  DigestClient client = make_client();
  REQUIRE(challenge(client, {"WWW-Authenticate: " + server.challenges(at(0), false).front()}) ==
          DigestClient::Verdict::retry);
  std::string value = sign(client);
  value.erase(value.find(", qop=auth"), std::string_view(", qop=auth").size());
  CHECK(verify(server, value) == Verdict::accepted);
  CHECK(verify(server, value) == Verdict::stale);
}

TEST_CASE("a user of whom no digest by that hash is stored does not get in by it") {
  DigestServer server("example.org", Random(seed_from(9)));
  DigestClient client = make_client();
  const auto offer = server.challenges(at(0), false, std::array{DigestAlgorithm::sha512_256});
  REQUIRE(challenge(client, {"WWW-Authenticate: " + offer.front()}) == DigestClient::Verdict::retry);
  auto stored = StoredDigest::of("alice", "example.org", "secret");
  stored.ha1_sha512_256.clear();
  CHECK(verify(server, sign(client), {}, stored) == Verdict::refused);
  CHECK(verify(server, sign(client)) == Verdict::accepted);
}

}  // namespace digest_session_test
