#include "logic/stored_message.h"

#include "mailbox_bench.h"

namespace stored_message_test {

using namespace relay::test;

namespace {

const Peer browser = peer(Protocol::ws, 1);

constexpr const char* composing =
    "<?xml version='1.0'?><isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
    "<state>active</state></isComposing>";

/// 2023-11-14 22:13:20 is when the bench begins.
constexpr const char* hour_ago = "Date: Tue, 14 Nov 2023 21:13:20 GMT\r\n";

std::string in_cpim(const std::string& content) {
  return "From: <sip:carol@example.net>\r\nTo: <sip:bob@example.org>\r\n\r\n" + content;
}

}  // namespace

TEST_CASE("what tells of now alone is not stored: typing, in CPIM or not") {
  MailboxBench bench;
  const std::string type = "Content-Type: application/im-iscomposing+xml\r\n";
  CHECK(Bench::status_of(bench.write_to_bob(composing, type).bytes) == 480);
  CHECK(Bench::status_of(
            bench.write_to_bob(in_cpim(type + "\r\n" + composing), "Content-Type: message/cpim\r\n").bytes) ==
        480);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("typing goes straight to somebody who is there, past the messages that wait") {
  MailboxBench bench;
  bench.write_to_bob("hello");
  bench.come(browser);
  bench.take();
  bench.say(sender, bench.write({.from = "sip:carol@example.net",
                                 .fields = "Content-Type: application/im-iscomposing+xml\r\n",
                                 .body = composing}));
  CHECK(MailboxBench::body(bench.take()) == composing);
}

TEST_CASE("a notification for somebody who is not there is stored") {
  MailboxBench bench;
  const std::string imdn =
      in_cpim("Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n<imdn/>");
  CHECK(Bench::status_of(bench.write_to_bob(imdn, "Content-Type: message/cpim\r\n").bytes) == 202);
  CHECK(bench.kept() == std::vector<std::string>{imdn});
}

TEST_CASE("what asks for SIPS, is for one device, or stands in a dialog is not stored") {
  MailboxBench bench;
  const auto status = [&](const Sketch& sketch) {
    return Bench::status_of(bench.answer_to(bench.write(sketch)).bytes);
  };
  CHECK(status({.uri = "sips:bob@example.org", .from = "sip:carol@example.net"}) == 480);
  CHECK(status({.uri = "sip:bob@example.org;gr=urn:uuid:1", .from = "sip:carol@example.net"}) == 480);
  CHECK(status({.from = "sip:carol@example.net", .to = "sip:bob@example.org>;tag=t;x=<y"}) == 400);
  std::string in_dialog = bench.write({.from = "sip:carol@example.net"});
  in_dialog.replace(in_dialog.find("To: <sip:bob@example.org>"), 25, "To: <sip:bob@example.org>;tag=t");
  CHECK(Bench::status_of(bench.answer_to(in_dialog).bytes) == 480);
  CHECK(status({.method = "OPTIONS", .from = "sip:carol@example.net"}) == 480);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("an im URI means the same mailbox") {
  MailboxBench bench;
  CHECK(Bench::status_of(
            bench
                .answer_to(bench.write(
                    {.uri = "im:bob@example.org", .from = "sip:carol@example.net", .body = "hello"}))
                .bytes) == 202);
  bench.come(browser);
  bench.expect("hello");
}

TEST_CASE("a message is of use for as long as Expires says, counted from its Date, or from its arrival") {
  // RFC 3428 7.
  struct Case {
    std::string fields;
    std::optional<Seconds> stored_for;
  };
  const std::string hour = hour_ago;
  const Case cases[] = {{"", MailboxBench::longest},
                        {"Expires: 600\r\n", Seconds(600)},
                        {"Expires: 4200\r\n" + hour, Seconds(600)},
                        {"Expires: 600\r\n" + hour, std::nullopt},
                        {"Expires: 0\r\n", std::nullopt},
                        {"Expires: 4294967295\r\n", MailboxBench::longest},
                        {"Expires: soon\r\n", MailboxBench::longest},
                        {"Expires: 600\r\nDate: Fri, 01 Jan 2100 00:00:00 GMT\r\n", Seconds(600)},
                        {"Expires: 600\r\nDate: yesterday\r\n", Seconds(600)}};
  for (const Case& c : cases) {
    CAPTURE(c.fields);
    MailboxBench bench;
    const int status = Bench::status_of(bench.write_to_bob("hello", c.fields).bytes);
    CHECK(status == (c.stored_for ? 202 : 480));
    REQUIRE(bench.shelf.messages.size() == (c.stored_for ? 1 : 0));
    if (c.stored_for) CHECK(bench.shelf.messages[0].expires_at == bench.now.wall + *c.stored_for);
  }
}

TEST_CASE("a message whose time is over is not delivered, and the one behind it is") {
  MailboxBench bench;
  bench.write_to_bob("old", "Expires: 600\r\n");
  bench.write_to_bob("new");
  bench.now.wall += Seconds(600);
  bench.come(browser);
  bench.expect("new");
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("what nobody fetches is forgotten within a minute after its time") {
  MailboxBench bench;
  bench.relay.flow_opened(bench.now, sender);
  bench.write_to_bob("one", "Expires: 600\r\n");
  bench.write_to_bob("two", "Expires: 600\r\n");
  bench.write_to_bob("three", "Expires: 6000\r\n");
  for (int i = 0; i < 10; ++i) bench.pass(Seconds(60));
  CHECK(bench.kept() == std::vector<std::string>{"three"});
  CHECK(bench.relay.deadline() == bench.now.mono + Seconds(60));
}

TEST_CASE("what is on its way when its time is over arrives") {
  MailboxBench bench;
  bench.relay.flow_opened(bench.now, sender);
  bench.write_to_bob("hello", "Expires: 20\r\n");
  bench.come(browser);
  const auto sent = bench.take();
  bench.now.wall += Seconds(60);
  bench.advance(Seconds(0));
  CHECK(bench.kept() == std::vector<std::string>{"hello"});
  bench.respond(sent, 200);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a store that cannot say what is over is asked again a minute later") {
  MailboxBench bench;
  bench.relay.flow_opened(bench.now, sender);
  bench.write_to_bob("hello", "Expires: 30\r\n");
  bench.disk_fails = true;
  bench.pass(Seconds(60));
  CHECK(bench.kept() == std::vector<std::string>{"hello"});
  bench.disk_fails = false;
  bench.pass(Seconds(60));
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a row that the disk has changed is forgotten, and the next one goes") {
  MailboxBench bench;
  bench.write_to_bob("one");
  bench.write_to_bob("two");
  bench.shelf.messages[0].request = "garbage";
  bench.come(browser);
  bench.expect("two");
  CHECK(bench.shelf.messages.empty());
}

}  // namespace stored_message_test
