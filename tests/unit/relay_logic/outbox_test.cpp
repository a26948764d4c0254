#include "logic/outbox.h"

#include "elsewhere.h"
#include "im/cpim.h"
#include "im/imdn.h"
#include "mailbox_bench.h"

namespace outbox_test {

using namespace relay;
using namespace relay::test;

namespace {

const Peer server{FlowId{9}, {Protocol::tcp, *IpAddress::parse("203.0.113.1"), 5060}};

/// A relay that trusts the first server of example.net, and keeps what it brings for bob.
struct Trusting : MailboxBench {
  Trusting() : MailboxBench(with_server()) {
    zone.srv("_sip._tcp.example.net", {1, 1, 5060, "one.example.net"})
        .address("one.example.net", "203.0.113.1")
        .address("two.example.com", "203.0.113.2");
    zone.srv("_sip._tcp.example.com", {1, 1, 5060, "two.example.com"});
    relay.flow_opened(now, server);
  }
  static relay::Settings with_server() {
    relay::Settings settings = MailboxBench::settings();
    settings.trusted = {server.endpoint.address};
    return settings;
  }
  /// carol writes to bob, who is not there, and wants to be told.
  void bring(const std::string& wanted, const std::string& fields = {},
             const std::string& from = "sip:carol@example.net", const std::string& id = "m1") {
    std::string body = asking(wanted);
    body.replace(body.find("m1"), 2, id);
    say(server, write({.from = from, .fields = cpim_type + fields, .body = body}));
  }
  /// What was told to the server of others; after the answer to what it has brought.
  Relay::SendTo take_notification() {
    CHECK(take_status() == 202);
    return take();
  }
  std::size_t in_outbox() const {
    std::size_t count = 0;
    for (const StoredMessage& message : shelf.messages) count += message.recipient == Outbox::recipient;
    return count;
  }
};

Imdn imdn_in(const Relay::SendTo& sent) {
  const std::string body = MailboxBench::body(sent);
  const auto cpim = Cpim::parse(body);
  REQUIRE(cpim);
  const auto imdn = Imdn::parse(cpim->content.body);
  REQUIRE(imdn);
  return *imdn;
}

}  // namespace

TEST_CASE(
    "whom a trusted server answers for is told, by the server of their domain, that a message is stored") {
  // RFC 5438 8.1, 12.2.
  Trusting bench;
  bench.bring("processing");
  const auto sent = bench.take_notification();
  CHECK(where(sent) == "TCP 203.0.113.1:5060");
  CHECK(sent.bytes.starts_with("MESSAGE sip:carol@example.net SIP/2.0\r\n"));
  CHECK(Bench::field(sent.bytes, HeaderName::from).starts_with("<sip:bob@example.org>;tag="));
  CHECK(Bench::field(sent.bytes, HeaderName::to) == "<sip:carol@example.net>");
  const Imdn imdn = imdn_in(sent);
  CHECK(imdn.message_id == "m1");
  CHECK(imdn.recipient_uri == "sip:bob@example.org");
  CHECK(imdn.status == Imdn::Status::stored);
  CHECK(bench.in_outbox() == 1);
  bench.respond(sent, 200);
  CHECK(bench.sent.empty());
  CHECK(bench.in_outbox() == 0);
  CHECK(bench.shelf.messages.size() == 1);
}

TEST_CASE("whom a trusted server answers for is told that the time of a message is over") {
  // RFC 5438 8.2.
  Trusting bench;
  bench.bring("negative-delivery", "Expires: 30\r\n");
  CHECK(bench.take_status() == 202);
  CHECK(bench.sent.empty());
  bench.pass(Seconds(60));
  const auto sent = bench.take();
  CHECK(where(sent) == "TCP 203.0.113.1:5060");
  CHECK(imdn_in(sent).status == Imdn::Status::failed);
  bench.respond(sent, 200);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a notification waits until the server takes it, and is tried at longer and longer intervals") {
  Trusting bench;
  bench.bring("processing");
  bench.respond(bench.take_notification(), 503);
  for (const int seconds : {30, 60, 120}) {
    CAPTURE(seconds);
    bench.pass(Seconds(seconds) - Milliseconds(1));
    CHECK(bench.sent.empty());
    bench.pass(Milliseconds(1));
    bench.respond(bench.take(), 503);
    CHECK(bench.in_outbox() == 1);
  }
  bench.pass(Seconds(240));
  bench.respond(bench.take(), 202);
  CHECK(bench.in_outbox() == 0);
  bench.pass(Seconds(3600));
  CHECK(bench.sent.empty());
}

TEST_CASE("a server that says no for good is not asked again") {
  Trusting bench;
  bench.bring("processing");
  bench.respond(bench.take_notification(), 404);
  CHECK(bench.in_outbox() == 0);
  bench.pass(Seconds(3600));
  CHECK(bench.sent.empty());
}

TEST_CASE("a domain whose server does not answer holds up what goes to others once a round") {
  Trusting bench;
  bench.bring("processing", {}, "sip:dave@example.com");
  const auto first = bench.take_notification();
  CHECK(where(first) == "TCP 203.0.113.2:5060");
  bench.bring("processing", {}, "sip:erin@example.com");
  bench.bring("processing");
  CHECK(bench.take_status() == 202);
  CHECK(bench.take_status() == 202);
  CHECK(bench.sent.empty());
  bench.respond(first, 503);
  const auto other = bench.take();
  CHECK(where(other) == "TCP 203.0.113.1:5060");
  bench.respond(other, 200);
  CHECK(bench.sent.empty());
  CHECK(bench.in_outbox() == 2);
  bench.pass(Seconds(30));
  for (const char* name : {"erin", "dave"}) {
    const auto sent = bench.take();
    CHECK(sent.bytes.starts_with("MESSAGE sip:" + std::string(name) + "@example.com "));
    bench.respond(sent, 200);
  }
  CHECK(bench.in_outbox() == 0);
}

TEST_CASE("what comes while others wait for a silent domain's next round goes at once") {
  Trusting bench;
  bench.bring("processing", {}, "sip:dave@example.com");
  bench.respond(bench.take_notification(), 503);
  bench.bring("processing");
  bench.respond(bench.take_notification(), 200);
  CHECK(bench.in_outbox() == 1);
}

TEST_CASE("a domain that has no server is tried again, and forgotten after a day") {
  Trusting bench;
  bench.bring("processing", {}, "sip:dave@nowhere.example");
  CHECK(bench.take_status() == 202);
  CHECK(bench.in_outbox() == 1);
  CHECK(bench.sent.empty());
  const std::size_t asked = bench.zone.asked.size();
  bench.pass(Seconds(90));
  CHECK(bench.zone.asked.size() > asked);
  for (int hours = 0; hours < 23; ++hours) bench.pass(Seconds(3600));
  CHECK(bench.in_outbox() == 1);
  bench.pass(Seconds(3600));
  CHECK(bench.in_outbox() == 0);
}

TEST_CASE("after a restart the outbox goes on where it was") {
  Trusting bench;
  bench.disk_is_slow = true;
  bench.bring("processing");
  bench.answer_store();
  bench.disk_is_slow = false;
  REQUIRE(bench.in_outbox() == 1);
  Trusting restarted;
  restarted.shelf = bench.shelf;
  restarted.advance(Milliseconds(1));
  const auto sent = restarted.take();
  CHECK(where(sent) == "TCP 203.0.113.1:5060");
  restarted.respond(sent, 200);
  CHECK(restarted.in_outbox() == 0);
}

TEST_CASE("a disk that cannot be read is asked again") {
  Trusting bench;
  bench.disk_is_slow = true;
  bench.bring("processing");
  bench.answer_store();
  CHECK(bench.take_status() == 202);
  bench.disk_fails = true;
  bench.answer_loads();
  bench.disk_fails = bench.disk_is_slow = false;
  CHECK(bench.sent.empty());
  bench.pass(Seconds(30));
  bench.respond(bench.take(), 200);
  CHECK(bench.in_outbox() == 0);
}

TEST_CASE("a relay that ends begins with nothing of the outbox") {
  Trusting bench;
  bench.disk_is_slow = true;
  bench.bring("processing");
  bench.relay.drain();
  bench.answer_store();
  CHECK(bench.take_status() == 202);
  bench.disk_is_slow = false;
  bench.pass(Seconds(120));
  CHECK(bench.sent.empty());
  CHECK(bench.in_outbox() == 1);
  CHECK(bench.relay.is_idle());
}

TEST_CASE("nobody of another domain is told whom no trusted server answers for") {
  // RFC 5438 14: From may be another one's address.
  Trusting bench;
  CHECK(Bench::status_of(bench.write_to_bob(asking("processing"), cpim_type).bytes) == 202);
  CHECK(bench.shelf.messages.size() == 1);
  bench.write_to_bob(asking("negative-delivery"), cpim_type + "Expires: 30\r\n");
  bench.pass(Seconds(120));
  CHECK(bench.shelf.messages.size() == 1);
  CHECK(bench.in_outbox() == 0);
}

TEST_CASE("whom a trusted server names otherwise than From is not told by From") {
  // RFC 3325 4, 9.1, RFC 3323 4.1.1.3.
  struct Case {
    const char* from;
    const char* fields;
    bool is_told;
  };
  const Case cases[] = {
      {"sip:carol@example.net", "P-Asserted-Identity: <sip:carol@EXAMPLE.net>\r\n", true},
      {"sip:carol@example.net", "P-Asserted-Identity: <tel:+12025550123>, <sip:carol@example.net>\r\n", true},
      {"sip:carol@example.net", "P-Asserted-Identity: <sip:mallory@example.net>\r\n", false},
      {"sip:carol@example.net", "P-Asserted-Identity: <tel:+12025550123>\r\n", false},
      {"sip:anonymous@anonymous.invalid", "", false},
      {"sip:carol@anonymous.invalid.", "", false},
      {"sip:example.net", "", false},
      {"tel:+12025550123", "", false},
      {"sips:carol@example.net", "", false},
      {"im:carol@example.net", "P-Asserted-Identity: <sip:carol@example.net>\r\n", true},
      {"im:carol@example.net", "P-Asserted-Identity: <tel:+12025550123>\r\n", false},
      {"im:carol@example.net", "P-Asserted-Identity: <im:mallory@example.net>\r\n", false},
      {"im:carol@example.net", "P-Asserted-Identity: <sip:mallory@example.net>\r\n", false},
      {"im:anonymous@anonymous.invalid", "", false},
      {"sip:carol@example.net:5070", "P-Asserted-Identity: <sip:carol@example.net>\r\n", false},
      {"sip:carol@example.net", "P-Asserted-Identity: <sip:carol@example.net:5070>\r\n", false},
      {"sip:carol@example.net:5070", "P-Asserted-Identity: <sip:carol@example.net:5070>\r\n", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.from, c.fields);
    Trusting bench;
    bench.bring("processing", c.fields, c.from);
    CHECK(bench.take_status() == 202);
    CHECK(bench.in_outbox() == (c.is_told ? 1 : 0));
  }
}

TEST_CASE("a notification goes to the port that From names, and without its parameters") {
  Trusting bench;
  bench.bring("processing", {}, "sip:carol@203.0.113.1:5070;x=y");
  const auto sent = bench.take_notification();
  CHECK(sent.bytes.starts_with("MESSAGE sip:carol@203.0.113.1:5070 SIP/2.0\r\n"));
  CHECK(sent.to.endpoint.port == 5070);
}

TEST_CASE("who is not there holds up nobody else whom their server tells something") {
  // 480 is the word of one user's devices, 503 that of the server.
  Trusting bench;
  bench.bring("processing");
  const auto first = bench.take_notification();
  bench.bring("processing");
  bench.bring("processing", {}, "sip:erin@example.net");
  bench.sent.clear();
  bench.respond(first, 480);
  const auto second = bench.take();
  CHECK(second.bytes.starts_with("MESSAGE sip:erin@example.net "));
  bench.respond(second, 200);
  CHECK(bench.sent.empty());
  CHECK(bench.in_outbox() == 2);
  bench.pass(Seconds(30));
  bench.respond(bench.take(), 200);
  bench.respond(bench.take(), 200);
  CHECK(bench.in_outbox() == 0);
}

TEST_CASE("whose server says nothing about them holds up others of the domain for one round") {
  // RFC 4320 4.2: nothing is also what a server says of a device that does not answer.
  Trusting bench;
  const std::string absent = "MESSAGE sip:carol@example.net ";
  bench.bring("processing");
  CHECK(bench.take_status() == 202);
  for (const char* name : {"dave", "erin"})
    bench.bring("processing", {}, "sip:" + std::string(name) + "@example.net");
  std::string told;
  for (int seconds = 0; seconds < 400; ++seconds) {
    for (const auto& sent : std::exchange(bench.sent, {})) {
      const bool is_told = sent.bytes.starts_with("MESSAGE ") && !sent.bytes.starts_with(absent);
      if (!is_told) continue;
      told += sent.bytes.substr(12, 4) + " ";
      bench.respond(sent, 200);
    }
    bench.pass(Seconds(1));
  }
  CHECK(told == "dave erin ");
  CHECK(bench.in_outbox() == 1);
  for (int seconds = 0; seconds < 3600 && bench.in_outbox() > 0; ++seconds) {
    for (const auto& sent : std::exchange(bench.sent, {})) bench.respond(sent, 200);
    bench.pass(Seconds(1));
  }
  CHECK(bench.in_outbox() == 0);
}

TEST_CASE("what the store finds while the relay is told to end stays in the outbox") {
  Trusting bench;
  bench.disk_is_slow = true;
  bench.bring("processing");
  bench.answer_store();
  CHECK(bench.take_status() == 202);
  REQUIRE(bench.loading.size() == 1);
  bench.relay.drain();
  bench.answer_loads();
  CHECK(bench.sent.empty());
  CHECK(bench.relay.is_idle());
  CHECK(bench.in_outbox() == 1);
}

TEST_CASE(
    "what a server takes while the store finds that its time is over has been delivered, and not expired") {
  Trusting bench;
  bench.bring("processing");
  const auto sent = bench.take_notification();
  bench.sweep_is_slow = true;
  bench.now.wall += MailboxBench::longest;
  bench.advance(Milliseconds(1));
  bench.answer_sweep();
  REQUIRE(bench.swept.size() == 1);
  REQUIRE(bench.swept[0].second.message);
  CHECK(bench.swept[0].second.message->recipient == Outbox::recipient);
  bench.respond(sent, 200);
  bench.answer_sweep();
  CHECK(bench.outcomes() == std::vector{Mailbox::Outcome::expired, Mailbox::Outcome::delivered});
}

TEST_CASE("what is too large for a datagram is tried again where nobody takes a connection for now") {
  // RFC 3261 18.1.1, RFC 3428 8.
  Trusting bench;
  bench.zone.address("three.example.com", "203.0.113.3");
  bench.zone.srv("_sip._udp.udp.example", {1, 1, 5060, "three.example.com"});
  const std::string id(600, 'i');
  bench.bring("processing", {}, "sip:dave@udp.example", id);
  const auto sent = bench.take_notification();
  CHECK(where(sent) == "TCP 203.0.113.3:5060");
  bench.relay.unreachable(bench.now, sent.to);
  bench.drain();
  CHECK(bench.in_outbox() == 1);
  bench.pass(Seconds(30));
  bench.respond(bench.take(), 200);
  CHECK(bench.in_outbox() == 0);
}

TEST_CASE("a server that has not forgotten the last try yet is tried again") {
  // RFC 3261 8.2.2.2.
  Trusting bench;
  bench.bring("processing");
  bench.respond(bench.take_notification(), 480);
  bench.pass(Seconds(30));
  bench.respond(bench.take(), 482);
  bench.pass(Seconds(60));
  bench.respond(bench.take(), 200);
  CHECK(bench.in_outbox() == 0);
}

TEST_CASE("what is too large to be forwarded is not told") {
  for (std::size_t escapes = 600; escapes < 800; escapes += 20) {
    CAPTURE(escapes);
    Trusting bench;
    bench.bring("processing", {}, "sip:carol@example.net",
                std::string(61'000, 'i') + std::string(escapes, '&'));
    CHECK(bench.take_status() == 202);
    CHECK(bench.in_outbox() == bench.sent.size());
  }
}

TEST_CASE("a notification that finds no server counts as postponed") {
  Trusting bench;
  bench.bring("processing", {}, "sip:dave@nowhere.example");
  CHECK(bench.outcomes() == std::vector{Mailbox::Outcome::postponed});
}

}  // namespace outbox_test
