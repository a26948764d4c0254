#include <catch2/catch.hpp>

#include "inbox_bench.h"

namespace inbox_repeat_test {

using namespace sip;

namespace {

/// A message whose Date was fixed when it was first sent.
Phone dated(std::string body = "hello", std::string date = "Tue, 24 Nov 2026 11:00:00 GMT") {
  return {.fields = {"Content-Type: text/plain", "Date: " + date}, .body = std::move(body)};
}

/// A message of its own Call-ID.
Phone numbered(std::size_t number) { return {.call_id = "call-" + std::to_string(number)}; }

}  // namespace

TEST_CASE("a repeat under another CSeq is answered 200 and not shown again") {
  // docs/adr/0003: CSeq grows when a challenge is answered or a new connection is tried.
  InboxBench bench;
  Phone phone = dated();
  CHECK(bench.shows(phone));
  for (phone.cseq = 1; phone.cseq < 5; ++phone.cseq) {
    const Judgement judgement = bench.judge(phone);
    CHECK(judgement.status == 200);
    CHECK_FALSE(judgement.message);
  }
}

TEST_CASE("another text or another Date under the same Call-ID is another message") {
  InboxBench bench;
  CHECK(bench.shows(dated("one")));
  CHECK(bench.shows(dated("two")));
  CHECK(bench.shows(dated("one", "Tue, 24 Nov 2026 11:00:01 GMT")));
  CHECK_FALSE(bench.shows(dated("one")));
  CHECK_FALSE(bench.shows(dated("two")));
}

TEST_CASE("the same text under another Call-ID or another From tag is another message") {
  InboxBench bench;
  Phone phone = dated();
  CHECK(bench.shows(phone));
  phone.call_id = "CALL-1";  // RFC 3261 20.8: Call-IDs are case-sensitive.
  CHECK(bench.shows(phone));
  phone.call_id = "call-1";
  phone.from = "<sip:carol@example.org>;tag=c1";
  CHECK(bench.shows(phone));
  CHECK_FALSE(bench.shows(phone));
}

TEST_CASE("what the way adds does not make a repeat a new message") {
  InboxBench bench;
  Phone phone = dated();
  CHECK(bench.shows(phone));
  phone.uri = "sip:alice@other.invalid";
  phone.fields.emplace_back("Subject: once more");
  CHECK_FALSE(bench.shows(phone));
}

TEST_CASE("without a Date the CSeq tells messages under one Call-ID apart") {
  InboxBench bench;
  Phone phone;
  CHECK(bench.shows(phone));
  CHECK_FALSE(bench.shows(phone));
  phone.cseq = 2;
  CHECK(bench.shows(phone));
  CHECK_FALSE(bench.shows(phone));
  phone.cseq = 1;
  CHECK_FALSE(bench.shows(phone));
}

TEST_CASE("a Date that cannot be read still tells messages apart") {
  InboxBench bench;
  CHECK(bench.shows(dated("hello", "yesterday")));
  CHECK(bench.shows(dated("hello", "today")));
  CHECK_FALSE(bench.shows(dated("hello", "yesterday")));
}

TEST_CASE("a Date that a server on the way added does not make a repeat a new message") {
  // RFC 3428 9: a proxy may add Date. One copy comes straight, the other one out of a mailbox.
  const Phone plain{.fields = {"Content-Type: text/plain"}, .body = "hello"};
  InboxBench dated_later;
  CHECK(dated_later.shows(plain));
  CHECK_FALSE(dated_later.shows(dated()));
  InboxBench dated_first;
  CHECK(dated_first.shows(dated()));
  CHECK_FALSE(dated_first.shows(plain));
}

TEST_CASE("in a dialog, whose messages share Call-ID and tags, the CSeq tells them apart") {
  // RFC 3261 12.2.1.1, 12.2.2.
  InboxBench bench;
  Phone phone = dated();
  phone.to = "<sip:alice@example.org>;tag=a1";
  CHECK(bench.shows(phone));
  CHECK_FALSE(bench.shows(phone));
  phone.cseq = 2;
  CHECK(bench.shows(phone));
  CHECK_FALSE(bench.shows(phone));
  phone.to = "<sip:alice@example.org>;tag=a2";
  CHECK(bench.shows(phone));
  // One that comes late is shown all the same: which were seen is known, but not the state of any dialog.
  phone.cseq = 1;
  CHECK(bench.shows(phone));
}

TEST_CASE("a refused message is not remembered: it is shown once it comes in a form that can be") {
  InboxBench bench;
  Phone phone = dated();
  phone.fields[0] = "Content-Type: text/html";
  CHECK(bench.judge(phone).status == 415);
  phone.fields[0] = "Content-Type: text/plain";
  CHECK(bench.shows(phone));
}

TEST_CASE("exactly the newest max_remembered messages are known again") {
  InboxBench bench;
  for (std::size_t i = 0; i < Inbox::max_remembered; ++i) REQUIRE(bench.shows(numbered(i)));
  REQUIRE_FALSE(bench.shows(numbered(0)));
  REQUIRE(bench.shows(numbered(Inbox::max_remembered)));
  CHECK_FALSE(bench.shows(numbered(1)));
  CHECK_FALSE(bench.shows(numbered(Inbox::max_remembered)));
  // The oldest made room for the last, so it counts as new and pushes out the next oldest.
  CHECK(bench.shows(numbered(0)));
  CHECK(bench.shows(numbered(1)));
  CHECK_FALSE(bench.shows(numbered(3)));
}

TEST_CASE("two inboxes know nothing of each other") {
  InboxBench mine;
  InboxBench other;
  CHECK(mine.shows(dated()));
  CHECK(other.shows(dated()));
}

}  // namespace inbox_repeat_test
