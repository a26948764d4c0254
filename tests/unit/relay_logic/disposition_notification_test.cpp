#include "logic/disposition_notification.h"

#include "im/cpim.h"
#include "im/imdn.h"
#include "mailbox_bench.h"

namespace disposition_notification_test {

using namespace relay::test;

namespace {

const Peer browser = peer(Protocol::ws, 1);
const Peer alice = peer(Protocol::ws, 4);
/// alice writes to bob, who is not there.
void write(MailboxBench& bench, const std::string& body, const std::string& fields = {}) {
  bench.say_signed(sender, {.fields = cpim_type + fields, .body = body}, "alice");
  REQUIRE(bench.take_status() == 202);
}

void come(MailboxBench& bench) { bench.enrol(alice, "alice", "<sip:alice@198.51.100.4:5004;transport=ws>"); }

}  // namespace

TEST_CASE("whoever asks for processing notifications is told that a message was stored") {
  // RFC 5438 8.1, 12.2.
  MailboxBench bench;
  come(bench);
  write(bench, asking("positive-delivery, processing", "Subject: lunch\r\n"));
  const auto sent = bench.take();
  CHECK(sent.to == alice);
  CHECK(Bench::field(sent.bytes, HeaderName::from).starts_with("<sip:bob@example.org>;tag="));
  CHECK(Bench::field(sent.bytes, HeaderName::to) == "<sip:alice@example.org>");
  CHECK(Bench::field(sent.bytes, HeaderName::content_type) == "message/cpim");
  const std::string body = MailboxBench::body(sent);
  const auto cpim = Cpim::parse(body);
  REQUIRE(cpim);
  CHECK(cpim->value(cpim_namespace, "From") == "<sip:bob@example.org>");
  CHECK(cpim->value(cpim_namespace, "To") == "<sip:alice@example.org>");
  CHECK(cpim->value(imdn_namespace, "Message-ID").value_or("m1") != "m1");
  CHECK_FALSE(cpim->has(imdn_namespace, "Disposition-Notification"));
  CHECK(cpim->content.content_type == "message/imdn+xml");
  CHECK(cpim->content.content_disposition == "notification");
  const auto imdn = Imdn::parse(cpim->content.body);
  REQUIRE(imdn);
  CHECK(imdn->message_id == "m1");
  CHECK(imdn->date_time == "2023-11-14T22:00:00Z");
  CHECK(imdn->recipient_uri == "sip:bob@example.org");
  CHECK(imdn->disposition == Imdn::Disposition::processing);
  CHECK(imdn->status == Imdn::Status::stored);
  CHECK(imdn->subject == "lunch");
  bench.respond(sent, 200);
  CHECK(bench.sent.empty());
  CHECK(bench.shelf.messages.size() == 1);
}

TEST_CASE("a notification waits for its recipient like anything else") {
  MailboxBench bench;
  write(bench, asking("processing"));
  CHECK(bench.shelf.messages.size() == 2);
  come(bench);
  const auto sent = bench.take();
  CHECK(sent.to == alice);
  bench.respond(sent, 200);
  CHECK(bench.shelf.messages.size() == 1);
}

TEST_CASE("a repeat is not told of twice") {
  MailboxBench bench;
  const int number = bench.last_number;
  write(bench, asking("processing"));
  REQUIRE(bench.shelf.messages.size() == 2);
  // The same request once more, over a connection that keeps no transactions.
  bench.last_number = number;
  write(bench, asking("processing"));
  CHECK(bench.shelf.messages.size() == 2);
}

TEST_CASE("nobody is told what they did not ask for") {
  for (const char* wanted : {"positive-delivery", "negative-delivery", "display", "unknown"}) {
    CAPTURE(wanted);
    MailboxBench bench;
    write(bench, asking(wanted));
    CHECK(bench.shelf.messages.size() == 1);
  }
}

TEST_CASE(
    "whoever asks for negative delivery is told when the time of a message is over, and not when a device "
    "refuses it") {
  for (const bool is_refused : {false, true}) {
    CAPTURE(is_refused);
    MailboxBench bench;
    bench.relay.flow_opened(bench.now, sender);
    write(bench, asking("negative-delivery"), "Expires: 600\r\n");
    if (is_refused) {
      bench.come(browser);
      bench.respond(bench.take(), 415);
    }
    const auto waiting = bench.shelf.messages.at(0).request;
    bench.pass(Seconds(540));
    REQUIRE(bench.shelf.messages.size() == 1);
    CHECK(bench.shelf.messages[0].request == waiting);
    bench.pass(Seconds(120));
    REQUIRE(bench.shelf.messages.size() == 1);
    come(bench);
    const auto sent = bench.take();
    const std::string body = MailboxBench::body(sent);
    const auto cpim = Cpim::parse(body);
    REQUIRE(cpim);
    const auto imdn = Imdn::parse(cpim->content.body);
    REQUIRE(imdn);
    CHECK(imdn->disposition == Imdn::Disposition::delivery);
    CHECK(imdn->status == Imdn::Status::failed);
  }
}

TEST_CASE("a message that its sender wants to know of stays until that is stored, and is forgotten with it") {
  MailboxBench bench;
  bench.relay.flow_opened(bench.now, sender);
  write(bench, asking("negative-delivery"), "Expires: 10\r\n");
  const auto waiting = bench.shelf.messages.at(0).request;
  bench.disk_is_slow = true;
  bench.pass(Seconds(60));
  REQUIRE(bench.storing.size() == 1);
  CHECK(bench.shelf.messages.size() == 1);
  bench.disk_fails = true;
  bench.answer_store();
  bench.disk_fails = false;
  REQUIRE(bench.shelf.messages.size() == 1);
  CHECK(bench.shelf.messages[0].request == waiting);
  bench.disk_is_slow = false;
  bench.pass(Seconds(60));
  REQUIRE(bench.shelf.messages.size() == 1);
  CHECK(bench.shelf.messages[0].recipient == "alice@example.org");
  bench.pass(Seconds(600));
  CHECK(bench.shelf.messages.size() == 1);
}

TEST_CASE("whose mailbox is full is told of what was not delivered all the same, up to twice the quota") {
  MailboxBench bench;
  bench.relay.flow_opened(bench.now, sender);
  for (int i = 0; i < 3; ++i) write(bench, asking("negative-delivery"), "Expires: 10\r\n");
  REQUIRE(bench.shelf.messages.size() == 3);
  bench.shelf.quota = 1;
  bench.pass(Seconds(60));
  CHECK(bench.shelf.messages.size() == 2);
  for (const auto& each : bench.shelf.messages) CHECK(each.recipient == "alice@example.org");
}

TEST_CASE("that a message is stored is told of in the very question that stores it") {
  MailboxBench bench;
  bench.disk_is_slow = true;
  bench.say_signed(sender, {.fields = cpim_type, .body = asking("processing")}, "alice");
  REQUIRE(bench.storing.size() == 1);
  REQUIRE(bench.storing[0].notice);
  CHECK(bench.storing[0].notice->recipient == "alice@example.org");
  bench.disk_fails = true;
  bench.answer_store();
  CHECK(bench.take_status() == 500);
  CHECK(bench.shelf.messages.empty());
  CHECK(bench.storing.empty());
}

TEST_CASE("a delivered message is told of by its recipient alone") {
  // RFC 5438 12.2: a 2xx from downstream tells an intermediary nothing.
  MailboxBench bench;
  write(bench, asking("positive-delivery, negative-delivery"));
  bench.come(browser);
  bench.respond(bench.take(), 200);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a stranger is told nothing: From may be another one's address") {
  // RFC 5438 14.
  MailboxBench bench;
  CHECK(Bench::status_of(bench.write_to_bob(asking("processing"), cpim_type).bytes) == 202);
  CHECK(bench.shelf.messages.size() == 1);
}

TEST_CASE("nothing is told of a notification, of what is encrypted, or by a route that the message names") {
  MailboxBench bench;
  write(bench, asking("processing", {}, "Content-Type: message/imdn+xml\r\n\r\n<imdn/>"));
  CHECK(bench.shelf.messages.size() == 1);
  write(bench, asking("processing", {}, "Content-Type: application/pkcs7-mime\r\n\r\nsecret"));
  CHECK(bench.shelf.messages.size() == 2);
  write(bench, asking("processing", "imdn.IMDN-Record-Route: <sip:x@example.net>\r\n"));
  CHECK(bench.shelf.messages.size() == 3);
}

TEST_CASE("a body that is no CPIM is stored all the same") {
  MailboxBench bench;
  write(bench, "garbage");
  CHECK(bench.kept() == std::vector<std::string>{"garbage"});
}

}  // namespace disposition_notification_test
