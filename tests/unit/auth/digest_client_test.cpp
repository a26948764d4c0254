#include "auth/digest_client.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "base/md5.h"
#include "base/sha256.h"
#include "challenge_response.h"

namespace digest_client_test {

using sip::DigestClient;
using sip::Random;
using sip::seed_from;
using sip::test::challenge;
using sip::test::parameter;
using sip::test::signed_values;
using Verdict = sip::DigestClient::Verdict;

namespace {

constexpr std::string_view uri = "sip:bob@example.org";
const std::string sha256_challenge =
    R"(WWW-Authenticate: Digest realm="r", nonce="n256", algorithm=SHA-256, qop="auth")";
const std::string md5_challenge =
    R"(WWW-Authenticate: Digest realm="r", nonce="n5", algorithm=MD5, qop="auth")";

DigestClient make_client() { return {{"alice", "secret"}, Random(seed_from(1))}; }

DigestClient::Signature sign(DigestClient& client, std::string_view body = {}) {
  return client.sign({.method = "MESSAGE", .uri = uri, .body = body});
}

std::string only_value(DigestClient& client) {
  const auto values = signed_values(client, "MESSAGE", uri);
  REQUIRE(values.size() == 1);
  return values.front();
}

}  // namespace

TEST_CASE("before the first challenge nothing is signed") {
  DigestClient client = make_client();
  CHECK(sign(client).fields.empty());
}

TEST_CASE("SHA-256 is taken before MD5, whichever comes first") {
  for (const auto& fields :
       {std::vector{sha256_challenge, md5_challenge}, std::vector{md5_challenge, sha256_challenge}}) {
    DigestClient client = make_client();
    REQUIRE(challenge(client, fields) == Verdict::retry);
    const std::string value = only_value(client);
    CHECK(parameter(value, "algorithm") == "SHA-256");
    CHECK(parameter(value, "nonce") == "n256");
    CHECK(parameter(value, "response").size() == 64);
  }
}

TEST_CASE("of all algorithms the strongest is taken in any order") {
  std::vector<std::string> algorithms = {"MD5", "SHA-256", "SHA-512-256", "SHA-1"};
  std::sort(algorithms.begin(), algorithms.end());
  do {
    std::vector<std::string> fields;
    fields.reserve(algorithms.size());
    for (const std::string& algorithm : algorithms)
      fields.push_back(R"(WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=)" +
                       algorithm);
    DigestClient client = make_client();
    REQUIRE(challenge(client, fields) == Verdict::retry);
    CHECK(parameter(only_value(client), "algorithm") == "SHA-512-256");
  } while (std::next_permutation(algorithms.begin(), algorithms.end()));
}

TEST_CASE("of equally strong algorithms the server's order decides") {
  const std::string plain = R"(WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-256)";
  const std::string session = plain + "-sess";
  DigestClient first = make_client();
  REQUIRE(challenge(first, {plain, session}) == Verdict::retry);
  CHECK(parameter(only_value(first), "algorithm") == "SHA-256");
  DigestClient second = make_client();
  REQUIRE(challenge(second, {session, plain}) == Verdict::retry);
  CHECK(parameter(only_value(second), "algorithm") == "SHA-256-sess");
}

TEST_CASE("going from SHA-512-256 to SHA-256 is no downgrade, to MD5-sess it is") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-512-256)"}) ==
          Verdict::retry);
  CHECK(challenge(client, {sha256_challenge}) == Verdict::retry);
  CHECK(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5-sess)"}) ==
        Verdict::unsupported);
}

TEST_CASE("a server that asks for userhash is told the name as a hash, and nobody else is") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge + ", charset=UTF-8, userhash=true"}) == Verdict::retry);
  const std::string value = only_value(client);
  CHECK(parameter(value, "username") == sip::sha256_hex("alice:r"));
  CHECK(parameter(value, "userhash") == "true");
  // The response is made of the name itself (RFC 7616 3.4.4).
  CHECK(parameter(value, "response") ==
        sip::sha256_hex(sip::sha256_hex("alice:r:secret") + ":n256:00000001:" + parameter(value, "cnonce") +
                        ":auth:" + sip::sha256_hex("MESSAGE:sip:bob@example.org")));
  DigestClient other = make_client();
  REQUIRE(challenge(other, {sha256_challenge + ", userhash=false"}) == Verdict::retry);
  CHECK(parameter(only_value(other), "username") == "alice");
  CHECK(parameter(only_value(other), "userhash") == "(absent)");
}

TEST_CASE("a realm that asked for SHA-256 is not answered with MD5 any more") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  CHECK(challenge(client, {md5_challenge}) == Verdict::unsupported);
  CHECK(parameter(only_value(client), "algorithm") == "SHA-256");
}

TEST_CASE("a realm that asked for MD5 may go on to SHA-256") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {md5_challenge}) == Verdict::retry);
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  CHECK(parameter(only_value(client), "algorithm") == "SHA-256");
}

TEST_CASE("challenges that cannot be answered are skipped, and the next one is taken") {
  const std::string skipped =
      GENERATE(as<std::string>{}, R"(Digest realm="r", nonce="x", algorithm=SHA-512, qop="auth")",
               R"(Digest realm="r", nonce="x", algorithm=AKAv1-MD5, qop="auth")",
               R"(Digest realm="r", nonce="x", qop="author")", R"(Digest realm="r", nonce="x", qop="")",
               R"(Digest realm="r", qop="auth")", R"(Digest nonce="x", qop="auth")", R"(Basic realm="r")",
               R"(Digest realm="unterminated)", "Digest", "");
  CAPTURE(skipped);
  DigestClient alone = make_client();
  CHECK(challenge(alone, {"WWW-Authenticate: " + skipped}) == Verdict::unsupported);
  CHECK(sign(alone).fields.empty());

  DigestClient client = make_client();
  REQUIRE(challenge(client, {"WWW-Authenticate: " + skipped, md5_challenge}) == Verdict::retry);
  CHECK(parameter(only_value(client), "nonce") == "n5");
}

TEST_CASE("a response without any challenge cannot be answered") {
  DigestClient client = make_client();
  CHECK(challenge(client, {"Server: x"}) == Verdict::unsupported);
}

TEST_CASE("of several realms the first that can be answered is taken, with its strongest algorithm") {
  DigestClient client = make_client();
  REQUIRE(challenge(client,
                    {md5_challenge,
                     R"(WWW-Authenticate: Digest realm="other", nonce="o", algorithm=SHA-256, qop="auth")",
                     sha256_challenge}) == Verdict::retry);
  const std::string value = only_value(client);
  CHECK(parameter(value, "realm") == "r");
  CHECK(parameter(value, "nonce") == "n256");
}

TEST_CASE("auth is found in a list of qop values") {
  for (const char* list : {"auth", "auth,auth-int", "auth-int, auth", "auth-int ,\tAUTH ,x"}) {
    CAPTURE(list);
    DigestClient client = make_client();
    REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="n", qop=")" + std::string(list) +
                               "\""}) == Verdict::retry);
    const std::string value = only_value(client);
    CHECK(parameter(value, "qop") == "auth");
    CHECK(parameter(value, "nc") == "00000001");
    CHECK(parameter(value, "cnonce").size() >= 8);
  }
}

TEST_CASE("a challenge without qop is answered with auth, which it stands for") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="n")"}) == Verdict::retry);
  const std::string value = only_value(client);
  CHECK(parameter(value, "qop") == "auth");
  CHECK(parameter(value, "nc") == "00000001");
  CHECK(parameter(value, "algorithm") == "(absent)");
  CHECK(parameter(value, "opaque") == "(absent)");
  CHECK(parameter(value, "response") ==
        sip::md5_hex(sip::md5_hex("alice:r:secret") + ":n:00000001:" + parameter(value, "cnonce") +
                     ":auth:" + sip::md5_hex("MESSAGE:sip:bob@example.org")));
}

TEST_CASE("the count of a nonce goes up with each use and begins anew with a new nonce") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  std::set<std::string> cnonces;
  for (int use = 1; use <= 20; ++use) {
    const std::string value = only_value(client);
    const std::string expected = use < 16 ? "0000000" : "000000";
    CHECK(parameter(value, "nc").substr(0, expected.size()) == expected);
    CHECK(std::stoi(parameter(value, "nc"), nullptr, 16) == use);
    cnonces.insert(parameter(value, "cnonce"));
  }
  CHECK(cnonces.size() == 20);

  REQUIRE(challenge(client,
                    {R"(WWW-Authenticate: Digest realm="r", nonce="new", algorithm=SHA-256, qop="auth")"}) ==
          Verdict::retry);
  CHECK(parameter(only_value(client), "nc") == "00000001");
}

TEST_CASE("a nonce that is offered again to an unsigned request goes on counting") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  CHECK(parameter(only_value(client), "nc") == "00000001");
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  CHECK(parameter(only_value(client), "nc") == "00000002");
}

TEST_CASE("opaque is given back as it came, an empty one too") {
  for (const char* opaque : {"", "0paque==", R"(a \"quoted\" \\ one)"}) {
    DigestClient client = make_client();
    REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", opaque=")" +
                               std::string(opaque) + "\""}) == Verdict::retry);
    CHECK(parameter(only_value(client), "opaque") == opaque);
  }
}

TEST_CASE("escapes in names stay on the wire and out of the hash") {
  DigestClient client({R"(al"ice\)", "secret"}, Random(seed_from(1)));
  REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="the \"r\" \\ealm", nonce="n\\1")"}) ==
          Verdict::retry);
  const std::string value = only_value(client);
  CHECK(parameter(value, "username") == R"(al\"ice\\)");
  CHECK(parameter(value, "realm") == R"(the \"r\" \\ealm)");
  CHECK(parameter(value, "nonce") == R"(n\\1)");
  CHECK(parameter(value, "response") ==
        sip::md5_hex(sip::md5_hex(R"(al"ice\:the "r" \ealm:secret)") + R"(:n\1:00000001:)" +
                     parameter(value, "cnonce") + ":auth:" + sip::md5_hex("MESSAGE:sip:bob@example.org")));
}

TEST_CASE("values are quoted and unquoted as RFC 7616 3.4 asks") {
  DigestClient client = make_client();
  REQUIRE(challenge(
              client,
              {R"(WWW-Authenticate: Digest realm="r", nonce="n", algorithm=md5, qop="auth", opaque="o")"}) ==
          Verdict::retry);
  const std::string value = only_value(client);
  for (const char* part :
       {R"(username="alice")", R"(realm="r")", R"(nonce="n")", R"(uri="sip:bob@example.org")",
        R"(response=")", R"(cnonce=")", R"(opaque="o")", "algorithm=MD5", "qop=auth", "nc=00000001"}) {
    CAPTURE(value, part);
    CHECK(value.find(part) != std::string::npos);
  }
  CHECK(value.rfind("Digest ", 0) == 0);
}

TEST_CASE("a signed request that is challenged anew was refused, unless its nonce was merely stale") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  const auto sent = sign(client);
  const std::string anew = R"(WWW-Authenticate: Digest realm="r", nonce="m", algorithm=SHA-256, qop="auth")";
  CHECK(challenge(client, {anew}, sent) == Verdict::refused);
  CHECK(challenge(client, {anew + ", stale=false"}, sent) == Verdict::refused);
  CHECK(challenge(client, {anew + ", stale=TRUE"}, sent) == Verdict::retry);
  CHECK(parameter(only_value(client), "nonce") == "m");
}

TEST_CASE("a stale nonce that is offered again as the new one is a refusal") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  const auto sent = sign(client);
  CHECK(challenge(client, {sha256_challenge + ", stale=true"}, sent) == Verdict::refused);
}

TEST_CASE("a request that went out unsigned is answered although others were signed meanwhile") {
  DigestClient client = make_client();
  const auto unsigned_one = sign(client);
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  sign(client);
  CHECK(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="m", algorithm=SHA-256, qop="auth")"},
                  unsigned_one) == Verdict::retry);
}

TEST_CASE("another realm may still be answered by a request that was signed for the first") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  const auto sent = sign(client);
  REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="other", nonce="o", qop="auth")"}, sent) ==
          Verdict::retry);
  CHECK(parameter(only_value(client), "realm") == "other");
}

}  // namespace digest_client_test
