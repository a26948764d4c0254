#include "dialog.h"
#include "logic/sender_shares.h"

namespace under_way_test {

using namespace relay::test;

namespace {

constexpr std::size_t room = 400'000;
constexpr std::size_t share = room / relay::SenderShares::shares;

relay::Settings with_little_room() {
  relay::Settings settings = Bench::settings(false);
  settings.max_forwarded_bytes = room;
  return settings;
}

const Peer caller = peer(Protocol::udp, 9);
const Peer devices = peer(Protocol::tcp, 2);

Sketch call() { return {.method = "INVITE", .from = "sip:carol@example.net"}; }

}  // namespace

TEST_CASE("what a call has kept by its transactions counts, so that nobody fills those of all by forking") {
  Calls bench(with_little_room());
  for (int device = 0; device < 10; ++device)
    bench.enrol(devices, "bob", "<sip:bob" + std::to_string(device) + "@198.51.100.2:5002;transport=tcp>");
  int calls = 0;
  for (bench.say(caller, bench.write(call())); bench.status_to(caller) == 100; ++calls) {
    bench.sent.clear();
    bench.say(caller, bench.write(call()));
  }
  CHECK(calls > 5);
  CHECK(bench.relay.transactions() * TransactionLayer::fixed_bytes <= share);
}

TEST_CASE(
    "a provisional response counts for whom it is, and is not passed on where there is no room for it") {
  Calls bench(with_little_room());
  bench.enrol(devices, "bob", "<sip:bob@198.51.100.2:5002;transport=tcp>");
  const auto ring = [&](const relay::Relay::SendTo& invite, int status, std::size_t size) {
    const auto view = MessageView::parse(invite.bytes);
    REQUIRE(view);
    bench.say(invite.to,
              Message::response_to(*view, status, "b").finish("text/plain", std::string(size, 'x')));
  };
  for (int round = 0; round < 3; ++round) {
    std::vector<relay::Relay::SendTo> invites;
    for (int each = 0; each < 3; ++each) {
      bench.say(caller, bench.write(call()));
      CHECK(bench.status_to(caller) == 100);
      invites.push_back(bench.to(devices));
      ring(invites.back(), 183, 20'000);
      ring(invites.back(), 183, 30'000);
      ring(invites.back(), 180, 100);
      const std::size_t passed = bench.sent.size();
      CHECK(passed == 3);
      bench.sent.clear();
    }
    bench.say(caller, bench.write(call()));
    CHECK(bench.status_to(caller) == 100);
    invites.push_back(bench.to(devices));
    ring(invites.back(), 183, 30'000);
    CHECK(bench.sent.empty());
    for (const auto& invite : invites) {
      ring(invite, 480, 30'000);
      CHECK(bench.status_to(caller) == 480);
    }
    bench.sent.clear();
  }
}

}  // namespace under_way_test
