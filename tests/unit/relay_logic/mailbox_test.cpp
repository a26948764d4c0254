#include "mailbox_bench.h"

namespace mailbox_test {

using namespace relay::test;

namespace {

using Bodies = std::vector<std::string>;

const Peer browser = peer(Protocol::ws, 1);
const Peer tablet = peer(Protocol::ws, 2);
const Peer phone = peer(Protocol::udp, 3);

}  // namespace

TEST_CASE("a message for a user who is not there is answered 202, and not before it is stored") {
  MailboxBench bench;
  bench.disk_is_slow = true;
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  CHECK(bench.sent.empty());
  bench.answer_store();
  const auto answer = bench.take();
  CHECK(Bench::status_of(answer.bytes) == 202);
  // RFC 3428 7: no body, no Contact.
  CHECK(Bench::field(answer.bytes, HeaderName::contact) == "(absent)");
  CHECK(Bench::field(answer.bytes, HeaderName::content_length) == "0");
  CHECK(bench.kept() == Bodies{"hello"});
}

TEST_CASE("what the store cannot keep is answered 500 with Retry-After, never 202") {
  MailboxBench bench;
  bench.disk_fails = true;
  const auto answer = bench.write_to_bob("hello");
  CHECK(Bench::status_of(answer.bytes) == 500);
  CHECK(Bench::field(answer.bytes, HeaderName::retry_after) == "5");
}

TEST_CASE("a full mailbox is answered 480 with Retry-After and says so") {
  MailboxBench bench;
  bench.shelf.quota = 1;
  CHECK(Bench::status_of(bench.write_to_bob("one").bytes) == 202);
  const auto answer = bench.write_to_bob("two");
  CHECK(answer.bytes.starts_with("SIP/2.0 480 Mailbox Full\r\n"));
  CHECK(Bench::field(answer.bytes, HeaderName::retry_after) == "3600");
}

TEST_CASE("a slow disk has the sender told 100") {
  MailboxBench bench;
  bench.disk_is_slow = true;
  bench.say(phone, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  bench.advance(Milliseconds(3500));
  CHECK(bench.take_status() == 100);
  bench.answer_store();
  CHECK(bench.take_status() == 202);
}

TEST_CASE("for an unknown user nothing is stored") {
  MailboxBench bench;
  const auto answer = bench.answer_to(
      bench.write({.uri = "sip:nobody@example.org", .from = "sip:carol@example.net", .body = "hello"}));
  CHECK(Bench::status_of(answer.bytes) == 480);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("where nothing is to be stored a user who is not there is 480") {
  Bench bench;
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  CHECK(bench.take_status() == 480);
}

TEST_CASE("whoever comes gets what waits, one after the other in the order of arrival") {
  MailboxBench bench;
  for (const char* text : {"one", "two", "three"}) bench.write_to_bob(text);
  bench.come(browser);
  for (const char* text : {"one", "two", "three"}) {
    REQUIRE(bench.sent.size() == 1);
    CHECK(bench.sent[0].to == browser);
    bench.expect(text);
  }
  CHECK(bench.sent.empty());
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a stored message goes on as it came, with our Via in front and its hop counted") {
  MailboxBench bench;
  const std::string text = bench.write({.from = "sip:carol@example.net",
                                        .fields = "Date: Tue, 14 Nov 2023 22:00:00 GMT\r\nSubject:  a  b\r\n"
                                                  "X-Own: 1\r\nContent-Type: text/plain\r\n",
                                        .body = "gr\xc3\xbc\xc3\x9f"
                                                "e\r\n\r\n "});
  bench.answer_to(text);
  bench.come(browser);
  const auto sent = bench.take();
  CHECK(sent.bytes.starts_with("MESSAGE sip:bob@198.51.100.1:5001;transport=ws SIP/2.0\r\n"));
  CHECK(Bench::field(sent.bytes, HeaderName::max_forwards) == "69");
  CHECK(Bench::field(sent.bytes, HeaderName::via).starts_with("SIP/2.0/WS 192.0.2.1:80;branch="));
  for (const char* line : {"From: <sip:carol@example.net>;tag=f\r\n", "Subject:  a  b\r\n", "X-Own: 1\r\n",
                           "Date: Tue, 14 Nov 2023 22:00:00 GMT\r\n", "Content-Type: text/plain\r\n",
                           "To: <sip:bob@example.org>\r\n", "Call-ID: c1\r\n", "CSeq: 1 MESSAGE\r\n"})
    CHECK(sent.bytes.find(line) != std::string::npos);
  CHECK(MailboxBench::body(sent) == MailboxBench::body({{}, text}));
}

TEST_CASE("a message without a Date gets that of its arrival") {
  MailboxBench bench;
  bench.write_to_bob("hello");
  bench.pass(Seconds(3600));
  bench.come(browser);
  CHECK(Bench::field(bench.take().bytes, HeaderName::date) == "Tue, 14 Nov 2023 22:13:20 GMT");
}

TEST_CASE("our own credentials do not reach the disk") {
  MailboxBench bench;
  bench.say_signed(sender, {.body = "hello"}, "alice");
  CHECK(bench.take_status() == 202);
  REQUIRE(bench.shelf.messages.size() == 1);
  CHECK(bench.shelf.messages[0].request.find("Authorization") == std::string::npos);
}

TEST_CASE("only the recipient's 2xx has a message forgotten") {
  MailboxBench bench;
  bench.write_to_bob("hello");
  bench.come(browser);
  const auto sent = bench.take();
  CHECK(bench.kept() == Bodies{"hello"});
  bench.respond(sent, 100);
  CHECK(bench.kept() == Bodies{"hello"});
  bench.respond(sent, 202);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a connection that closes under a stored message keeps it for the next one") {
  MailboxBench bench;
  bench.write_to_bob("hello");
  bench.come(browser);
  bench.take();
  bench.leave(browser);
  CHECK(bench.kept() == Bodies{"hello"});
  bench.come(tablet);
  bench.expect("hello");
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a device that comes while a message goes to a dead one gets it at once when that is known") {
  MailboxBench bench;
  bench.write_to_bob("hello");
  bench.come(browser);
  bench.take();
  bench.come(tablet);
  CHECK(bench.sent.empty());
  bench.leave(browser);
  REQUIRE(bench.sent.size() == 1);
  CHECK(bench.sent[0].to == tablet);
  bench.expect("hello");
}

TEST_CASE("a repeat of a stored message is answered 202 and not stored twice") {
  MailboxBench bench;
  const std::string date = "Date: Tue, 14 Nov 2023 22:00:00 GMT\r\n";
  const std::string first = bench.write({.from = "sip:carol@example.net", .fields = date, .body = "hello"});
  bench.answer_to(first);
  // docs/adr/0003: another try has the same Call-ID, From tag, Date and text; branch and CSeq are new.
  std::string again = first;
  again.replace(again.find("branch=z9hG4bK1"), 15, "branch=z9hG4bK2");
  again.replace(again.find("CSeq: 1"), 7, "CSeq: 2");
  CHECK(Bench::status_of(bench.answer_to(again).bytes) == 202);
  CHECK(bench.kept() == Bodies{"hello"});
}

TEST_CASE("a new message goes behind those that wait for somebody who is there") {
  MailboxBench bench;
  bench.write_to_bob("one");
  bench.come(browser);
  const auto one = bench.take();
  CHECK(Bench::status_of(bench.write_to_bob("two").bytes) == 202);
  CHECK(bench.sent.empty());
  bench.respond(one, 200);
  bench.expect("two");
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "three"}));
  bench.expect("three");
  CHECK(bench.take_status() == 200);
}

TEST_CASE("what comes while the store is asked what waits is held, and overtakes nothing") {
  MailboxBench bench;
  bench.write_to_bob("one");
  bench.disk_is_slow = true;
  bench.come(browser);
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "two"}));
  CHECK(bench.sent.empty());
  bench.answer_loads();
  bench.answer_store();
  CHECK(bench.take_status() == 0);  // "one", a request
  CHECK(bench.take_status() == 202);
}

TEST_CASE("what comes while the store is asked and finds nothing goes straight on") {
  MailboxBench bench;
  bench.disk_is_slow = true;
  bench.come(browser);
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  CHECK(bench.sent.empty());
  bench.answer_loads();
  bench.expect("hello");
  CHECK(bench.take_status() == 200);
}

TEST_CASE("a message whose devices all cannot be reached is stored; one that is refused is not") {
  struct Case {
    int answered;
    int told;
  };
  for (const Case& c : {Case{408, 202},
                        {430, 202},
                        {480, 202},
                        {503, 202},
                        {404, 404},
                        {415, 415},
                        {486, 486},
                        {500, 500},
                        {603, 603}}) {
    CAPTURE(c.answered, c.told);
    MailboxBench bench;
    bench.come(phone);
    bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
    bench.respond(bench.take(), c.answered);
    CHECK(bench.take_status() == c.told);
    CHECK(bench.shelf.messages.size() == (c.told == 202 ? 1 : 0));
  }
}

TEST_CASE("what a phone says nothing to is stored before its sender gives up by Timer F, and answered 202") {
  // RFC 4321 1.1.
  MailboxBench bench;
  bench.come(phone);
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  bench.sent.clear();
  std::vector<int> statuses;
  int half_seconds = 0;
  for (; bench.kept().empty() && half_seconds < 64; ++half_seconds) {
    bench.advance(Milliseconds(500));
    for (const auto& sent : std::exchange(bench.sent, {}))
      if (sent.bytes.starts_with("SIP/2.0")) statuses.push_back(Bench::status_of(sent.bytes));
  }
  CHECK(half_seconds == 48);
  CHECK(statuses == std::vector<int>{100, 202});
  CHECK(bench.kept() == Bodies{"hello"});
  // It is tried again at once, and what it says to that has it forgotten.
  bench.advance(Milliseconds(500));
  bench.expect("hello", 200);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("what would not be stored is waited for until Timer F, and so is what nobody waits for any more") {
  MailboxBench bench;
  bench.come(phone);
  bench.say(sender, bench.write({.uri = "sip:bob@example.org",
                                 .from = "sip:carol@example.net",
                                 .fields = "Content-Type: application/im-iscomposing+xml\r\n",
                                 .body = "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'/>"}));
  const auto first = bench.take();
  for (int i = 0; i < 62; ++i) bench.advance(Milliseconds(500));
  bench.sent.clear();
  bench.respond(first, 200);
  CHECK(bench.take_status() == 200);
}

TEST_CASE("a connection that closes under a message has it stored, and it is answered 202") {
  MailboxBench bench;
  bench.come(browser);
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  bench.take();
  bench.leave(browser);
  CHECK(bench.take_status() == 202);
  CHECK(bench.kept() == Bodies{"hello"});
}

TEST_CASE("a phone that is busy is tried again later and later, and at once when it registers again") {
  MailboxBench bench;
  bench.write_to_bob("hello");
  bench.come(phone);
  bench.expect("hello", 486);
  bench.pass(Seconds(29));
  CHECK(bench.sent.empty());
  bench.pass(Seconds(1));
  bench.expect("hello", 480);
  bench.pass(Seconds(59));
  CHECK(bench.sent.empty());
  bench.come(phone);
  bench.expect("hello", 200);
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a store that cannot say what waits is asked again later, and nobody's message waits for it") {
  MailboxBench bench;
  bench.write_to_bob("one");
  bench.disk_fails = true;
  bench.come(browser);
  CHECK(bench.sent.empty());
  CHECK(Bench::status_of(bench.write_to_bob("two").bytes) == 500);
  bench.disk_fails = false;
  bench.pass(Seconds(30));
  bench.expect("one");
}

TEST_CASE("two devices at once: both get it, and the first 2xx has it forgotten") {
  MailboxBench bench;
  bench.come(browser);
  bench.come(tablet);
  bench.leave(browser);
  bench.leave(tablet);
  bench.write_to_bob("one");
  bench.write_to_bob("two");
  bench.disk_is_slow = true;
  bench.come(browser);
  bench.come(tablet);
  bench.disk_is_slow = false;
  bench.answer_loads();
  bench.drain();
  REQUIRE(bench.sent.size() == 2);
  const auto first = bench.take();
  const auto second = bench.take();
  bench.respond(second, 200);
  CHECK(bench.kept() == Bodies{"two"});
  bench.respond(first, 480);
  CHECK(bench.kept() == Bodies{"two"});
  bench.expect("two");
  CHECK(bench.shelf.messages.empty());
}

TEST_CASE("a user who signs off between asks for nothing") {
  MailboxBench bench;
  bench.write_to_bob("hello");
  bench.disk_is_slow = true;
  bench.come(browser);
  bench.leave(browser);
  bench.answer_loads();
  CHECK(bench.sent.empty());
  CHECK(bench.kept() == Bodies{"hello"});
}

TEST_CASE("whoever registers while a message is being stored gets it") {
  MailboxBench bench;
  bench.disk_is_slow = true;
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  bench.come(browser);
  bench.answer_loads();
  CHECK(bench.sent.empty());
  bench.answer_store();
  CHECK(bench.take_status() == 202);
  bench.answer_loads();
  bench.expect("hello");
}

TEST_CASE("answers to questions that nobody asked change nothing") {
  MailboxBench bench;
  bench.relay.answer(bench.now, JobId{77}, relay::Stored::stored);
  bench.relay.answer(bench.now, JobId{78}, relay::Loaded{});
  bench.relay.answer(bench.now, JobId::none, relay::Loaded{});
  bench.drain();
  CHECK(bench.sent.empty());
}

}  // namespace mailbox_test
