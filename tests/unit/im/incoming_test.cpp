#include "im/incoming.h"

#include <catch2/catch.hpp>

#include "inbox_bench.h"

namespace incoming_test {

using namespace sip;

namespace {

Incoming shown(const Phone& phone) {
  InboxBench bench;
  const Judgement judgement = bench.judge(phone);
  REQUIRE(judgement.message);
  return *judgement.message;
}

Incoming with(std::vector<std::string> fields) {
  fields.emplace_back("Content-Type: text/plain");
  return shown({.fields = std::move(fields)});
}

Incoming in_cpim(std::vector<std::string> fields, const std::string& headers, const std::string& inner = "") {
  fields.emplace_back("Content-Type: message/cpim");
  return shown({.fields = std::move(fields),
                .body = headers + "\r\nContent-Type: text/plain\r\n" + inner + "\r\nhello"});
}

constexpr const char* an_hour_ago = "Date: Tue, 24 Nov 2026 11:00:00 GMT";
constexpr const char* in_an_hour = "Date: Tue, 24 Nov 2026 13:00:00 GMT";
constexpr Seconds hour{3600};

}  // namespace

TEST_CASE("a message brings its subject, what it replies to, its priority, language and disposition") {
  const Incoming message =
      with({"Subject: Lunch?", "In-Reply-To: a@b, c", "Priority: urgent", "Content-Language: en, ja",
            "Content-Disposition: render;handling=optional"});
  CHECK(message.fields.subject == "Lunch?");
  CHECK(message.fields.in_reply_to == "a@b, c");
  CHECK(message.fields.priority == "urgent");
  CHECK(message.fields.content_language == "en, ja");
  CHECK(message.fields.content_disposition == "render;handling=optional");
}

TEST_CASE("fields that are malformed are left out, and the message is shown (8.2.2)") {
  const Incoming message = with({"Subject: \xff", "In-Reply-To: a b", "Priority: very urgent",
                                 "Expires: soon", "Content-Language: e n", "Content-Disposition: \xff"});
  CHECK(message.fields.subject.empty());
  CHECK(message.fields.in_reply_to.empty());
  CHECK(message.fields.priority.empty());
  CHECK(message.fields.content_language.empty());
  CHECK(message.fields.content_disposition.empty());
  CHECK_FALSE(message.expires);
}

TEST_CASE("the subject of CPIM counts where SIP has none") {
  CHECK(in_cpim({}, "Subject:;lang=fr beau temps\r\n").fields.subject == "beau temps");
  CHECK(in_cpim({"Subject: sun"}, "Subject: beau temps\r\n").fields.subject == "sun");
  CHECK(in_cpim({}, "Subject: one\\ntwo\r\n").fields.subject.empty());
}

TEST_CASE("language and disposition are those of the text inside CPIM, the language also that around it") {
  const Incoming inside = in_cpim({"Content-Language: en", "Content-Disposition: render"}, "",
                                  "Content-Language: fr\r\nContent-Disposition: inline\r\n");
  CHECK(inside.fields.content_language == "fr");
  CHECK(inside.fields.content_disposition == "inline");
  const Incoming around = in_cpim({"Content-Language: en", "Content-Disposition: render"}, "");
  CHECK(around.fields.content_language == "en");
  CHECK(around.fields.content_disposition.empty());
}

TEST_CASE("Expires counts from Date, or from when the message came (RFC 3428 7)") {
  CHECK(with({"Expires: 7200", an_hour_ago}).expires == noon + hour);
  CHECK(with({"Expires: 7200"}).expires == noon + 2 * hour);
  CHECK(with({"Expires: 7200", in_an_hour}).expires == noon + 2 * hour);
  CHECK(with({"Expires: 7200", "Date: yesterday"}).expires == noon + 2 * hour);
  CHECK(with({"Expires: 0"}).expires == noon);
  CHECK(with({"Expires: 4294967295"}).expires == noon + Seconds(0xffff'ffff));
  // The DateTime of CPIM is not Date.
  CHECK(in_cpim({"Expires: 7200"}, "DateTime: 2026-11-24T11:00:00Z\r\n").expires == noon + 2 * hour);
}

TEST_CASE("a message without Expires, or with one that is none, does not expire") {
  CHECK_FALSE(with({an_hour_ago}).expires);
  for (const char* field : {"Expires: -1", "Expires: 4294967296", "Expires: 60;x", "Expires:"})
    CHECK_FALSE(with({field}).expires);
}

TEST_CASE("a message that has expired is delivered all the same") {
  const Incoming message = with({"Expires: 60", an_hour_ago});
  CHECK(message.body == "hello");
  CHECK(message.expires == noon - hour + Seconds(60));
}

TEST_CASE("a message in a dialog tells which (RFC 3428 4), one outside of it does not") {
  const Incoming message = shown({.to = "<sip:alice@example.org>;tag=a1"});
  REQUIRE(message.dialog);
  CHECK(message.dialog->call_id == "call-1");
  CHECK(message.dialog->local_tag == "a1");
  CHECK(message.dialog->remote_tag == "b1");
  CHECK(message.id == "call-1;1");
  CHECK_FALSE(shown({}).dialog);
  CHECK(shown({}).id == "call-1");
}

TEST_CASE("of a body that was passed over the subject is shown") {
  const std::string type = GENERATE("image/png", "multipart/x;boundary=b");
  const Incoming message = shown({.fields = {"Content-Type: " + type, "Subject: A picture",
                                             "Content-Disposition: render;handling=optional"},
                                  .body = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--"});
  CHECK(message.fields.subject == "A picture");
  CHECK(message.body.empty());
  CHECK(message.content_type.empty());
}

TEST_CASE("a notification and a status are no message, whatever their subject") {
  InboxBench bench;
  const std::string status =
      "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state></isComposing>";
  CHECK_FALSE(bench.shows(
      {.fields = {"Content-Type: application/im-iscomposing+xml", "Subject: Lunch"}, .body = status}));
  const std::string notification =
      "NS: imdn <urn:ietf:params:imdn>\r\nSubject: Lunch\r\n\r\nContent-Type: message/imdn+xml\r\n"
      "Content-Disposition: notification\r\n\r\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m"
      "</message-id><delivery-notification><status><delivered/></status></delivery-notification></imdn>";
  CHECK_FALSE(
      bench.shows({.fields = {"Content-Type: message/cpim", "Subject: Lunch"}, .body = notification}));
}

}  // namespace incoming_test
