#include "auth/digest_server.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "challenge_response.h"

namespace digest_server_test {

using sip::AuthParams;
using sip::DigestAlgorithm;
using sip::DigestClient;
using sip::DigestServer;
using sip::Instant;
using sip::Milliseconds;
using sip::Now;
using sip::Random;
using sip::Result;
using sip::seed_from;
using sip::StoredDigest;
using sip::test::parameter;
using Verdict = sip::DigestServer::Verdict;

namespace {

constexpr std::string_view realm = "example.org";
constexpr std::string_view uri = "sip:example.org";

Now at(std::int64_t milliseconds) {
  return {Instant{Milliseconds{milliseconds}}, sip::UnixTime{Milliseconds{1'700'000'000'000 + milliseconds}}};
}

StoredDigest stored_for(std::string_view username, std::string_view password) {
  return StoredDigest::of(username, realm, password);
}

DigestServer make_server(std::uint64_t seed = 9) { return {std::string(realm), Random(seed_from(seed))}; }

Verdict verify(DigestServer& server, Now now, std::string_view value, const StoredDigest& stored) {
  const Result<AuthParams> params = AuthParams::parse(value);
  REQUIRE(params);
  return server.verify(now, *params, {.method = "REGISTER", .uri = uri, .body = {}}, stored).verdict;
}

/// A client that chooses its nonce counts and everything else at will.
struct Answer {
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;
  std::string nonce;
  std::string nonce_count = "00000001";
  std::string password = "secret";

  std::string value() const {
    const std::string ha1 = digest_ha1(algorithm, "alice", realm, password);
    const sip::DigestInput input{algorithm, ha1, "REGISTER", uri, nonce, nonce_count, "c", "auth"};
    return "Digest username=\"alice\", realm=\"" + std::string(realm) + "\", nonce=\"" + nonce +
           "\", uri=\"" + std::string(uri) + "\", response=\"" + digest_response(input) +
           "\", algorithm=" + std::string(to_text(algorithm)) + ", qop=auth, nc=" + nonce_count +
           ", cnonce=\"c\"";
  }
};

std::string new_nonce(DigestServer& server, Now now) {
  return parameter(server.challenges(now, false).front(), "nonce");
}

std::string count_text(std::uint32_t count) {
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4) digits += "0123456789abcdef"[count >> shift & 0xf];
  return digits;
}

Verdict use(DigestServer& server, Now now, const std::string& nonce, std::uint32_t count) {
  Answer answer;
  answer.nonce = nonce;
  answer.nonce_count = count_text(count);
  return verify(server, now, answer.value(), stored_for("alice", "secret"));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t found = text.find(from);
  REQUIRE(found != std::string::npos);
  return text.replace(found, from.size(), to);
}

}  // namespace

TEST_CASE("the server challenges with SHA-256 first and MD5 second") {
  DigestServer server = make_server();
  const auto values = server.challenges(at(0), false);
  REQUIRE(values.size() == 2);
  CHECK(parameter(values[0], "algorithm") == "SHA-256");
  CHECK(parameter(values[1], "algorithm") == "MD5");
  for (const std::string& value : values) {
    CHECK(value.rfind("Digest ", 0) == 0);
    CHECK(parameter(value, "realm") == realm);
    CHECK(value.find("qop=\"auth\"") != std::string::npos);
    CHECK(parameter(value, "stale") == "(absent)");
  }
  for (const std::string& value : server.challenges(at(0), true))
    CHECK(value.find("stale=true") != std::string::npos);
}

TEST_CASE("no two challenges share a nonce, not even in the same millisecond") {
  DigestServer server = make_server();
  std::set<std::string> nonces;
  for (int i = 0; i < 1000; ++i) nonces.insert(new_nonce(server, at(5)));
  CHECK(nonces.size() == 1000);
}

TEST_CASE("a client whose nonce became stale gets through with the next challenge") {
  DigestServer server = make_server();
  DigestClient client({"alice", "secret"}, Random(seed_from(1)));
  const StoredDigest stored = stored_for("alice", "secret");
  REQUIRE(sip::test::challenge(client, {"WWW-Authenticate: " + server.challenges(at(0), false)[0]}) ==
          DigestClient::Verdict::retry);
  const Now later = at(301'000);
  const auto sent = client.sign({.method = "REGISTER", .uri = uri, .body = {}});
  REQUIRE(verify(server, later, sent.fields.front().value, stored) == Verdict::stale);
  REQUIRE(sip::test::challenge(client, {"WWW-Authenticate: " + server.challenges(later, true)[0]}, sent) ==
          DigestClient::Verdict::retry);
  CHECK(verify(server, later, sip::test::signed_values(client, "REGISTER", uri).front(), stored) ==
        Verdict::accepted);
}

TEST_CASE("a wrong password is refused, and asked again the client gives up") {
  DigestServer server = make_server();
  DigestClient client({"alice", "wrong"}, Random(seed_from(1)));
  REQUIRE(sip::test::challenge(client, {"WWW-Authenticate: " + server.challenges(at(0), false)[0]}) ==
          DigestClient::Verdict::retry);
  const auto sent = client.sign({.method = "REGISTER", .uri = uri, .body = {}});
  CHECK(verify(server, at(0), sent.fields.front().value, stored_for("alice", "secret")) == Verdict::refused);
  CHECK(sip::test::challenge(client, {"WWW-Authenticate: " + server.challenges(at(0), false)[0]}, sent) ==
        DigestClient::Verdict::refused);
}

TEST_CASE("a wrong password is refused whatever the nonce, and does not use up a count") {
  DigestServer server = make_server();
  Answer answer;
  answer.nonce = new_nonce(server, at(0));
  answer.password = "wrong";
  const StoredDigest stored = stored_for("alice", "secret");
  CHECK(verify(server, at(0), answer.value(), stored) == Verdict::refused);
  CHECK(verify(server, at(400'000), answer.value(), stored) == Verdict::refused);
  CHECK(use(server, at(0), answer.nonce, 1) == Verdict::accepted);
}

TEST_CASE("nobody gets in as a user without a stored password") {
  DigestServer server = make_server();
  const std::string nonce = new_nonce(server, at(0));
  // What somebody would send who knows that nothing is stored, and hashes with that.
  const sip::DigestInput input{DigestAlgorithm::sha256, "", "REGISTER", uri, nonce, "00000001", "c", "auth"};
  Answer answer;
  answer.nonce = nonce;
  std::string value = answer.value();
  value = replaced(value, parameter(value, "response"), digest_response(input));
  CHECK(verify(server, at(0), value, StoredDigest{}) == Verdict::refused);
}

TEST_CASE("an answer is bound to its method") {
  DigestServer server = make_server();
  Answer answer;
  answer.nonce = new_nonce(server, at(0));
  const std::string value = answer.value();
  const Result<AuthParams> params = AuthParams::parse(value);
  REQUIRE(params);
  const StoredDigest stored = stored_for("alice", "secret");
  CHECK(server.verify(at(0), *params, {.method = "MESSAGE", .uri = uri, .body = {}}, stored).verdict ==
        Verdict::refused);
  CHECK(verify(server, at(0), value, stored) == Verdict::accepted);
}

TEST_CASE("a nonce lives for 300 seconds, whatever the clock on the wall says") {
  DigestServer server = make_server();
  const std::string nonce = new_nonce(server, at(-1000));
  CHECK(use(server, at(298'999), nonce, 1) == Verdict::accepted);
  CHECK(use(server, at(299'000), nonce, 2) == Verdict::stale);
  Now set_back = at(300'000);
  set_back.wall -= sip::Seconds{3600};
  CHECK(use(server, set_back, nonce, 3) == Verdict::stale);
}

TEST_CASE("a nonce of another server, of an earlier run or of nobody is stale") {
  DigestServer server = make_server(1);
  DigestServer other = make_server(2);
  const std::string own = new_nonce(server, at(0));
  CHECK(use(server, at(0), new_nonce(other, at(0)), 1) == Verdict::stale);
  for (std::size_t i = 0; i < own.size(); ++i) {
    std::string forged = own;
    forged[i] = forged[i] == '0' ? '1' : '0';
    CHECK(use(server, at(0), forged, 1) == Verdict::stale);
  }
  for (const std::string& nonce :
       {std::string(), std::string("x"), own + "0", own.substr(1), std::string(64, '0')}) {
    CHECK(use(server, at(0), nonce, 1) == Verdict::stale);
  }
  CHECK(use(server, at(0), own, 1) == Verdict::accepted);
}

TEST_CASE("counts may come out of order, but none twice and none from too far behind") {
  DigestServer server = make_server();
  const std::string nonce = new_nonce(server, at(0));
  CHECK(use(server, at(0), nonce, 10) == Verdict::accepted);
  CHECK(use(server, at(0), nonce, 10) == Verdict::stale);
  CHECK(use(server, at(0), nonce, 7) == Verdict::accepted);
  CHECK(use(server, at(0), nonce, 7) == Verdict::stale);
  CHECK(use(server, at(0), nonce, 12) == Verdict::accepted);
  for (const std::uint32_t seen : {7u, 10u, 12u}) CHECK(use(server, at(0), nonce, seen) == Verdict::stale);
  CHECK(use(server, at(0), nonce, 11) == Verdict::accepted);

  CHECK(use(server, at(0), nonce, 75) == Verdict::accepted);
  CHECK(use(server, at(0), nonce, 12) == Verdict::stale);
  CHECK(use(server, at(0), nonce, 13) == Verdict::accepted);
  CHECK(use(server, at(0), nonce, 76) == Verdict::accepted);
  CHECK(use(server, at(0), nonce, 13) == Verdict::stale);
  CHECK(use(server, at(0), nonce, 14) == Verdict::accepted);
  CHECK(use(server, at(0), nonce, 140) == Verdict::accepted);
  CHECK(use(server, at(0), nonce, 76) == Verdict::stale);
  CHECK(use(server, at(0), nonce, 77) == Verdict::accepted);

  CHECK(use(server, at(0), nonce, 0xffffffff) == Verdict::accepted);
  CHECK(use(server, at(0), nonce, 0xffffffff) == Verdict::stale);
  CHECK(use(server, at(0), nonce, 0xffffffff - 63) == Verdict::accepted);
  CHECK(use(server, at(0), nonce, 0xffffffff - 64) == Verdict::stale);
}

TEST_CASE("each nonce counts for itself") {
  DigestServer server = make_server();
  const std::string first = new_nonce(server, at(0));
  const std::string second = new_nonce(server, at(0));
  CHECK(use(server, at(0), first, 1) == Verdict::accepted);
  CHECK(use(server, at(0), second, 1) == Verdict::accepted);
  CHECK(use(server, at(0), first, 1) == Verdict::stale);
}

TEST_CASE("when too many nonces are in use the oldest is given up, and cannot be replayed") {
  constexpr std::size_t watched = 20;
  DigestServer server(std::string(realm), Random(seed_from(9)), watched);
  const std::string unused = new_nonce(server, at(0));
  const std::string oldest = new_nonce(server, at(1));
  const std::string second = new_nonce(server, at(2));
  REQUIRE(use(server, at(2), oldest, 1) == Verdict::accepted);
  REQUIRE(use(server, at(2), second, 1) == Verdict::accepted);
  for (std::size_t i = 2; i < watched; ++i) {
    REQUIRE(use(server, at(3), new_nonce(server, at(3)), 1) == Verdict::accepted);
  }
  CHECK(use(server, at(3), oldest, 2) == Verdict::accepted);

  REQUIRE(use(server, at(4), new_nonce(server, at(4)), 1) == Verdict::accepted);
  CHECK(use(server, at(4), oldest, 1) == Verdict::stale);
  CHECK(use(server, at(4), oldest, 3) == Verdict::stale);
  CHECK(use(server, at(4), unused, 1) == Verdict::stale);
  CHECK(use(server, at(4), second, 1) == Verdict::stale);
  CHECK(use(server, at(4), second, 2) == Verdict::accepted);
}

TEST_CASE("nonces past their lifetime make room for new ones") {
  constexpr std::size_t watched = 20;
  DigestServer server(std::string(realm), Random(seed_from(9)), watched);
  for (std::size_t i = 0; i < watched; ++i) {
    REQUIRE(use(server, at(0), new_nonce(server, at(0)), 1) == Verdict::accepted);
  }
  const std::string later = new_nonce(server, at(200'000));
  const std::string unused = new_nonce(server, at(200'000));
  REQUIRE(use(server, at(300'000), later, 1) == Verdict::accepted);
  for (std::size_t i = 1; i < watched; ++i) {
    REQUIRE(use(server, at(300'000), new_nonce(server, at(300'000)), 1) == Verdict::accepted);
  }
  CHECK(use(server, at(300'000), later, 2) == Verdict::accepted);
  CHECK(use(server, at(300'000), later, 2) == Verdict::stale);
}

TEST_CASE("an answer with a missing or improper parameter is malformed") {
  DigestServer server = make_server();
  Answer answer;
  answer.nonce = new_nonce(server, at(0));
  const std::string right = answer.value();
  struct Change {
    std::string from;
    std::string to;
  };
  const std::vector<Change> changes = {
      {"username=\"alice\", ", ""},
      {"realm=\"example.org\", ", ""},
      {"nonce=\"" + answer.nonce + "\", ", ""},
      {"uri=\"sip:example.org\", ", ""},
      {"uri=\"sip:example.org\"", "uri=\"sip:example.org:5060\""},
      {"uri=\"sip:example.org\"", "uri=\"\""},
      {"response=\"" + parameter(right, "response") + "\", ", ""},
      {"algorithm=SHA-256", "algorithm=SHA-512"},
      {", qop=auth", ", qop=auth-all"},
      {", nc=00000001", ""},
      {"nc=00000001", "nc=00000000"},
      {"nc=00000001", "nc=1"},
      {"nc=00000001", "nc=000000001"},
      {"nc=00000001", "nc=0000000g"},
      {"nc=00000001", "nc=\"\""},
      {", cnonce=\"c\"", ""},
  };
  const StoredDigest stored = stored_for("alice", "secret");
  for (const Change& change : changes) {
    CAPTURE(change.from, change.to);
    CHECK(verify(server, at(0), replaced(right, change.from, change.to), stored) == Verdict::malformed);
  }
  CHECK(verify(server, at(0), right, stored) == Verdict::accepted);
}

TEST_CASE("credentials for another scheme or realm are refused, not malformed") {
  DigestServer server = make_server();
  Answer answer;
  answer.nonce = new_nonce(server, at(0));
  const StoredDigest stored = stored_for("alice", "secret");
  CHECK(verify(server, at(0), replaced(answer.value(), "Digest", "Basic"), stored) == Verdict::refused);
  CHECK(verify(server, at(0), replaced(answer.value(), "\"example.org\"", "\"example.com\""), stored) ==
        Verdict::refused);
}

TEST_CASE("a client that names itself before any challenge is challenged") {
  DigestServer server = make_server();
  CHECK(
      verify(server, at(0),
             R"(Digest username="alice", realm="example.org", nonce="", uri="sip:example.org", response="")",
             stored_for("alice", "secret")) == Verdict::refused);
}

TEST_CASE("an answer that names no algorithm is checked as MD5") {
  DigestServer server = make_server();
  Answer answer;
  answer.algorithm = DigestAlgorithm::md5;
  answer.nonce = new_nonce(server, at(0));
  CHECK(verify(server, at(0), replaced(answer.value(), ", algorithm=MD5", ""),
               stored_for("alice", "secret")) == Verdict::accepted);
}

TEST_CASE("a response for one algorithm is refused under the name of the other, and cut short") {
  DigestServer server = make_server();
  Answer answer;
  answer.nonce = new_nonce(server, at(0));
  const StoredDigest stored = stored_for("alice", "secret");
  const std::string right = answer.value();
  CHECK(verify(server, at(0), replaced(right, "algorithm=SHA-256", "algorithm=MD5"), stored) ==
        Verdict::refused);
  const std::string response = parameter(right, "response");
  CHECK(verify(server, at(0), replaced(right, response, response.substr(0, 32)), stored) == Verdict::refused);
}

TEST_CASE("a realm with quotes is written escaped and recognised when it comes back") {
  const std::string odd = R"(the "r" \ealm)";
  DigestServer server(odd, Random(seed_from(3)));
  DigestClient client({"alice", "secret"}, Random(seed_from(1)));
  REQUIRE(sip::test::challenge(client, {"WWW-Authenticate: " + server.challenges(at(0), false)[0]}) ==
          DigestClient::Verdict::retry);
  const auto stored = StoredDigest::of("alice", odd, "secret");
  CHECK(verify(server, at(0), sip::test::signed_values(client, "REGISTER", uri).front(), stored) ==
        Verdict::accepted);
}

}  // namespace digest_server_test
