#include "sealing_bench.h"

namespace incoming_seal_test {

using namespace sip;
using namespace sip::test;

namespace {

using Statuses = std::vector<int>;
using Texts = std::vector<std::string>;

const std::string carol = "sip:carol@example.org";

std::string tag_of(const std::string& response) {
  const auto view = MessageView::parse(response);
  const auto headers = MandatoryHeaders::parse(*view);
  return std::string(headers->to.tag());
}

}  // namespace

TEST_CASE("the answer to a sealed message waits until it is opened") {
  SealingBench bench;
  bench.hear(from_bob("hello"));
  CHECK(bench.answers.empty());
  CHECK(bench.shown.empty());
  CHECK(bench.open().sender == bob);
  CHECK(bench.statuses() == Statuses{200});
  REQUIRE(bench.shown.size() == 1);
  CHECK(bench.shown[0].body == "hello");
  CHECK(bench.shown[0].protection == Protection::signed_and_encrypted);
  CHECK(bench.shown[0].signer == bob);
}

TEST_CASE("what is sealed for somebody else gets 493, and what is no sealed body 400") {
  SealingBench bench;
  bench.hear(toy::seal(carol, bob, "text/plain", "hello"));
  bench.open();
  bench.hear({std::string(toy::type), "junk"}, "c2");
  bench.open();
  CHECK(bench.statuses() == Statuses{493, 400});
  CHECK(bench.shown.empty());
}

TEST_CASE("493 carries the certificate that the driver gives, and a Content-Length for it") {
  SealingBench bench;
  bench.hear(from_bob("hello"));
  bench.answer(bench.opens.at(0).job,
               NotOpened{.content_type = "application/pkcs7-mime;smime-type=certs-only", .body = "cert"});
  const std::string answer = bench.answers.at(0);
  CHECK(has(answer, "SIP/2.0 493 Undecipherable\r\n"));
  CHECK(has(answer, "Content-Type: application/pkcs7-mime;smime-type=certs-only\r\n"));
  CHECK(has(answer, "Content-Length: 4\r\n"));
  CHECK(body_of(answer) == "cert");
}

TEST_CASE("sealed again inside: it is asked again, and answered once") {
  SealingBench bench;
  const Sealed inner = from_bob("hello");
  bench.hear(toy::seal(alice, bob, inner.content_type, inner.body));
  bench.open();
  CHECK(bench.answers.empty());
  bench.open();
  CHECK(bench.statuses() == Statuses{200});
  CHECK(bench.texts() == Texts{"hello"});
}

TEST_CASE("repeats of a request that waits are absorbed") {
  SealingBench bench;
  const Sealed what = from_bob("hello");
  const std::string request = bench.incoming(what.content_type, what.body);
  for (int i = 0; i < 3; ++i) bench.hear(request);
  CHECK(bench.opens.size() == 1);
  bench.open();
  CHECK(bench.statuses() == Statuses{200});
  CHECK(bench.texts() == Texts{"hello"});
}

TEST_CASE("the same message in another request, while the first is being opened, is shown once") {
  SealingBench bench;
  bench.hear(from_bob("hello"));
  bench.hear(from_bob("hello"));
  CHECK(bench.opens.size() == 1);
  bench.open();
  bench.open();
  CHECK(bench.statuses() == Statuses{200, 200});
  CHECK(bench.texts() == Texts{"hello"});
}

TEST_CASE("one person's messages are judged in the order in which they came, another one's do not wait") {
  SealingBench bench;
  bench.hear(from_bob("one"), "c1");
  bench.hear(bench.incoming("text/plain", "two", "c2"));
  bench.hear(from_bob("three"), "c3");
  bench.hear(bench.incoming("text/plain", "four", "c4"));
  bench.hear(bench.incoming("text/plain", "from carol", "c5", carol));
  CHECK(bench.texts() == Texts{"from carol"});
  REQUIRE(bench.opens.size() == 1);
  bench.open();
  CHECK(bench.texts() == Texts{"from carol", "one", "two"});
  bench.open();
  CHECK(bench.texts() == Texts{"from carol", "one", "two", "three", "four"});
  CHECK(bench.statuses() == Statuses{200, 200, 200, 200, 200});
}

TEST_CASE("only what is said waits: OPTIONS is answered at once") {
  SealingBench bench;
  bench.hear(from_bob("one"));
  std::string options = bench.incoming("text/plain", "", "c2");
  options.replace(0, 7, "OPTIONS");
  options.replace(options.find("1 MESSAGE"), 9, "1 OPTIONS");
  bench.hear(options);
  CHECK(bench.statuses() == Statuses{200});
  CHECK(bench.shown.empty());
}

TEST_CASE("100 says that a request waits, once Timer E of its sender has reached T2") {
  SealingBench bench;
  bench.hear(from_bob("hello"));
  bench.pass(Timers{}.trying_delay() - Milliseconds(1));
  CHECK(bench.answers.empty());
  bench.pass(Milliseconds(1));
  REQUIRE(bench.statuses() == Statuses{100});
  CHECK(tag_of(bench.answers[0]).empty());
  bench.open();
  CHECK(bench.statuses() == Statuses{100, 200});
}

TEST_CASE("what the driver does not open in time gets 500 before its sender gives up, and is forgotten") {
  SealingBench bench;
  bench.hear(from_bob("hello"));
  bench.pass(Timers{}.timer_f() * 3 / 4);
  REQUIRE(bench.statuses() == Statuses{100, 500});
  CHECK(has(bench.answers[1], "Retry-After: "));
  const Open late = bench.take_first(bench.opens);
  bench.answer(late.job, toy::open(alice, late.body));
  CHECK(bench.statuses() == Statuses{100, 500});
  CHECK(bench.shown.empty());
  // The sender tries again.
  bench.hear(from_bob("hello"));
  bench.open();
  CHECK(bench.texts() == Texts{"hello"});
}

TEST_CASE("what waits behind a message that is never opened has its turn afterwards") {
  SealingBench bench;
  bench.hear(from_bob("one"), "c1");
  bench.pass(Seconds(10));
  bench.hear(from_bob("two"), "c2");
  bench.hear(bench.incoming("text/plain", "three", "c3"));
  bench.pass(Seconds(14));
  REQUIRE(bench.opens.size() == 2);
  bench.opens.erase(bench.opens.begin());
  bench.open();
  CHECK(bench.texts() == Texts{"two", "three"});
}

TEST_CASE("too many at a time get 480, and later ones are taken again") {
  SealingBench bench;
  const auto limit = static_cast<int>(WaitingRequests::max_requests);
  for (int i = 0; i < limit + 2; ++i) {
    const std::string from = "sip:user" + std::to_string(i) + "@example.org";
    bench.hear(toy::seal(alice, from, "text/plain", "hello"), "c" + std::to_string(i), from);
  }
  CHECK(bench.statuses() == Statuses{480, 480});
  CHECK(has(bench.answers[0], "Retry-After: "));
  CHECK(bench.opens.size() == WaitingRequests::max_requests);
  bench.hear(bench.incoming("text/plain", "in the clear", "c-clear", carol));
  CHECK(bench.texts() == Texts{"in the clear"});
  bench.open();
  bench.hear(from_bob("hello"), "c-bob");
  CHECK(bench.opens.back().sender == bob);
}

TEST_CASE("one who sends too many at a time has only themselves to wait for") {
  SealingBench bench;
  for (std::size_t i = 0; i <= WaitingRequests::max_of_one_peer; ++i)
    bench.hear(from_bob("hello"), "c" + std::to_string(i));
  CHECK(bench.statuses() == Statuses{480});
  bench.hear(toy::seal(alice, carol, "text/plain", "hello"), "c-carol", carol);
  CHECK(bench.opens.size() == 2);
}

TEST_CASE("an answer about a received body that nobody asked for is ignored") {
  SealingBench bench;
  bench.hear(from_bob("hello"));
  const Open question = bench.take_first(bench.opens);
  bench.answer(JobId::none, toy::open(alice, question.body));
  bench.answer(JobId{99}, toy::open(alice, question.body));
  bench.answer(question.job, Decoded{"forged"});
  bench.answer(question.job, Sealed{"text/plain", "forged"});
  CHECK(bench.answers.empty());
  bench.answer(question.job, toy::open(alice, question.body));
  bench.answer(question.job, NotOpened{});
  CHECK(bench.statuses() == Statuses{200});
  CHECK(bench.texts() == Texts{"hello"});
}

TEST_CASE("a message whose connection is lost while it is opened is shown, and its repeat is known") {
  SealingBench bench;
  bench.hear(from_bob("hello"));
  bench.lose_flow();
  bench.open();
  CHECK(bench.texts() == Texts{"hello"});
  bench.answers.clear();
  bench.pass(Seconds(10));
  bench.open_flow();
  bench.hear(from_bob("hello"));
  bench.open();
  CHECK(bench.statuses() == Statuses{200});
  CHECK(bench.texts() == Texts{"hello"});
}

TEST_CASE(
    "a CANCEL of a message that waits gets 200, with the tag that its answer will have, and no effect") {
  SealingBench bench;
  const Sealed what = from_bob("hello");
  std::string request = bench.incoming(what.content_type, what.body);
  bench.hear(request);
  std::string cancel = request.substr(0, request.find("Content-Type")) + "Content-Length: 0\r\n\r\n";
  cancel.replace(0, 7, "CANCEL");
  cancel.replace(cancel.find("1 MESSAGE"), 9, "1 CANCEL");
  bench.hear(cancel);
  CHECK(bench.statuses() == Statuses{200});
  CHECK(has(bench.answers[0], "CSeq: 1 CANCEL\r\n"));
  bench.open();
  CHECK(bench.statuses() == Statuses{200, 200});
  CHECK(tag_of(bench.answers[0]) == tag_of(bench.answers[1]));
  CHECK_FALSE(tag_of(bench.answers[0]).empty());
  CHECK(bench.texts() == Texts{"hello"});
}

TEST_CASE("a text in a charset that only the driver knows is shown, sealer or none") {
  const EndToEnd end_to_end = GENERATE(EndToEnd::none, EndToEnd::driver);
  SealingBench bench(end_to_end);
  bench.hear(bench.incoming("text/plain;charset=Shift_JIS", "\x82\xb1\x82\xf1"));
  const Decode question = bench.take_first(bench.decodes);
  CHECK(question.charset == "Shift_JIS");
  CHECK(question.bytes == "\x82\xb1\x82\xf1");
  CHECK(bench.answers.empty());
  bench.answer(question.job, Decoded{"こん"});
  CHECK(bench.statuses() == Statuses{200});
  CHECK(bench.texts() == Texts{"こん"});
  bench.hear(bench.incoming("text/plain;charset=x-klingon", "qapla", "c2"));
  bench.answer(bench.take_first(bench.decodes).job, NotDecoded{});
  CHECK(bench.statuses() == Statuses{200, 415});
}

TEST_CASE("without anybody who opens them sealed bodies get 415 at once") {
  SealingBench bench(EndToEnd::none);
  bench.hear(from_bob("hello"));
  bench.hear(bench.incoming("multipart/signed;boundary=x", "--x--", "c2"));
  CHECK(bench.opens.empty());
  CHECK(bench.statuses() == Statuses{415, 415});
  CHECK_FALSE(has(bench.answers[0], "pkcs7"));
}

TEST_CASE("who asks what we take is told of sealed bodies where somebody opens them, and asks the same way") {
  const EndToEnd end_to_end = GENERATE(EndToEnd::none, EndToEnd::driver);
  SealingBench bench(end_to_end);
  bench.agent.composing(bench.now, "bob", IsComposing::State::active);
  bench.drain();
  CHECK(has(bench.take(), "application/pkcs7-mime") == (end_to_end == EndToEnd::driver));
}

}  // namespace incoming_seal_test
