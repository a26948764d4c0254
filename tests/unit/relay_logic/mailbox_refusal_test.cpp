// Stored messages that a device, or the relay itself, does not take.
#include <algorithm>

#include "mailbox_bench.h"

namespace mailbox_refusal_test {

using namespace relay::test;
using Bodies = std::vector<std::string>;

namespace {

const Peer browser = peer(Protocol::ws, 1);
const Peer tablet = peer(Protocol::ws, 2);
const Peer phone = peer(Protocol::udp, 3);

struct RefusalBench : MailboxBench {
  /// What was sent to that device.
  relay::Relay::SendTo take_from(const Peer& device) {
    const auto found =
        std::find_if(sent.begin(), sent.end(), [&](const auto& one) { return one.to == device; });
    REQUIRE(found != sent.end());
    std::iter_swap(found, sent.begin());
    return take();
  }
};

}  // namespace

TEST_CASE("what a device refuses is kept for the next one, and the message behind it goes on") {
  // RFC 3428 7, RFC 3261 21.4, 21.6: whatever it says, it is no 2xx.
  for (const int status : {400, 403, 404, 405, 410, 415, 488, 513, 600, 603, 604, 606}) {
    CAPTURE(status);
    RefusalBench bench;
    bench.write_to_bob("one");
    bench.write_to_bob("two");
    bench.come(phone);
    bench.expect("one", status);
    bench.expect("two", 200);
    CHECK(bench.kept() == Bodies{"one"});
    bench.come(browser);
    REQUIRE(bench.sent.size() == 2);
    bench.respond(bench.take_from(phone), status);
    bench.respond(bench.take_from(browser), 200);
    CHECK(bench.sent.empty());
    CHECK(bench.shelf.messages.empty());
  }
}

TEST_CASE("a device that has not forgotten the last try yet is offered the message again") {
  // RFC 3261 8.2.2.2: it comes with another branch.
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.come(phone);
  bench.expect("one", 486);
  bench.pass(Seconds(30));
  bench.expect("one", 482);
  bench.pass(Seconds(60));
  bench.expect("one", 200);
  CHECK(bench.kept().empty());
}

TEST_CASE("a device that has refused a message is not offered it again, whatever else comes") {
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.come(phone);
  bench.expect("one", 405);
  // It says again that it is there.
  bench.come(phone);
  CHECK(bench.sent.empty());
  // Something else has to wait for it.
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "two"}));
  bench.expect("two", 480);
  CHECK(bench.take_status() == 202);
  bench.expect("two", 480);
  bench.pass(Seconds(30));
  bench.expect("two", 200);
  bench.pass(Seconds(86'000));
  CHECK(bench.sent.empty());
  CHECK(bench.kept() == Bodies{"one"});
}

TEST_CASE("what was refused does not hold up what comes next: that goes straight to the device") {
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.come(phone);
  bench.expect("one", 415);
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "two"}));
  bench.expect("two", 200);
  CHECK(bench.take_status() == 200);
  CHECK(bench.kept() == Bodies{"one"});
}

TEST_CASE("a device that leaves and comes is offered again what it refused") {
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.come(browser);
  bench.expect("one", 415);
  bench.leave(browser);
  bench.write_to_bob("two");
  CHECK(bench.kept() == Bodies{"one", "two"});
  bench.come(tablet);
  bench.expect("one", 200);
  bench.expect("two", 200);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("nothing is remembered of a user who has gone, whatever a device had refused") {
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.come(browser);
  bench.expect("one", 415);
  bench.pass(Seconds(1800));
  CHECK(bench.relay.mailboxes() == 1);
  bench.leave(browser);
  bench.pass(Seconds(1800));
  CHECK(bench.relay.mailboxes() == 0);
  bench.come(tablet);
  bench.expect("one", 200);
  CHECK(bench.relay.mailboxes() == 0);
}

TEST_CASE("who comes while a refusal is on its way is offered the message, too") {
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.write_to_bob("two");
  bench.come(phone);
  const auto sent = bench.take();
  bench.come(browser);
  bench.respond(sent, 405);
  REQUIRE(bench.sent.size() == 2);
  bench.respond(bench.take_from(phone), 405);
  CHECK(MailboxBench::body(bench.sent[0]) == "one");
  bench.respond(bench.take_from(browser), 200);
  CHECK(bench.kept() == Bodies{"two"});
}

TEST_CASE("a device that was busy when another one refused is asked again after the longest rest") {
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.write_to_bob("two");
  bench.disk_is_slow = true;
  bench.come(phone);
  bench.come(browser);
  bench.disk_is_slow = false;
  bench.answer_loads();
  bench.drain();
  bench.respond(bench.take_from(browser), 486);
  bench.respond(bench.take_from(phone), 405);
  // The other message does not wait for that.
  bench.respond(bench.take_from(phone), 405);
  bench.respond(bench.take_from(browser), 200);
  bench.pass(Seconds(1799));
  CHECK(bench.sent.empty());
  bench.pass(Seconds(1));
  bench.respond(bench.take_from(phone), 405);
  bench.expect("one", 200);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("what was refused is forgotten when its time is over") {
  RefusalBench bench;
  bench.relay.flow_opened(bench.now, sender);
  bench.write_to_bob("one", "Expires: 600\r\n");
  bench.come(phone);
  bench.expect("one", 405);
  bench.pass(Seconds(660));
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a message that a device cannot take now does not hold up the others for ever") {
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.write_to_bob("two");
  bench.come(browser);
  bench.expect("one", 500);
  bench.pass(Seconds(30));
  bench.expect("one", 500);
  bench.pass(Seconds(60));
  bench.expect("one", 500);
  bench.expect("two", 200);
  CHECK(bench.kept() == Bodies{"one"});
  // It may have room by then.
  bench.pass(Seconds(1800));
  bench.expect("one", 500);
  // The next device may like it better.
  bench.come(tablet);
  REQUIRE(bench.sent.size() == 2);
  bench.expect("one", 200);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE(
    "messages that a device has refused for now hold up the others once, and not whenever it is asked "
    "again") {
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.write_to_bob("two");
  bench.come(browser);
  for (const char* body : {"one", "two"}) {
    bench.expect(body, 500);
    bench.pass(Seconds(30));
    bench.expect(body, 500);
    bench.pass(Seconds(60));
    bench.expect(body, 500);
  }
  CHECK(bench.sent.empty());
  for (int round = 0; round < 3; ++round) {
    // It registers in time.
    bench.come(browser);
    bench.pass(Seconds(1800));
    bench.expect("one", 500);
    bench.expect("two", 500);
    // Nothing waits for another try.
    bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "three"}));
    bench.expect("three", 200);
    CHECK(bench.take_status() == 200);
  }
  CHECK(bench.kept() == Bodies{"one", "two"});
}

TEST_CASE("what a device refuses by another flow of its own is not offered to it again (RFC 5626 7)") {
  RefusalBench bench;
  bench.write_to_bob("one");
  bench.disk_is_slow = true;
  for (const Peer& flow : {browser, tablet}) {
    const std::string number = std::to_string(flow.endpoint.port);
    bench.enrol(
        flow, "bob",
        "<sip:bob@flow" + number + ".invalid;transport=ws>;+sip.instance=\"<urn:uuid:1>\";reg-id=" + number,
        "Supported: outbound, path\r\n");
  }
  bench.disk_is_slow = false;
  bench.answer_loads();
  bench.drain();
  const auto first = bench.take();
  bench.relay.unreachable(bench.now, first.to);
  bench.drain();
  REQUIRE(bench.sent.size() == 1);
  CHECK_FALSE(bench.sent[0].to == first.to);
  bench.expect("one", 415);
  bench.pass(Seconds(1800));
  CHECK(bench.sent.empty());
}

TEST_CASE("a stored message goes to one device after the other where its Max-Breadth says so") {
  // RFC 5393 5.3.3.
  RefusalBench bench;
  bench.write_to_bob("one", "Max-Breadth: 1\r\n");
  bench.disk_is_slow = true;
  bench.come(browser);
  bench.come(tablet);
  bench.disk_is_slow = false;
  bench.answer_loads();
  bench.drain();
  REQUIRE(bench.sent.size() == 1);
  bench.expect("one", 405);
  REQUIRE(bench.sent.size() == 1);
  bench.expect("one", 200);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("what could never be forwarded is refused at once, and not stored") {
  const std::pair<const char*, int> cases[] = {{"Max-Breadth: 0\r\n", 440},
                                               {"Max-Breadth: x\r\n", 400},
                                               {"Max-Breadth: 1\r\nMax-Breadth: 2\r\n", 400}};
  for (const auto& [field, status] : cases) {
    CAPTURE(field);
    RefusalBench bench;
    CHECK(Bench::status_of(bench.write_to_bob("one", field).bytes) == status);
    CHECK(bench.shelf.messages.empty());
  }
}

}  // namespace mailbox_refusal_test
