#include "mailbox_bench.h"

namespace progress_test {

using namespace relay::test;

namespace {

using relay::Relay;
using Step = Relay::Progress::Step;

const Peer phone = peer(Protocol::udp, 3);

using Outcome = relay::Mailbox::Outcome;
const std::map<Outcome, std::string_view> names{{Outcome::delivered, "delivered"},
                                                {Outcome::refused, "refused"},
                                                {Outcome::postponed, "postponed"},
                                                {Outcome::expired, "expired"}};

/// "taken MESSAGE" or "here 404 reason", a line each.
std::string told(const Bench& bench) {
  std::string lines;
  for (const Relay::Progress& each : bench.progress) {
    switch (each.step) {
      case Step::taken: lines += "taken " + each.method; break;
      case Step::answered_here: lines += "here " + std::to_string(each.status); break;
      case Step::answered_there: lines += "there " + std::to_string(each.status); break;
      case Step::from_mailbox: lines += "mailbox " + std::string(names.at(each.outcome)); break;
    }
    if (!each.reason.empty()) lines += " " + std::string(each.reason);
    lines += "\n";
  }
  return lines;
}

}  // namespace

TEST_CASE("the relay tells once what becomes of a request, and who answered it") {
  MailboxBench bench;
  bench.come(phone);
  bench.progress.clear();
  const std::string text = bench.write({.from = "sip:carol@example.net", .body = "hello"});
  bench.say(sender, text);
  bench.say(sender, text);
  bench.expect("hello", 486);
  CHECK(told(bench) == "taken MESSAGE\nthere 486\n");
  CHECK(bench.progress[0].transaction == bench.progress[1].transaction);
}

TEST_CASE("what the relay refuses, stores or cannot read is told with its reason") {
  MailboxBench bench;
  CHECK(Bench::status_of(bench.write_to_bob("hello").bytes) == 202);
  bench.answer_to(bench.write({.uri = "sip:x@example.com", .from = "sip:carol@example.net"}));
  bench.answer_to(bench.write({.method = "JUGGLE", .uri = "sip:example.org", .from = "sip:c@example.net"}));
  std::string malformed = bench.write({.method = "OPTIONS"});
  bench.answer_to(malformed.replace(malformed.find("CSeq: "), 6, "CSeq: y"));
  CHECK(told(bench) ==
        "taken MESSAGE\nhere 202\ntaken MESSAGE\nhere 403 Relaying Denied\ntaken other\nhere 501\n"
        "here 400 Bad or Missing Header Field\n");
}

TEST_CASE("the relay shows who is registered, and how much it remembers") {
  MailboxBench bench;
  CHECK(bench.relay.location().size() == 0);
  bench.come(phone);
  REQUIRE(bench.relay.location().users().count("bob") == 1);
  CHECK(bench.relay.location().users().at("bob").size() == 1);
  CHECK(bench.relay.transactions() > 0);
}

TEST_CASE("what becomes of stored messages is told, each try: delivered, refused, postponed, expired") {
  MailboxBench bench;
  for (const char* body : {"one", "two", "three"}) bench.write_to_bob(body);
  bench.come(phone);
  bench.progress.clear();
  bench.expect("one", 486);
  bench.pass(relay::Mailbox::first_rest);
  bench.expect("one");
  bench.expect("two", 415);
  CHECK(told(bench) == "mailbox postponed\nmailbox delivered\nmailbox refused\n");
  bench.expect("three", 486);
  bench.progress.clear();
  bench.pass(MailboxBench::longest);
  CHECK(told(bench) == "mailbox expired\n");
}

}  // namespace progress_test
