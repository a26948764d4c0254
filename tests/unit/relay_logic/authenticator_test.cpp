#include "logic/authenticator.h"

#include "bench.h"

namespace authenticator_test {

using namespace relay::test;

namespace {

const Peer browser = peer(Protocol::ws, 1);
const Sketch registration{.method = "REGISTER",
                          .uri = "sip:example.org",
                          .from = "sip:alice@example.org",
                          .to = "sip:alice@example.org",
                          .fields = "Contact: <sip:alice@a.invalid;transport=ws>\r\n"};

/// Alice's side of an exchange whose signatures the test can see.
struct Alice {
  Bench& bench;
  DigestClient client{{"alice", "secret"}, Random(seed_from(3))};
  DigestClient::Signature sent = {};

  /// Sends unsigned, so that the relay challenges.
  DigestClient::Verdict be_challenged(const Sketch& sketch) {
    bench.say(browser, bench.write(sketch));
    return take_challenge();
  }
  DigestClient::Verdict take_challenge() {
    const relay::Relay::SendTo challenge = bench.take();
    const auto view = MessageView::parse(challenge.bytes);
    REQUIRE(view);
    return client.challenged(*view, sent);
  }
  void say_signed(Sketch sketch, std::string_view body_signed) {
    sent = client.sign({.method = sketch.method, .uri = sketch.uri, .body = body_signed});
    for (const auto& field : sent.fields)
      sketch.fields += std::string(to_text(field.name)) + ": " + field.value + "\r\n";
    bench.say(browser, bench.write(sketch));
  }
  DigestClient::Authenticity judge(const relay::Relay::SendTo& response) {
    const auto view = MessageView::parse(response.bytes);
    REQUIRE(view);
    return client.confirmed(*view, sent);
  }
};

}  // namespace

TEST_CASE("the answer to a REGISTER proves that the registrar knows the password") {
  Bench bench;
  Alice alice{bench};
  REQUIRE(alice.be_challenged(registration) == DigestClient::Verdict::retry);
  alice.say_signed(registration, {});
  const relay::Relay::SendTo response = bench.take();
  CHECK(Bench::status_of(response.bytes) == 200);
  CHECK(Bench::field(response.bytes, HeaderName::authentication_info) != "(absent)");
  CHECK(alice.judge(response) == DigestClient::Authenticity::proven);

  // To one who holds it for another's, it is a forgery.
  for (DigestClient::Proof& proof : alice.sent.proofs) proof.ha1 = "another";
  CHECK(alice.judge(response) == DigestClient::Authenticity::forged);
}

TEST_CASE("a REGISTER that is refused for another reason proves nothing") {
  Bench bench;
  Alice alice{bench};
  Sketch brief = registration;
  brief.fields += "Expires: 1\r\n";
  REQUIRE(alice.be_challenged(brief) == DigestClient::Verdict::retry);
  alice.say_signed(brief, {});
  const relay::Relay::SendTo response = bench.take();
  CHECK(Bench::status_of(response.bytes) == 423);
  CHECK(Bench::field(response.bytes, HeaderName::authentication_info) == "(absent)");
}

TEST_CASE("what the relay lets pass as a proxy carries no Authentication-Info of the relay's") {
  Bench bench;
  const Peer phone = peer(Protocol::udp, 2);
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:5002>");
  bench.sent.clear();
  bench.say_signed(browser, {.body = "hi"}, "alice");
  const relay::Relay::SendTo forwarded = bench.take();
  REQUIRE(forwarded.to.endpoint.port == phone.endpoint.port);
  bench.respond(forwarded, 200);
  const relay::Relay::SendTo response = bench.take();
  CHECK(Bench::status_of(response.bytes) == 200);
  for (const HeaderName name : {HeaderName::authentication_info, HeaderName::proxy_authentication_info})
    CHECK(Bench::field(response.bytes, name) == "(absent)");
}

TEST_CASE("a body that is not the one signed with auth-int is refused") {
  Bench bench;
  Alice alice{bench};
  const Sketch message{.body = "hi"};
  bench.say(browser, bench.write(message));
  std::string challenge = bench.take().bytes;
  for (std::size_t at = 0; (at = challenge.find("qop=\"auth\"", at)) != std::string::npos; ++at)
    challenge.replace(at, 10, "qop=\"auth-int\"");
  const auto view = MessageView::parse(challenge);
  REQUIRE(view);
  REQUIRE(alice.client.challenged(*view, {}) == DigestClient::Verdict::retry);
  alice.say_signed(message, "ho");
  CHECK(bench.take_status() == 407);
  alice.say_signed(message, "hi");
  CHECK(bench.take_status() == 480);  // let in: bob is known, and not registered
}

}  // namespace authenticator_test
