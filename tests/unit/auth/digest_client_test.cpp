#include "auth/digest_client.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "base/hash.h"
#include "challenge_response.h"

using sip::DigestClient;
using sip::HeaderName;
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

std::string only_value(DigestClient& client) {
  const auto values = signed_values(client, "MESSAGE", uri);
  REQUIRE(values.size() == 1);
  return values.front();
}

}  // namespace

TEST_CASE("before the first challenge nothing is signed") {
  DigestClient client = make_client();
  CHECK(client.authorization("REGISTER", uri).empty());
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

TEST_CASE("a realm that asked for SHA-256 is not answered with MD5 until the client is reset") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  CHECK(challenge(client, {md5_challenge}) == Verdict::unsupported);
  CHECK(parameter(only_value(client), "algorithm") == "SHA-256");
  client.reset();
  CHECK(client.authorization("REGISTER", uri).empty());
  CHECK(challenge(client, {md5_challenge}) == Verdict::retry);
  CHECK(parameter(only_value(client), "algorithm") == "MD5");
}

TEST_CASE("a realm that asked for MD5 may go on to SHA-256") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {md5_challenge}) == Verdict::retry);
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  CHECK(parameter(only_value(client), "algorithm") == "SHA-256");
}

TEST_CASE("challenges that cannot be answered are skipped, and the next one is taken") {
  const std::string skipped = GENERATE(
      as<std::string>{}, R"(Digest realm="r", nonce="x", algorithm=SHA-512-256, qop="auth")",
      R"(Digest realm="r", nonce="x", algorithm=SHA-256-sess, qop="auth")",
      R"(Digest realm="r", nonce="x", algorithm=MD5-sess, qop="auth")",
      R"(Digest realm="r", nonce="x", qop="auth-int")", R"(Digest realm="r", nonce="x", qop="author")",
      R"(Digest realm="r", qop="auth")", R"(Digest nonce="x", qop="auth")", R"(Basic realm="r")",
      R"(Digest realm="unterminated)", "Digest", "");
  CAPTURE(skipped);
  DigestClient alone = make_client();
  CHECK(challenge(alone, {"WWW-Authenticate: " + skipped}) == Verdict::unsupported);
  CHECK(alone.authorization("REGISTER", uri).empty());

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

TEST_CASE("a challenge without qop is answered as RFC 2069 asks") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="n")"}) == Verdict::retry);
  const std::string value = only_value(client);
  CHECK(parameter(value, "qop") == "(absent)");
  CHECK(parameter(value, "nc") == "(absent)");
  CHECK(parameter(value, "cnonce") == "(absent)");
  CHECK(parameter(value, "algorithm") == "(absent)");
  CHECK(parameter(value, "opaque") == "(absent)");
  CHECK(parameter(value, "response") ==
        sip::md5_hex(sip::md5_hex("alice:r:secret") + ":n:" + sip::md5_hex("MESSAGE:sip:bob@example.org")));
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
        sip::md5_hex(sip::md5_hex(R"(al"ice\:the "r" \ealm:secret)") + R"(:n\1:)" +
                     sip::md5_hex("MESSAGE:sip:bob@example.org")));
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
  only_value(client);
  CHECK(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="m", algorithm=SHA-256, qop="auth")"},
                  true) == Verdict::refused);
  CHECK(challenge(
            client,
            {R"(WWW-Authenticate: Digest realm="r", nonce="m", algorithm=SHA-256, qop="auth", stale=false)"},
            true) == Verdict::refused);
  CHECK(challenge(
            client,
            {R"(WWW-Authenticate: Digest realm="r", nonce="m", algorithm=SHA-256, qop="auth", stale=TRUE)"},
            true) == Verdict::retry);
  CHECK(parameter(only_value(client), "nonce") == "m");
}

TEST_CASE("a stale nonce that is offered again as the new one is a refusal") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  only_value(client);
  CHECK(challenge(client, {sha256_challenge + ", stale=true"}, true) == Verdict::refused);
}

TEST_CASE("another realm may still be answered by a request that was signed for the first") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  only_value(client);
  REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="other", nonce="o", qop="auth")"}, true) ==
          Verdict::retry);
  CHECK(parameter(only_value(client), "realm") == "other");
}

TEST_CASE("challenges of servers and of proxies are kept apart and answered side by side") {
  DigestClient client = make_client();
  const std::string proxy_challenge =
      R"(Proxy-Authenticate: Digest realm="r", nonce="p", algorithm=MD5, qop="auth")";
  REQUIRE(challenge(client, {sha256_challenge}) == Verdict::retry);
  only_value(client);
  // Same realm and signed before, but for the server: the proxy asks for the first time.
  REQUIRE(challenge(client, {proxy_challenge}, true) == Verdict::retry);

  const auto fields = client.authorization("MESSAGE", uri);
  REQUIRE(fields.size() == 2);
  CHECK(fields[0].name == HeaderName::authorization);
  CHECK(parameter(fields[0].value, "nonce") == "n256");
  CHECK(parameter(fields[0].value, "nc") == "00000002");
  CHECK(fields[1].name == HeaderName::proxy_authorization);
  CHECK(parameter(fields[1].value, "nonce") == "p");
  CHECK(parameter(fields[1].value, "nc") == "00000001");

  CHECK(challenge(client, {proxy_challenge}, true) == Verdict::refused);
}

TEST_CASE("a response that gathers challenges of a server and a proxy is answered to both") {
  DigestClient client = make_client();
  REQUIRE(challenge(client,
                    {sha256_challenge, R"(Proxy-Authenticate: Digest realm="p", nonce="p", qop="auth")"}) ==
          Verdict::retry);
  CHECK(client.authorization("MESSAGE", uri).size() == 2);
}
