#include <catch2/catch.hpp>
#include <string>

#include "conversation_bench.h"
#include "im/cpim.h"

namespace carried_fields_test {

using namespace sip;

namespace {

const MessageFields lunch{.subject = "Mittagessen gr\xc3\xbc\xc3\x9f",
                          .in_reply_to = "a@b, c",
                          .priority = "urgent",
                          .content_language = "de",
                          .content_disposition = "render;handling=optional"};

Draft draft(MessageFields fields, Seconds expires = {}) {
  return {.to = "bob", .body = "hello", .id = "m1", .fields = std::move(fields), .expires = expires};
}

std::string send(Conversation& conversation, const Draft& draft) {
  conversation.agent.send(conversation.now, draft);
  return conversation.take();
}

std::string cpim_text(const std::string& subject) {
  return "From: <sip:bob@example.org>\r\nTo: <sip:alice@example.org>\r\nDateTime: 2026-11-24T10:30:00Z\r\n" +
         subject +
         "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: m7\r\nimdn.Disposition-Notification: "
         "positive-delivery\r\n\r\nContent-Type: text/plain\r\n\r\nhello";
}

}  // namespace

TEST_CASE("a message carries what its draft says beside the text, and nothing that it does not say") {
  Conversation conversation;
  const std::string request = send(conversation, draft(lunch, Seconds(3600)));
  for (const char* field :
       {"Date: Tue, 24 Nov 2026 12:00:00 GMT\r\n", "Expires: 3600\r\n",
        "Subject: Mittagessen gr\xc3\xbc\xc3\x9f\r\n", "In-Reply-To: a@b, c\r\n", "Priority: urgent\r\n",
        "Content-Language: de\r\n", "Content-Disposition: render;handling=optional\r\n"})
    CHECK(has(request, field));
  conversation.respond(request, 200);
  const std::string bare = send(conversation, {.to = "bob", .body = "hello", .id = "m2"});
  for (const char* name :
       {"Expires", "Subject", "In-Reply-To", "Priority", "Content-Language", "Content-Disposition"})
    CHECK_FALSE(has(bare, std::string(name) + ":"));
}

TEST_CASE("what cannot be written fails at once, and goes nowhere") {
  Conversation conversation;
  conversation.agent.send(conversation.now, draft({.subject = "a\r\nContact: <sip:eve@example.net>"}));
  CHECK(conversation.is_quiet());
  CHECK(conversation.states.back() == DeliveryState::failed);
  CHECK(conversation.last.reason == FailureReason::bad_content);
}

TEST_CASE("what a message carries counts to its 1300 bytes") {
  Conversation conversation;
  const std::size_t excess = conversation.agent.excess(draft({.subject = std::string(1300, 'x')}));
  CHECK(excess > 0);
  CHECK(conversation.agent.excess(draft({.subject = std::string(1300 - excess, 'x')})) == 0);
  CHECK(conversation.agent.excess(draft({.subject = std::string(1301 - excess, 'x')})) == 1);
}

TEST_CASE("in CPIM the subject stands in both, and what is said of the text inside") {
  Conversation conversation;
  conversation.hear("message/cpim", cpim_text(""));
  conversation.respond(conversation.take(), 200);
  const std::string request = send(conversation, draft(lunch));
  REQUIRE(has(request, "Content-Type: message/cpim\r\n"));
  CHECK(has(request, "Subject: Mittagessen gr\xc3\xbc\xc3\x9f\r\n"));
  CHECK(has(request, "Priority: urgent\r\n"));
  const std::string header = request.substr(0, request.find("\r\n\r\n"));
  CHECK_FALSE(has(header, "Content-Language"));
  CHECK_FALSE(has(header, "Content-Disposition"));
  const std::string body = body_of(request);
  const auto cpim = Cpim::parse(body);
  REQUIRE(cpim);
  const CpimHeader* subject = cpim->find(cpim_namespace, "Subject");
  REQUIRE(subject != nullptr);
  CHECK(subject->value == lunch.subject);
  CHECK(subject->language() == "de");
  CHECK(cpim->content.content_language == "de");
  CHECK(cpim->content.content_disposition == "render;handling=optional");
  conversation.respond(request, 415, {{HeaderName::accept, "text/plain"}});
  const std::string plain = conversation.take();
  CHECK(has(plain, "Content-Language: de\r\n"));
  CHECK(has(plain, "Content-Disposition: render;handling=optional\r\n"));
  CHECK(body_of(plain) == "hello");
}

TEST_CASE("a subject in several languages says none of them") {
  Conversation conversation;
  conversation.hear("message/cpim", cpim_text(""));
  conversation.respond(conversation.take(), 200);
  const std::string body = body_of(send(conversation, draft({.subject = "x", .content_language = "en, ja"})));
  CHECK(has(body, "\r\nSubject: x\r\n"));
  CHECK(has(body, "\r\nContent-Language: en, ja\r\n"));
}

TEST_CASE("a notification repeats the subject of the message, unless it is long (RFC 5438 11.1.5)") {
  Conversation conversation;
  conversation.hear("message/cpim", cpim_text("Subject:;lang=fr un \\u2260 deux\r\n"));
  CHECK(has(conversation.take(), "<subject xml:lang=\"fr\">un \xe2\x89\xa0 deux</subject>"));
}

TEST_CASE("a notification of a message with a long subject fits 1300 bytes all the same") {
  Conversation conversation;
  conversation.hear("message/cpim",
                    cpim_text("Subject: " + std::string(NotificationRequest::max_subject + 1, 'x') + "\r\n"));
  const std::string notification = conversation.take();
  CHECK(has(notification, "<delivered/>"));
  CHECK_FALSE(has(notification, "<subject"));
}

TEST_CASE("a message in a dialog is accepted, and shown with it") {
  Conversation conversation;
  conversation.agent.receive(
      conversation.now, conversation.flow,
      "MESSAGE sip:alice@k3.invalid SIP/2.0\r\nVia: SIP/2.0/WS s;branch=z9hG4bK1\r\nFrom: "
      "<sip:bob@example.org>;tag=b\r\nTo: <sip:alice@example.org>;tag=a\r\nCall-ID: call\r\n"
      "CSeq: 7 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
  conversation.drain();
  CHECK(conversation.answers == std::vector<int>{200});
  REQUIRE(conversation.shown.size() == 1);
  REQUIRE(conversation.shown[0].dialog);
  CHECK(conversation.shown[0].dialog->call_id == "call");
  CHECK(conversation.shown[0].dialog->local_tag == "a");
  CHECK(conversation.shown[0].dialog->remote_tag == "b");
}

TEST_CASE("a message whose time was over while there was no connection does not go out with the next one") {
  Conversation conversation;
  conversation.agent.flow_closed(conversation.now, conversation.flow);
  conversation.agent.send(conversation.now, draft({}, Seconds(60)));
  conversation.pass(Seconds(60));
  REQUIRE(conversation.wants_flow);
  conversation.flow = FlowId{2};
  conversation.connect();
  CHECK(conversation.is_quiet());
  CHECK(conversation.last.state == DeliveryState::failed);
  CHECK(conversation.last.reason == FailureReason::expired);
}

}  // namespace carried_fields_test
