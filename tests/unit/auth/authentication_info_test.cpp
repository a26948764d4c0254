#include <catch2/catch.hpp>
#include <string>

#include "auth/digest_server.h"
#include "base/encoding.h"
#include "base/md5.h"
#include "challenge_response.h"

namespace authentication_info_test {

using sip::AuthParams;
using sip::DigestAlgorithm;
using sip::DigestClient;
using sip::DigestServer;
using sip::md5_hex;
using sip::MessageView;
using sip::Now;
using sip::Random;
using sip::seed_from;
using sip::StoredDigest;
using sip::test::at;
using sip::test::challenge;
using sip::test::make_client;
using sip::test::parameter;
using sip::test::uri;
using Authenticity = sip::DigestClient::Authenticity;

namespace {

DigestClient::Signature sign(DigestClient& client) {
  return client.sign({.method = "REGISTER", .uri = uri, .body = {}});
}

/// What the client makes of a response with this header field.
Authenticity confirm(DigestClient& client, const DigestClient::Signature& sent, const std::string& field,
                     int status = 200, const std::string& body = {}) {
  const std::string text = "SIP/2.0 " + std::to_string(status) + " x\r\n" + field + "\r\n\r\n" + body;
  const auto view = MessageView::parse(text);
  REQUIRE(view);
  return client.confirmed(*view, sent);
}

std::string info_of(DigestServer& server, Now now, const DigestClient::Signature& sent,
                    const std::string& password = "secret") {
  const auto params = AuthParams::parse(sent.fields.front().value);
  REQUIRE(params);
  const auto judgement = server.verify(now, *params, {.method = "REGISTER", .uri = uri, .body = {}},
                                       StoredDigest::of("alice", "example.org", password));
  REQUIRE(judgement.verdict == DigestServer::Verdict::accepted);
  return judgement.authentication_info;
}

std::string info_parameter(const std::string& info, std::string_view name) {
  const auto params = AuthParams::parse_info(info);
  REQUIRE(params);
  return std::string(params->value(name).value_or("(absent)"));
}

/// A client that was challenged with MD5, and rspauth as RFC 7616 3.5 tells for its next request.
struct Challenged {
  explicit Challenged(const std::string& qop = "auth") {
    REQUIRE(challenge(client, {R"(WWW-Authenticate: Digest realm="r", nonce="n", qop=")" + qop + "\""}) ==
            DigestClient::Verdict::retry);
    sent = sign(client);
  }
  std::string rspauth(const std::string& a2, const std::string& qop = "auth",
                      const std::string& password = "secret") const {
    return md5_hex(md5_hex("alice:r:" + password) + ":n:00000001:" + cnonce() + ":" + qop + ":" +
                   md5_hex(a2));
  }
  std::string cnonce() const { return parameter(sent.fields.front().value, "cnonce"); }

  DigestClient client = make_client();
  DigestClient::Signature sent;
};

const std::string info_name = "Authentication-Info: ";

}  // namespace

TEST_CASE("the server proves that it knows the password, by every algorithm") {
  const auto algorithm = GENERATE(DigestAlgorithm::md5, DigestAlgorithm::md5_sess, DigestAlgorithm::sha256,
                                  DigestAlgorithm::sha512_256_sess);
  DigestServer server("example.org", Random(seed_from(9)));
  DigestClient client = make_client();
  const auto offer = server.challenges(at(0), false, std::array{algorithm}).front();
  REQUIRE(challenge(client, {"WWW-Authenticate: " + offer}) == DigestClient::Verdict::retry);
  for (int request = 0; request < 2; ++request) {
    const auto sent = sign(client);
    const std::string info = info_of(server, at(0), sent);
    CHECK(confirm(client, sent, info_name + info) == Authenticity::proven);
    CHECK(info_parameter(info, "qop") == "auth");
    CHECK(info_parameter(info, "nc") == parameter(sent.fields.front().value, "nc"));
    CHECK(info_parameter(info, "cnonce") == parameter(sent.fields.front().value, "cnonce"));
    CHECK(info_parameter(info, "nextnonce") == "(absent)");
    CHECK(info.find("qop=auth,") != std::string::npos);
    CHECK(info.find("nc=0000000") != std::string::npos);
  }
}

TEST_CASE("rspauth is what RFC 7616 3.5 makes of a request and of no method") {
  Challenged exchange;
  CHECK(confirm(exchange.client, exchange.sent,
                info_name + "rspauth=\"" + exchange.rspauth(":sip:example.org") + "\"") ==
        Authenticity::proven);
}

TEST_CASE("a wrong rspauth is a forgery") {
  Challenged exchange;
  for (const std::string& rspauth :
       {exchange.rspauth(":sip:example.org", "auth", "guess"), exchange.rspauth("REGISTER:sip:example.org"),
        exchange.rspauth(":sip:example.com"), std::string("0123"), std::string()}) {
    CAPTURE(rspauth);
    const std::string field = std::string(info_name).append("rspauth=").append(sip::quoted(rspauth));
    CHECK(confirm(exchange.client, exchange.sent, field) == Authenticity::forged);
  }
  // The right one of another request.
  const auto later = sign(exchange.client);
  CHECK(confirm(exchange.client, later,
                info_name + "rspauth=\"" + exchange.rspauth(":sip:example.org") + "\", cnonce=\"" +
                    exchange.cnonce() + "\"") == Authenticity::forged);
}

TEST_CASE("with auth-int rspauth binds the body of the response") {
  Challenged exchange("auth-int");
  const std::string field = info_name + "qop=auth-int, rspauth=\"" +
                            exchange.rspauth(":sip:example.org:" + md5_hex("body"), "auth-int") + "\"";
  CHECK(confirm(exchange.client, exchange.sent, field, 200, "body") == Authenticity::proven);
  CHECK(confirm(exchange.client, exchange.sent, field, 200, "other") == Authenticity::forged);
}

TEST_CASE("what proves nothing is no forgery") {
  Challenged exchange;
  const std::string wrong = info_name + "rspauth=\"0123\"";
  CHECK(confirm(exchange.client, exchange.sent, "Server: x") == Authenticity::unproven);
  CHECK(confirm(exchange.client, exchange.sent, info_name + "qop=auth") == Authenticity::unproven);
  CHECK(confirm(exchange.client, exchange.sent, info_name + "rspauth=\"0123") == Authenticity::unproven);
  // Only a 2xx says that it was authenticated (RFC 3261 20.6).
  CHECK(confirm(exchange.client, exchange.sent, wrong, 404) == Authenticity::unproven);
  // Whoever was sent no credentials has nothing to answer for.
  CHECK(confirm(exchange.client, {}, wrong) == Authenticity::unproven);
  CHECK(confirm(exchange.client, exchange.sent, "Proxy-" + wrong) == Authenticity::unproven);
}

TEST_CASE("of several proxies each is checked by its own cnonce") {
  DigestClient client = make_client();
  REQUIRE(challenge(client, {R"(Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth")",
                             R"(Proxy-Authenticate: Digest realm="s", nonce="n", qop="auth")"}) ==
          DigestClient::Verdict::retry);
  const auto sent = sign(client);
  const std::string cnonce = parameter(sent.fields.back().value, "cnonce");
  const std::string rspauth =
      md5_hex(md5_hex("alice:s:secret") + ":n:00000001:" + cnonce + ":auth:" + md5_hex(":sip:example.org"));
  const std::string field = "Proxy-Authentication-Info: rspauth=\"" + rspauth + "\", cnonce=\"";
  CHECK(confirm(client, sent, field + cnonce + "\"") == Authenticity::proven);
  CHECK(confirm(client, sent, field + parameter(sent.fields.front().value, "cnonce") + "\"") ==
        Authenticity::forged);
  CHECK(confirm(client, sent, field + "other\"") == Authenticity::forged);
}

TEST_CASE("nextnonce is used from the next request on, and counts anew") {
  Challenged exchange;
  REQUIRE(confirm(exchange.client, exchange.sent, info_name + "nextnonce=\"m\"") == Authenticity::unproven);
  const auto next = sign(exchange.client);
  CHECK(parameter(next.fields.front().value, "nonce") == "m");
  CHECK(parameter(next.fields.front().value, "nc") == "00000001");
}

TEST_CASE("nextnonce of a forger, or one that a newer challenge overtook, is not taken") {
  Challenged exchange;
  CHECK(confirm(exchange.client, exchange.sent, info_name + R"(nextnonce="m", rspauth="0123")") ==
        Authenticity::forged);
  CHECK(parameter(sign(exchange.client).fields.front().value, "nonce") == "n");
  REQUIRE(challenge(exchange.client, {R"(WWW-Authenticate: Digest realm="r", nonce="new", qop="auth")"}) ==
          DigestClient::Verdict::retry);
  confirm(exchange.client, exchange.sent, info_name + "nextnonce=\"m\"");
  CHECK(parameter(sign(exchange.client).fields.front().value, "nonce") == "new");
}

TEST_CASE("a session keeps its key over nextnonce") {
  DigestClient client = make_client();
  REQUIRE(challenge(client,
                    {R"(WWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth")"}) ==
          DigestClient::Verdict::retry);
  const auto first = sign(client);
  const std::string cnonce = parameter(first.fields.front().value, "cnonce");
  confirm(client, first, info_name + "nextnonce=\"m\"");
  const std::string value = sign(client).fields.front().value;
  CHECK(parameter(value, "response") == md5_hex(md5_hex(md5_hex("alice:r:secret") + ":n:" + cnonce) +
                                                ":m:00000001:" + parameter(value, "cnonce") +
                                                ":auth:" + md5_hex("REGISTER:sip:example.org")));
}

TEST_CASE("a nonce past half its life is replaced before it is stale") {
  DigestServer server("example.org", Random(seed_from(9)));
  DigestClient client = make_client();
  REQUIRE(challenge(client, {"WWW-Authenticate: " + server.challenges(at(0), false).front()}) ==
          DigestClient::Verdict::retry);
  auto sent = sign(client);
  CHECK(info_parameter(info_of(server, at(149'999), sent), "nextnonce") == "(absent)");
  sent = sign(client);
  const std::string info = info_of(server, at(150'000), sent);
  CHECK(confirm(client, sent, info_name + info) == Authenticity::proven);
  sent = sign(client);
  CHECK(parameter(sent.fields.front().value, "nonce") == info_parameter(info, "nextnonce"));
  CHECK(confirm(client, sent, info_name + info_of(server, at(400'000), sent)) == Authenticity::proven);
}

}  // namespace authentication_info_test
