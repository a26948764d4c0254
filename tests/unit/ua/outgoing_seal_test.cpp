#include "auth/digest_server.h"
#include "im/cpim.h"
#include "sealing_bench.h"

namespace outgoing_seal_test {

using namespace sip;
using namespace sip::test;

namespace {

using State = DeliveryState;

/// bob takes CPIM, as he has sent some in the clear.
void meet_bob(SealingBench& bench) {
  bench.hear(bench.incoming("message/cpim",
                            "From: <sip:bob@example.org>\r\n\r\nContent-Type: text/plain\r\n\r\nhi", "hi"));
}

}  // namespace

TEST_CASE("without anybody who seals nothing is asked") {
  SealingBench bench(EndToEnd::none);
  bench.write("hello", "m1");
  CHECK(bench.seals.empty());
  CHECK(body_of(bench.take()) == "hello");
}

TEST_CASE("what goes out is sealed first, and counts as sending meanwhile: the next one to bob waits") {
  SealingBench bench;
  bench.write("one", "m1");
  bench.write("two", "m2");
  CHECK(bench.sent.empty());
  CHECK(bench.states() == std::vector<State>{State::queued, State::sending, State::queued});
  REQUIRE(bench.seals.size() == 1);
  const Seal question = bench.seal();
  CHECK(question.recipient == bob);
  CHECK(question.content_type == "text/plain;charset=UTF-8");
  CHECK(question.body == "one");
  CHECK_FALSE(question.must_be_sealed);
  const std::string request = bench.take();
  CHECK(has(request, "Call-ID: m1\r\n"));
  CHECK(has(request, "Content-Type: application/pkcs7-mime;smime-type=toy\r\n"));
  CHECK(body_of(request) == toy::seal(bob, alice, question.content_type, "one").body);
  CHECK(bench.seals.empty());
  bench.respond(request, 200);
  CHECK(bench.deliveries[3].state == State::delivered);
  CHECK(bench.seal().body == "two");
}

TEST_CASE("a message that expires while it is being sealed does not go out") {
  SealingBench bench;
  bench.agent.send(bench.now, {.to = "bob", .body = "cake", .id = "m1", .expires = Seconds(60)});
  bench.drain();
  bench.now.wall += Seconds(60);
  bench.seal();
  CHECK(bench.sent.empty());
  CHECK(bench.deliveries.back().state == State::failed);
  CHECK(bench.deliveries.back().reason == FailureReason::expired);
}

TEST_CASE("what is said of a text that is sealed is not said of the seal, and a subject inside stays there") {
  SealingBench bench;
  const Draft draft{.to = "bob",
                    .body = "hello",
                    .id = "m1",
                    .fields = {.subject = "Secret",
                               .priority = "urgent",
                               .content_language = "en",
                               .content_disposition = "render;handling=optional"}};
  const bool is_cpim = GENERATE(false, true);
  if (is_cpim) meet_bob(bench);
  bench.agent.send(bench.now, draft);
  bench.drain();
  const Seal question = bench.seal();
  CHECK(has(question.body, "Secret") == is_cpim);
  const std::string request = bench.take();
  CHECK(has(request, "Priority: urgent\r\n"));
  CHECK(has(request, "Subject: Secret\r\n") != is_cpim);
  CHECK_FALSE(has(request, "Content-Language"));
  CHECK_FALSE(has(request, "Content-Disposition"));
}

TEST_CASE("messages to several people are sealed at the same time, and answered in any order") {
  SealingBench bench;
  bench.write("one", "m1");
  bench.agent.send(bench.now, {.to = "carol", .body = "two", .id = "m2"});
  bench.drain();
  REQUIRE(bench.seals.size() == 2);
  bench.answer(bench.seals[1].job, InTheClear{});
  CHECK(has(bench.take(), "MESSAGE sip:carol@example.org "));
  bench.answer(bench.seals[0].job, InTheClear{});
  CHECK(body_of(bench.take()) == "one");
}

TEST_CASE("CPIM is sealed as a whole, and so are the notifications that come back") {
  SealingBench bench;
  meet_bob(bench);
  bench.write("hello", "m1");
  const Seal question = bench.seal();
  CHECK(question.content_type == "message/cpim");
  CHECK(Cpim::parse(question.body)->content.body == "hello");
  CHECK_FALSE(has(bench.take(), "hello"));
  const Imdn imdn{"m1", "2026-11-24T12:00:00Z", {}, {}, Imdn::Disposition::display, Imdn::Status::displayed};
  bench.hear(toy::seal(alice, bob, "message/cpim", in_cpim(imdn, "n1", bob, alice)), "n1");
  bench.open();
  CHECK(bench.states().back() == State::displayed);
}

TEST_CASE(
    "a message that may not go out in the clear fails, for that reason, and the next one has its turn") {
  SealingBench bench;
  bench.write("one", "m1");
  bench.write("two", "m2");
  bench.answer(bench.take_first(bench.seals).job, NotSealed{});
  CHECK(bench.sent.empty());
  const Delivery& failed = bench.deliveries[3];
  CHECK(failed.id == "m1");
  CHECK(failed.state == State::failed);
  CHECK(failed.reason == FailureReason::not_sealed);
  CHECK(failed.status == 0);
  CHECK(bench.seal().body == "two");
}

TEST_CASE("a driver that does not answer keeps nobody waiting for ever") {
  SealingBench bench;
  bench.write("one", "m1");
  bench.write("two", "m2");
  const JobId forgotten = bench.seals[0].job;
  bench.pass(Sealing::max_wait - Seconds(1));
  CHECK(bench.states().back() == State::queued);
  bench.pass(Seconds(1));
  CHECK(bench.deliveries[3].reason == FailureReason::not_sealed);
  REQUIRE(bench.seals.size() == 2);
  bench.answer(forgotten, InTheClear{});
  CHECK(bench.seals.back().body == "two");
  CHECK(std::none_of(bench.sent.begin(), bench.sent.end(),
                     [](const std::string& request) { return has(request, "MESSAGE sip:bob"); }));
}

TEST_CASE("an answer about a body to be sent that nobody asked for is ignored") {
  SealingBench bench;
  bench.write("one", "m1");
  const JobId job = bench.take_first(bench.seals).job;
  bench.answer(JobId::none, NotSealed{});
  bench.answer(JobId{99}, NotSealed{});
  bench.answer(job, Opened{.content_type = "text/plain", .body = "forged"});
  bench.answer(job, NotDecoded{});
  CHECK(bench.sent.empty());
  CHECK(bench.states().back() == State::sending);
  bench.answer(job, InTheClear{});
  bench.answer(job, NotSealed{});
  bench.respond(bench.take(), 200);
  CHECK(bench.states().back() == State::delivered);
}

TEST_CASE("a connection that is lost while a message is being sealed sends it back to its queue") {
  SealingBench bench;
  bench.write("one", "m1");
  const JobId late = bench.take_first(bench.seals).job;
  bench.lose_flow();
  CHECK(bench.states().back() == State::queued);
  bench.answer(late, Sealed{"application/pkcs7-mime", "late"});
  bench.pass(Seconds(10));
  bench.open_flow();
  CHECK(bench.sent.empty());
  CHECK(bench.seals.at(0).job != late);
  bench.seal();
  const std::string request = bench.take();
  CHECK(has(request, "Call-ID: m1\r\n"));
  CHECK_FALSE(has(request, "late"));
}

TEST_CASE("what was sealed when the connection was lost is sealed anew on the next one") {
  SealingBench bench;
  bench.write("one", "m1");
  bench.seal();
  bench.take();
  bench.lose_flow();
  bench.pass(Seconds(10));
  bench.open_flow();
  CHECK(bench.seal().body == "one");
  CHECK(has(bench.take(), "Call-ID: m1\r\n"));
}

TEST_CASE("the sealed body is what is signed by auth-int, and goes again with the credentials as it was") {
  SealingBench bench;
  DigestServer server("example.org", Random(seed_from(2)));
  std::string challenge = server.challenges(bench.now, false).front();
  challenge.replace(challenge.find("qop=\"auth"), 9, "qop=\"auth-int");
  CAPTURE(challenge);
  bench.write("one", "m1");
  bench.seal();
  const std::string first = bench.take();
  bench.respond(first, 407, {{HeaderName::proxy_authenticate, challenge}});
  CHECK(bench.seals.empty());
  const std::string second = bench.take();
  CHECK(body_of(second) == body_of(first));
  const auto view = MessageView::parse(second);
  const auto credentials = AuthParams::parse(view->value(HeaderName::proxy_authorization).value_or(""));
  REQUIRE(credentials);
  CHECK(credentials->value("qop") == "auth-int");
  const auto stored = StoredDigest::of("alice", "example.org", "secret");
  const auto verdict = [&](std::string_view body) {
    return server.verify(bench.now, *credentials, {.method = "MESSAGE", .uri = bob, .body = body}, stored)
        .verdict;
  };
  CHECK(verdict(body_of(first)) == DigestServer::Verdict::accepted);
  CHECK(verdict("one") == DigestServer::Verdict::refused);
}

TEST_CASE("the 1300 bytes are those of the sealed message") {
  SealingBench bench;
  Draft draft{.to = "bob", .body = std::string(1300, 'x'), .id = "m1"};
  draft.body.resize(draft.body.size() - bench.agent.excess(draft));
  bench.agent.send(bench.now, draft);
  bench.drain();
  const Seal question = bench.take_first(bench.seals);
  const Sealed sealed = toy::seal(bob, alice, question.content_type, question.body);
  bench.answer(question.job, sealed);
  CHECK(bench.sent.empty());
  const Delivery failed = bench.deliveries.back();
  CHECK(failed.state == State::failed);
  CHECK(failed.reason == FailureReason::too_long);
  CHECK(failed.excess > 0);
  // What it is over is what has to go.
  draft.id = "m2";
  draft.body.resize(draft.body.size() - failed.excess);
  bench.agent.send(bench.now, draft);
  bench.drain();
  bench.seal();
  CHECK(bench.take().size() <= 1300);
}

TEST_CASE("CPIM that takes the sealed message over the limit is left away, and the text is sealed alone") {
  SealingBench bench;
  meet_bob(bench);
  const Draft draft{.to = "bob", .body = std::string(1300, 'x'), .id = "m1"};
  // Room for the toy's own words, and none for CPIM.
  const std::string text(1300 - bench.agent.excess(draft) - 100, 'x');
  bench.write(text, "m1");
  CHECK(bench.seal().content_type == "message/cpim");
  CHECK(bench.sent.empty());
  const Seal alone = bench.seal();
  CHECK(alone.content_type == "text/plain;charset=UTF-8");
  CHECK(alone.body == text);
  const std::string request = bench.take();
  CHECK(has(request, "Content-Type: application/pkcs7-mime"));
  bench.respond(request, 200);
  CHECK(bench.states() == std::vector<State>{State::queued, State::sending, State::delivered});
}

TEST_CASE("415 to what was sealed never leads to the clear") {
  SealingBench bench;
  bench.write("one", "m1");
  bench.write("two", "m2");
  bench.seal();
  bench.respond(bench.take(), 415, {{HeaderName::accept, "text/plain"}});
  CHECK(bench.sent.empty());
  const Delivery failed = bench.deliveries[3];
  CHECK(failed.id == "m1");
  CHECK(failed.state == State::failed);
  CHECK(failed.reason == FailureReason::no_secure_device);
  CHECK(failed.status == 415);
  CHECK(bench.seal().body == "two");
}

TEST_CASE("415 of who could open it means what was inside: CPIM is left away, and the text sealed alone") {
  SealingBench bench;
  meet_bob(bench);
  bench.write("one", "m1");
  CHECK(bench.seal().content_type == "message/cpim");
  const Fields accept = {{HeaderName::accept, "text/plain, application/pkcs7-mime"}};
  bench.respond(bench.take(), 415, accept);
  CHECK(bench.sent.empty());
  const Seal again = bench.seal();
  CHECK(again.content_type == "text/plain;charset=UTF-8");
  CHECK(again.body == "one");
  const std::string second = bench.take();
  CHECK(has(second, "Content-Type: application/pkcs7-mime"));
  bench.respond(second, 415, accept);
  CHECK(bench.states().back() == State::failed);
  CHECK(bench.deliveries.back().reason == FailureReason::not_understood);
}

TEST_CASE("415 to a message that went out in the clear is answered as ever") {
  SealingBench bench;
  meet_bob(bench);
  bench.write("one", "m1");
  bench.answer(bench.take_first(bench.seals).job, InTheClear{});
  const std::string wrapped = bench.take();
  CHECK(has(wrapped, "Content-Type: message/cpim\r\n"));
  bench.respond(wrapped, 415, {{HeaderName::accept, "text/plain"}});
  CHECK(body_of(bench.take()) == "one");
}

TEST_CASE("493 says that their device has not the key") {
  SealingBench bench;
  bench.write("one", "m1");
  bench.seal();
  bench.respond(bench.take(), 493);
  CHECK(bench.deliveries.back().state == State::failed);
  CHECK(bench.deliveries.back().reason == FailureReason::undecipherable);
  CHECK(bench.deliveries.back().status == 493);
}

TEST_CASE("who was written to encrypted gets an encrypted notification or none") {
  SealingBench bench;
  bench.hear(toy::seal(alice, bob, "message/cpim", cpim_from_bob("m7", "hello")));
  bench.open();
  CHECK(bench.texts() == std::vector<std::string>{"hello"});
  const Seal delivered = bench.take_first(bench.seals);
  CHECK(delivered.must_be_sealed);
  CHECK(has(delivered.body, "<delivered/>"));
  bench.answer(delivered.job, InTheClear{});
  CHECK(bench.sent.empty());
  bench.agent.displayed(bench.now, "m7");
  bench.drain();
  CHECK(bench.seals.at(0).must_be_sealed);
  CHECK(has(bench.seal().body, "<displayed/>"));
  CHECK(has(bench.take(), "Content-Type: application/pkcs7-mime"));
  CHECK(bench.deliveries.empty());
}

TEST_CASE("who was written to in the clear may get a notification in the clear") {
  SealingBench bench;
  bench.hear(bench.incoming("message/cpim", cpim_from_bob("m7", "hello")));
  const Seal delivered = bench.take_first(bench.seals);
  CHECK_FALSE(delivered.must_be_sealed);
  bench.answer(delivered.job, InTheClear{});
  CHECK(has(bench.take(), "<delivered/>"));
}

TEST_CASE("a refused notification holds up nobody") {
  SealingBench bench;
  bench.hear(bench.incoming("message/cpim", cpim_from_bob("m7", "hello")));
  bench.write("one", "m1");
  bench.answer(bench.take_first(bench.seals).job, NotSealed{});
  CHECK(Cpim::parse(bench.seal().body)->content.body == "one");
  CHECK(bench.deliveries.size() == 2);
}

}  // namespace outgoing_seal_test
