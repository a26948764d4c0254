#include "bench.h"

namespace response_test {

using namespace relay::test;

namespace {

const Peer stranger = peer(Protocol::udp, 9);

/// A relay that authenticates nobody, with bob on two UDP phones and a request on its way to both.
struct Forked : Bench {
  Forked() : Bench(false) {
    with_digest = false;
    for (int i : {2, 3})
      enrol(peer(Protocol::udp, i), "bob", "<sip:bob@198.51.100." + std::to_string(i) + ":7000>");
    say(stranger, write({.from = "sip:carol@example.net", .body = "hello"}));
    first = take();
    second = take();
  }
  void challenge(const relay::Relay::SendTo& request, int status, HeaderName name, const std::string& realm) {
    const auto view = MessageView::parse(request.bytes);
    say(request.to,
        Message::response_to(*view, status, "p").add(name, "Digest realm=\"" + realm + "\"").finish());
  }
  relay::Relay::SendTo first;
  relay::Relay::SendTo second;
};

}  // namespace

TEST_CASE("the challenges of all branches go back together (16.7 step 7)") {
  Forked bench;
  bench.challenge(bench.first, 407, HeaderName::proxy_authenticate, "one");
  CHECK(bench.sent.empty());
  bench.challenge(bench.second, 401, HeaderName::www_authenticate, "two");
  const std::string answer = bench.take().bytes;
  CHECK(Bench::status_of(answer) == 407);
  CHECK(Bench::field(answer, HeaderName::proxy_authenticate) == "Digest realm=\"one\"");
  CHECK(Bench::field(answer, HeaderName::www_authenticate) == "Digest realm=\"two\"");
}

TEST_CASE("a challenge does not go along with another kind of answer") {
  Forked bench;
  bench.challenge(bench.first, 407, HeaderName::proxy_authenticate, "one");
  bench.respond(bench.second, 603);
  const std::string answer = bench.take().bytes;
  CHECK(Bench::status_of(answer) == 603);
  CHECK(Bench::field(answer, HeaderName::proxy_authenticate) == "(absent)");
}

TEST_CASE(
    "a response with no Via but the relay's was meant for the relay, and goes no further (16.7 step 3)") {
  Forked bench;
  std::string alone = Message::response_to(*MessageView::parse(bench.first.bytes), 200, "t").finish();
  const auto second_via = alone.find("Via:", alone.find("Via:") + 1);
  alone.erase(second_via, alone.find("\r\n", second_via) + 2 - second_via);
  bench.say(bench.first.to, alone);
  CHECK(bench.sent.empty());
  bench.respond(bench.second, 200);
  CHECK(bench.take_status() == 200);
}

TEST_CASE("a phone that cannot be reached counts as 503: any other answer is better (16.9)") {
  const int status = GENERATE(302, 404, 500, 603);
  Forked bench;
  bench.relay.unreachable(bench.now, bench.first.to);
  bench.drain();
  CHECK(bench.sent.empty());
  bench.respond(bench.second, status);
  CHECK(bench.take_status() == status);
}

TEST_CASE("where no phone can be reached the user is unavailable, where one says 503 it is 500") {
  Forked bench;
  bench.relay.unreachable(bench.now, bench.first.to);
  bench.relay.unreachable(bench.now, bench.second.to);
  bench.drain();
  CHECK(bench.take_status() == 480);
  Forked other;
  other.respond(other.first, 503);
  other.respond(other.second, 503);
  CHECK(other.take_status() == 500);
}

TEST_CASE("where phones read too slowly it is 503, without a word of when (21.5.4)") {
  Forked bench;
  bench.relay.congested(bench.now, bench.first.to);
  bench.relay.congested(bench.now, bench.second.to);
  bench.drain();
  const std::string answer = bench.take().bytes;
  CHECK(Bench::status_of(answer) == 503);
  // With it the sender would turn to nobody else by this relay meanwhile.
  CHECK(Bench::field(answer, HeaderName::retry_after) == "(absent)");
  const int better = GENERATE(200, 404, 603);
  Forked other;
  other.relay.congested(other.now, other.first.to);
  other.drain();
  other.respond(other.second, better);
  CHECK(other.take_status() == better);
}

}  // namespace response_test
