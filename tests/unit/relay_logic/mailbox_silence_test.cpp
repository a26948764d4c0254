// Messages to which the devices of their recipient say nothing.
#include "base/encoding.h"
#include "mailbox_bench.h"

namespace mailbox_silence_test {

using namespace relay::test;

namespace {

/// bob's devices may be asked, and carol hears of it for as long as her Timer F runs.
struct SilentBench : MailboxBench {
  /// Another flow of bob's one device.
  void add_flow(int number) {
    const std::string text = std::to_string(number);
    enrol(peer(Protocol::ws, number), "bob",
          "<sip:bob@flow" + text + ".invalid;transport=ws>;+sip.instance=\"<urn:uuid:1>\";reg-id=" + text,
          "Supported: outbound, path\r\n");
  }
  void ask(const std::string& fields = {}) {
    say(sender, write({.from = "sip:carol@example.net", .fields = fields, .body = "hello"}));
  }
  /// The final responses of that time, and how many devices are asked in it.
  struct Heard {
    std::vector<int> statuses;
    int asked = 0;
  };
  Heard wait(Seconds time) {
    Heard heard;
    for (Seconds waited{0}; waited < time; waited += Seconds(1)) {
      pass(Seconds(1));
      for (const auto& each : std::exchange(sent, {})) {
        const auto view = MessageView::parse(each.bytes);
        REQUIRE(view);
        if (view->is_request()) {
          ++heard.asked;
        } else if (view->status() >= 200) {
          heard.statuses.push_back(view->status());
        }
      }
    }
    return heard;
  }
};

using Statuses = std::vector<int>;

}  // namespace

TEST_CASE("a device that says nothing by its other flow, either, is given up before Timer F (RFC 4321 1.1)") {
  SilentBench bench;
  bench.add_flow(1);
  bench.add_flow(2);
  bench.ask();
  const auto first = bench.take();
  // It is the first of the two that counts.
  bench.pass(Seconds(GENERATE(0, 10)));
  bench.sent.clear();
  bench.relay.unreachable(bench.now, first.to);
  bench.drain();
  REQUIRE(bench.take().bytes.starts_with("MESSAGE "));
  CHECK(bench.wait(Seconds(24)).statuses == Statuses{202});
  CHECK(bench.shelf.messages.size() == 1);
}

TEST_CASE(
    "silent devices are asked by turns until the sender has to be told, and no further (RFC 4321 1.1)") {
  SilentBench bench;
  for (int number = 20; number < 26; ++number) bench.come(peer(Protocol::ws, number));
  bench.ask("Max-Breadth: 1\r\n");
  REQUIRE(bench.take().bytes.starts_with("MESSAGE "));
  const auto heard = bench.wait(Seconds(23));
  CHECK(heard.asked == 2);
  CHECK(heard.statuses.empty());
  bench.disk_is_slow = true;
  bench.pass(Seconds(1));
  bench.answer_store();
  CHECK(bench.take_status() == 202);
  const auto late = bench.wait(Seconds(60));
  CHECK(late.asked == 0);
  CHECK(late.statuses.empty());
}

TEST_CASE("a stored message, for which no sender waits, is offered to all devices by turns") {
  SilentBench bench;
  bench.write_to_bob("hello", "Max-Breadth: 1\r\n");
  bench.disk_is_slow = true;
  for (int number = 20; number < 26; ++number) bench.come(peer(Protocol::ws, number));
  bench.disk_is_slow = false;
  bench.answer_loads();
  bench.drain();
  REQUIRE(bench.take().bytes.starts_with("MESSAGE "));
  CHECK(bench.wait(Seconds(45)).asked == 5);
}

TEST_CASE("a device is waited for as long as the sender waits where the message is of no use later") {
  SilentBench bench;
  bench.come(peer(Protocol::ws, 1));
  // RFC 3428 7: counted from its Date, or from when it came.
  const bool has_date = GENERATE(false, true);
  bench.ask("Expires: 20\r\n" + (has_date ? "Date: " + sip_date(bench.now.wall) + "\r\n" : std::string()));
  const auto message = bench.take();
  CHECK(bench.wait(Seconds(28)).statuses.empty());
  SECTION("who hears its answer") {
    bench.respond(message, 200);
    CHECK(bench.take_status() == 200);
  }
  SECTION("and it is not stored when nobody waits any more") {
    CHECK(bench.wait(Seconds(10)).statuses.empty());
    CHECK(bench.storing.empty());
    CHECK(bench.shelf.messages.empty());
  }
}

TEST_CASE("what is of use for a while after Timer F is stored, and its time counts from when it came") {
  SilentBench bench;
  bench.come(peer(Protocol::ws, 1));
  const auto came = bench.now.wall;
  bench.ask("Expires: 30\r\n");
  CHECK(bench.wait(Seconds(24)).statuses == Statuses{202});
  REQUIRE(bench.shelf.messages.size() == 1);
  CHECK(bench.shelf.messages[0].expires_at == came + Seconds(30));
  CHECK(Bench::field(bench.shelf.messages[0].request, HeaderName::date) == sip_date(came));
}

}  // namespace mailbox_silence_test
