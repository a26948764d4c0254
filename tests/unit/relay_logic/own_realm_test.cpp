#include "dialog.h"

namespace own_realm_test {

using namespace relay::test;

namespace {

const Peer alice = peer(Protocol::ws, 1);
const Peer impostor = peer(Protocol::tcp, 7);
const std::string foreign = "sip:x@203.0.113.44;transport=tcp";

const std::string of_ours = "Digest realm=\"example.org\", nonce=\"n\"";
const std::string of_theirs = "Digest realm=\"elsewhere\", nonce=\"n\"";

/// What the relay asks of who writes in alice's name.
std::string challenge_by_relay(Bench& bench, const std::string& method) {
  bench.say(impostor, bench.write({.method = method, .uri = foreign, .from = "sip:alice@example.org"}));
  return Bench::field(bench.take().bytes, HeaderName::proxy_authenticate);
}

/// What alice hears when the server that her request goes to asks for credentials.
std::string heard_by_alice(Calls& bench, const std::string& method, int status,
                           const relay::Fields& challenges) {
  bench.say_signed(alice, {.method = method, .uri = foreign}, "alice");
  if (method == "INVITE") CHECK(bench.status_to(alice) == 100);
  const auto request = bench.take();
  Message asks = Message::response_to(*MessageView::parse(request.bytes), status, "x");
  for (const auto& [name, value] : challenges) asks.add(name, value);
  bench.say(request.to, asks.finish());
  return bench.to(alice).bytes;
}

}  // namespace

TEST_CASE("who asks our user with a nonce of the relay's hears no proof that the relay would take") {
  const std::string method = GENERATE("MESSAGE", "INVITE");
  const auto [status, name] =
      GENERATE(std::pair(401, HeaderName::www_authenticate), std::pair(407, HeaderName::proxy_authenticate));
  Calls bench(true);
  const std::string stolen = challenge_by_relay(bench, method);
  const std::string heard = heard_by_alice(bench, method, status, {{name, stolen}});
  CHECK(Bench::status_of(heard) == 403);
  CHECK(Bench::field(heard, name) == "(absent)");
}

TEST_CASE("a proof for the relay's realm goes to nobody else, by whichever field it comes") {
  Calls bench(true);
  const std::string nonce = challenge_by_relay(bench, "MESSAGE");
  Message asks = Message::response_to(*MessageView::parse(bench.write({.uri = foreign})), 401, "x");
  asks.add(HeaderName::www_authenticate, nonce);
  DigestClient client({"alice", "secret"}, Random(seed_from(9)));
  const std::string asked = asks.finish();
  REQUIRE(client.challenged(*MessageView::parse(asked), {}) == DigestClient::Verdict::retry);
  const auto proof = client.sign({.method = "MESSAGE", .uri = foreign, .body = {}}).fields.front();
  REQUIRE(proof.name == HeaderName::authorization);
  const std::string theirs = "Digest username=\"alice\", realm=\"elsewhere\"";
  bench.say_signed(
      alice,
      {.uri = foreign, .fields = "Authorization: " + theirs + "\r\nAuthorization: " + proof.value + "\r\n"},
      "alice");
  const auto forwarded = bench.take();
  CHECK(forwarded.to.endpoint.address == *IpAddress::parse("203.0.113.44"));
  CHECK(Bench::field(forwarded.bytes, HeaderName::authorization) == theirs);
  CHECK(forwarded.bytes.find("realm=\"example.org\"") == std::string::npos);
  CHECK(Bench::field(forwarded.bytes, HeaderName::proxy_authorization) == "(absent)");
}

TEST_CASE("of several challenges only those of other realms go back, and the answer stays what it is") {
  Calls bench(true);
  const std::string heard = heard_by_alice(bench, "MESSAGE", 401,
                                           {{HeaderName::proxy_authenticate, of_ours},
                                            {HeaderName::www_authenticate, of_ours},
                                            {HeaderName::www_authenticate, of_theirs}});
  CHECK(Bench::status_of(heard) == 401);
  CHECK(Bench::field(heard, HeaderName::www_authenticate) == of_theirs);
  CHECK(heard.find(of_ours) == std::string::npos);
}

TEST_CASE("an answer that asks for nothing is passed on without a challenge of our realm") {
  Calls bench(true);
  const int status = GENERATE(200, 404);
  const std::string heard =
      heard_by_alice(bench, "MESSAGE", status, {{HeaderName::www_authenticate, of_ours}});
  CHECK(Bench::status_of(heard) == status);
  CHECK(Bench::field(heard, HeaderName::www_authenticate) == "(absent)");
}

TEST_CASE("a challenge of our realm is not gathered with those of other branches") {
  Calls bench(true);
  const Peer phones[] = {peer(Protocol::tcp, 2), peer(Protocol::tcp, 3)};
  for (const Peer& phone : phones)
    bench.enrol(phone, "bob", "<sip:bob@" + phone.endpoint.address.host() + ";transport=tcp>");
  bench.say(impostor, bench.write({.from = "sip:x@far.example"}));
  const std::string* said[] = {&of_ours, &of_theirs};
  for (int i : {0, 1}) {
    const auto request = bench.to(phones[i]);
    Message asks = Message::response_to(*MessageView::parse(request.bytes), 401, "x");
    bench.say(request.to, asks.add(HeaderName::www_authenticate, *said[i]).finish());
  }
  const auto heard = bench.to(impostor).bytes;
  CHECK(Bench::status_of(heard) == 401);
  CHECK(Bench::field(heard, HeaderName::www_authenticate) == of_theirs);
  CHECK(heard.find(of_ours) == std::string::npos);
}

}  // namespace own_realm_test
