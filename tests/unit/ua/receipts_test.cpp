#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "conversation_bench.h"
#include "im/cpim.h"

namespace receipts_test {

using namespace sip;

namespace {

using State = IsComposing::State;

std::string cpim_text(const std::string& wanted, const std::string& text, const std::string& id = "m7") {
  return "From: Bob B <sip:bob@example.org>\r\nTo: <sip:alice@example.org>\r\nDateTime: "
         "2026-11-24T10:30:00Z\r\n"
         "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: " +
         id + "\r\nimdn.Disposition-Notification: " + wanted + "\r\n\r\nContent-Type: text/plain\r\n\r\n" +
         text;
}

}  // namespace

TEST_CASE("a text inside CPIM is shown with its name, its time and its Message-ID") {
  Conversation bench;
  bench.hear("message/cpim", cpim_text("", "hello"));
  REQUIRE(bench.shown.size() == 1);
  CHECK(bench.shown[0].body == "hello");
  CHECK(bench.shown[0].from == "sip:bob@example.org");
  CHECK(bench.shown[0].display_name == "Bob B");
  CHECK(bench.shown[0].content_type == "text/plain");
  CHECK(bench.shown[0].id == "m7");
  CHECK(bench.shown[0].sent == UnixTime(Seconds(1'795'516'200)));
  CHECK(bench.is_quiet());
}

TEST_CASE("a writer who is another one than SIP says lends no name") {
  Conversation bench;
  std::string body = cpim_text("", "hello");
  body.replace(body.find("sip:bob"), 7, "sip:eve");
  bench.hear("message/cpim", body);
  REQUIRE(bench.shown.size() == 1);
  CHECK(bench.shown[0].from == "sip:bob@example.org");
  CHECK(bench.shown[0].display_name.empty());
}

TEST_CASE("a message that asks is answered: delivered at once, displayed when it was shown, each once") {
  Conversation bench;
  bench.hear("message/cpim", cpim_text("positive-delivery, display", "hello"));
  const std::string delivered = bench.take();
  CHECK(bench.answers == std::vector<int>{200});
  CHECK(has(delivered, "MESSAGE sip:bob@example.org SIP/2.0\r\n"));
  CHECK(has(delivered, "Content-Type: message/cpim\r\n"));
  CHECK(has(delivered, "Content-Disposition: notification\r\n"));
  CHECK(has(delivered,
            "<message-id>m7</message-id><datetime>2026-11-24T10:30:00Z</datetime>"
            "<recipient-uri>sip:alice@example.org</recipient-uri>"
            "<delivery-notification><status><delivered/></status>"));
  CHECK_FALSE(has(delivered, "Disposition-Notification"));
  bench.respond(delivered, 200);
  CHECK(bench.is_quiet());
  bench.agent.displayed(bench.now, "m7");
  const std::string displayed = bench.take();
  CHECK(has(displayed, "<display-notification><status><displayed/></status>"));
  bench.respond(displayed, 200);
  bench.agent.displayed(bench.now, "m7");
  bench.hear("message/cpim", cpim_text("positive-delivery, display", "hello"));
  CHECK(bench.is_quiet());
  CHECK(bench.states.empty());
}

TEST_CASE("the person decides what is told") {
  const auto [receipts, delivery, display] = GENERATE(table<Receipts, bool, bool>(
      {{Receipts::none, false, false}, {Receipts::delivery, true, false}, {Receipts::display, true, true}}));
  Conversation bench(receipts);
  bench.hear("message/cpim", cpim_text("positive-delivery, display", "hello"));
  if (delivery) bench.respond(bench.take(), 200);
  CHECK(bench.is_quiet());
  bench.agent.displayed(bench.now, "m7");
  CHECK(bench.is_quiet() != display);
}

TEST_CASE("who did not ask, asked over a route, or is anonymous is told nothing") {
  Conversation bench;
  bench.hear("text/plain", "hello");
  bench.hear("message/cpim", cpim_text("negative-delivery, processing", "two", "m8"), "c2");
  std::string routed = cpim_text("positive-delivery, display", "three", "m9");
  routed.insert(routed.find("imdn.Disposition"), "imdn.IMDN-Record-Route: <sip:victim@example.net>\r\n");
  bench.hear("message/cpim", routed, "c3");
  bench.writer = "sip:anonymous@anonymous.invalid";
  bench.hear("message/cpim", cpim_text("positive-delivery, display", "four", "m10"), "c4");
  for (const char* id : {"c1", "m8", "m9", "m10", "unheard-of"}) bench.agent.displayed(bench.now, id);
  CHECK(bench.shown.size() == 4);
  CHECK(bench.is_quiet());
}

TEST_CASE("a notification is never answered with a notification, whatever it asks for") {
  Conversation bench;
  const Imdn imdn{"x", "2026-11-24T12:00:00Z", {}, {}, Imdn::Disposition::delivery, Imdn::Status::delivered};
  std::string body = in_cpim(imdn, "n1", "sip:bob@example.org", "sip:alice@example.org");
  body.insert(body.find("\r\n\r\n") + 2, "imdn.Disposition-Notification: positive-delivery, display\r\n");
  bench.hear("message/cpim", body);
  CHECK(bench.answers == std::vector<int>{200});
  bench.agent.displayed(bench.now, "n1");
  CHECK(bench.is_quiet());
  CHECK(bench.shown.empty());
}

TEST_CASE("the same Message-ID under another Call-ID is the same message") {
  Conversation bench;
  bench.hear("message/cpim", cpim_text("", "hello"), "c1");
  bench.hear("message/cpim", cpim_text("", "hello"), "from-the-store");
  CHECK(bench.shown.size() == 1);
  CHECK(bench.answers == std::vector<int>{200, 200});
}

TEST_CASE("the same text with and without CPIM under one Call-ID is the same message") {
  Conversation bench;
  bench.hear("text/plain", "hello", "m7");
  bench.hear("message/cpim", cpim_text("", "hello"), "m7");
  CHECK(bench.shown.size() == 1);
}

TEST_CASE("CPIM that cannot be understood gets 415, and what is malformed 400") {
  Conversation bench;
  std::string needs = cpim_text("", "hello");
  needs.insert(0, "Require: Locale.MustRenderKanji\r\n");
  bench.hear("message/cpim", needs);
  std::string picture = cpim_text("", "hello");
  picture.replace(picture.find("text/plain"), 10, "image/png");
  bench.hear("message/cpim", picture);
  std::string encoded = cpim_text("", "aGVsbG8=");
  encoded.insert(encoded.find("Content-Type"), "Content-Transfer-Encoding: x-uuencode\r\n");
  bench.hear("message/cpim", encoded);
  bench.hear("message/cpim", "hello");
  bench.hear("application/im-iscomposing+xml", "<isComposing/>");
  CHECK(bench.answers == std::vector<int>{415, 415, 415, 400, 400});
  CHECK(bench.shown.empty());
}

TEST_CASE("a text inside CPIM may be encoded, and stand among parts that are passed over") {
  Conversation bench;
  std::string encoded = cpim_text("", "aGVsbG8=");
  encoded.insert(encoded.find("Content-Type"), "Content-Transfer-Encoding: base64\r\n");
  bench.hear("message/cpim", encoded);
  std::string parts = cpim_text(
      "", "--b\r\nContent-Disposition: icon;handling=optional\r\n\r\nx\r\n--b\r\n\r\nhi\r\n--b--", "m8");
  parts.replace(parts.find("text/plain"), 10, "multipart/mixed;boundary=b");
  bench.hear("message/cpim", parts, "c2");
  REQUIRE(bench.shown.size() == 2);
  CHECK(bench.shown[0].body == "hello");
  CHECK(bench.shown[1].body == "hi");
  CHECK(bench.answers == std::vector<int>{200, 200});
}

TEST_CASE("a stranger gets plain text, and who takes CPIM is asked for notifications") {
  Conversation bench;
  const std::string plain = bench.write("one", "m1");
  CHECK(has(plain, "Content-Type: text/plain;charset=UTF-8\r\n"));
  CHECK(body_of(plain) == "one");
  bench.respond(plain, 200);
  bench.meet_bob();
  bench.respond(bench.take(), 200);  // that alice composes
  CHECK(has(bench.write("two", "m2"), "Content-Type: message/cpim\r\n"));
}

TEST_CASE("a message in CPIM becomes displayed when its notification comes, and never goes back") {
  Conversation bench;
  bench.hear("message/cpim", cpim_text("", "hi"));
  const std::string wrapped = bench.write("hello", "m1");
  CHECK(has(wrapped, "Call-ID: m1\r\n"));
  const std::string body = body_of(wrapped);
  const auto cpim = Cpim::parse(body);
  REQUIRE(cpim);
  CHECK(cpim->value(imdn_namespace, "Message-ID") == "m1");
  CHECK(cpim->value(imdn_namespace, "Disposition-Notification") ==
        "positive-delivery, negative-delivery, processing, display");
  CHECK(cpim->value(cpim_namespace, "DateTime") == "2026-11-24T12:00:00Z");
  CHECK(cpim->content.body == "hello");
  bench.hear_notification("m1", Imdn::Disposition::display, Imdn::Status::displayed);
  bench.hear_notification("m1", Imdn::Disposition::delivery, Imdn::Status::delivered);
  bench.respond(wrapped, 200);
  CHECK(bench.states ==
        std::vector<DeliveryState>{DeliveryState::queued, DeliveryState::sending, DeliveryState::displayed});
  CHECK(bench.is_quiet());
}

TEST_CASE("202 says stored, and a later notification delivered or failed") {
  const auto [status, state] = GENERATE(table<Imdn::Status, DeliveryState>(
      {{Imdn::Status::delivered, DeliveryState::delivered}, {Imdn::Status::failed, DeliveryState::failed}}));
  Conversation bench;
  bench.hear("message/cpim", cpim_text("", "hi"));
  bench.respond(bench.write("hello", "m1"), 202);
  CHECK(bench.states.back() == DeliveryState::stored);
  bench.hear_notification("m1", Imdn::Disposition::delivery, status);
  CHECK(bench.states.back() == state);
}

TEST_CASE("415 to CPIM sends the same message again as plain text, and no CPIM any more") {
  Conversation bench;
  bench.hear("message/cpim", cpim_text("", "hi"));
  const std::string wrapped = bench.write("hello", "m1");
  bench.respond(wrapped, 415, {{HeaderName::accept, "text/plain"}});
  const std::string plain = bench.take();
  CHECK(body_of(plain) == "hello");
  const auto before = MessageView::parse(wrapped);
  const auto after = MessageView::parse(plain);
  for (const HeaderName name : {HeaderName::call_id, HeaderName::from, HeaderName::date})
    CHECK(before->value(name) == after->value(name));
  CHECK(before->value(HeaderName::via) != after->value(HeaderName::via));
  bench.respond(plain, 200);
  CHECK(bench.states ==
        std::vector<DeliveryState>{DeliveryState::queued, DeliveryState::sending, DeliveryState::delivered});
  bench.hear("message/cpim", cpim_text("", "again", "m8"), "c2");
  CHECK(body_of(bench.write("two", "m2")) == "two");
}

TEST_CASE("415 to a notification or to typing ends those for the peer, and nothing is told of it") {
  Conversation bench;
  bench.hear("message/cpim", cpim_text("positive-delivery", "one"));
  bench.respond(bench.take(), 415);
  bench.hear("message/cpim", cpim_text("positive-delivery", "two", "m8"), "c2");
  CHECK(bench.is_quiet());
  bench.hear("application/im-iscomposing+xml", IsComposing{}.write(), "c3");
  bench.agent.composing(bench.now, "bob", State::active);
  bench.respond(bench.take(), 415);
  bench.now.mono += Seconds(61);
  bench.agent.composing(bench.now, "bob", State::active);
  CHECK(bench.is_quiet());
  CHECK(bench.states.empty());
}

TEST_CASE("a message that only fits without CPIM goes as plain text") {
  Conversation bench;
  bench.hear("message/cpim", cpim_text("", "hi"));
  const Draft draft{.to = "bob", .body = std::string(1300, 'x'), .id = "m1"};
  const std::size_t room = 1300 - bench.agent.excess(draft);
  const std::string plain = bench.write(std::string(room, 'x'));
  CHECK(plain.size() <= 1300);
  CHECK(body_of(plain) == std::string(room, 'x'));
}

TEST_CASE(
    "who begins to type asks what the other one takes, and tells it only who has written and takes it") {
  Conversation bench;
  bench.agent.composing(bench.now, "bob", State::active);
  const std::string question = bench.take();
  CHECK(has(question, "OPTIONS sip:bob@example.org SIP/2.0\r\n"));
  bench.respond(question, 200, {{HeaderName::accept, std::string(understood_types)}});
  CHECK(bench.is_quiet());  // RFC 3994 7: bob has not written yet
  bench.hear("text/plain", "hi");
  const std::string active = bench.take();
  CHECK(has(active, "Content-Type: application/im-iscomposing+xml\r\n"));
  CHECK(has(active, "<state>active</state><refresh>60</refresh>"));
  bench.respond(active, 200);
  bench.now.mono = *bench.agent.deadline();
  CHECK(bench.now.mono == Instant(Seconds(15)));
  bench.agent.advance(bench.now);
  CHECK(has(bench.take(), "<state>idle</state>"));
  CHECK(bench.states.empty());
}

TEST_CASE("typing is never told offline, nor later, and is not tried twice") {
  Conversation bench;
  bench.meet_bob();
  const std::string active = bench.take();
  bench.respond(active, 480);
  CHECK(bench.is_quiet());
  bench.agent.flow_closed(bench.now, bench.flow);
  bench.now.mono += Seconds(61);
  bench.agent.advance(bench.now);
  bench.agent.composing(bench.now, "bob", State::active);
  bench.agent.flow_opened(bench.now, FlowId{2}, Protocol::ws);
  const std::string registration = bench.take();
  const auto view = MessageView::parse(registration);
  REQUIRE(view->method() == "REGISTER");
  bench.agent.receive(bench.now, FlowId{2}, Message::response_to(*view, 200, "server").finish());
  CHECK(bench.is_quiet());
  bench.agent.composing(bench.now, "bob", State::active);
  CHECK(has(bench.take(), "isComposing"));
}

TEST_CASE("a peer that types is told, until its message comes or its time is over") {
  Conversation bench;
  IsComposing active;
  active.state = State::active;
  active.refresh = Seconds(60);
  bench.hear("application/im-iscomposing+xml", active.write());
  bench.hear("application/im-iscomposing+xml", active.write(), "c2");
  bench.hear("text/plain", "hello", "c3");
  bench.hear("application/im-iscomposing+xml", active.write(), "c4");
  CHECK(bench.peer_states == std::vector<State>{State::active, State::idle, State::active});
  bench.now.mono += Seconds(60);
  bench.agent.advance(bench.now);
  bench.drain();
  CHECK(bench.peer_states.back() == State::idle);
  CHECK(bench.shown.size() == 1);
}

}  // namespace receipts_test
