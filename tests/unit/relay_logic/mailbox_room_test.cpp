// Stored messages for which there is no room: in a datagram, or among those under way.
#include <algorithm>

#include "mailbox_bench.h"

namespace mailbox_room_test {

using namespace relay::test;
using Bodies = std::vector<std::string>;

namespace {

const Peer browser = peer(Protocol::ws, 1);
const Peer tablet = peer(Protocol::ws, 2);
const Peer phone = peer(Protocol::udp, 3);

}  // namespace

TEST_CASE("what is too long for a phone over UDP waits for a browser") {
  MailboxBench bench;
  const std::string body(2000, 'x');
  bench.write_to_bob(body);
  bench.write_to_bob("short");
  bench.come(phone);
  // It may listen for connections, too (18.1.1).
  const auto stream = bench.take();
  CHECK(stream.to.endpoint.protocol == Protocol::tcp);
  bench.relay.unreachable(bench.now, stream.to);
  bench.drain();
  bench.expect("short");
  CHECK(bench.kept() == Bodies{body});
  bench.come(browser);
  REQUIRE(bench.sent.size() == 2);
  const auto to_browser =
      std::find_if(bench.sent.begin(), bench.sent.end(), [](const auto& sent) { return sent.to == browser; });
  REQUIRE(to_browser != bench.sent.end());
  std::iter_swap(to_browser, bench.sent.begin());
  bench.expect(body);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a stored message waits while too much is under way, and is not lost") {
  relay::Settings settings = MailboxBench::settings();
  settings.max_forwarded_bytes = 12'200;
  MailboxBench bench(settings);
  bench.come(browser);
  bench.leave(browser);
  bench.write_to_bob("one");
  // What takes the room meanwhile goes to a device of alice's, which says nothing.
  bench.enrol(tablet, "alice", "<sip:alice@a.invalid;transport=ws>");
  std::vector<relay::Relay::SendTo> silent;
  for (int stranger = 30;; ++stranger) {
    bench.say(peer(Protocol::udp, stranger),
              bench.write({.uri = "sip:alice@example.org", .from = "sip:carol@example.net"}));
    relay::Relay::SendTo said = bench.take();
    if (!said.bytes.starts_with("MESSAGE ")) break;
    silent.push_back(std::move(said));
  }
  bench.come(browser);
  CHECK(bench.sent.empty());
  CHECK(bench.kept() == Bodies{"one"});
  for (const auto& request : silent) {
    bench.respond(request, 200);
    CHECK(bench.take_status() == 200);
  }
  bench.pass(Seconds(30));
  bench.expect("one");
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("of messages that wait for a disk that has hung there are so many and no more") {
  relay::Settings settings = MailboxBench::settings();
  settings.limits.messages.most = 1'000'000;
  MailboxBench bench(settings);
  bench.disk_is_slow = true;
  bench.come(browser);
  int waiting = 0;
  for (; bench.sent.empty() && waiting < 11'000; ++waiting)
    bench.say(sender, bench.write({.from = "sip:carol@example.net"}));
  CHECK(waiting == 10'001);
  REQUIRE(bench.sent.size() == 1);
  CHECK(bench.take_status() == 500);
  bench.answer_loads();
  CHECK(bench.take().bytes.starts_with("MESSAGE "));
}

}  // namespace mailbox_room_test
