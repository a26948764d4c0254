#include "im/message_fields.h"

#include <catch2/catch.hpp>

#include "inbox_bench.h"

namespace message_fields_test {

using namespace sip;

namespace {

MessageFields read(const std::string& field) {
  const std::string text = Phone{.fields = {field}}.text();
  const auto request = MessageView::parse(text);
  REQUIRE(request);
  return MessageFields::of(*request);
}

}  // namespace

TEST_CASE("Subject is a line of UTF-8, its folds undone (RFC 3261 20.36, 25.1)") {
  CHECK(read("Subject: Lunch?").subject == "Lunch?");
  CHECK(read("s:  gr\xc3\xbc\xc3\x9f"
             "e,  <all> ")
            .subject ==
        "gr\xc3\xbc\xc3\x9f"
        "e, <all>");
  CHECK(read("Subject: one\r\n \t two\tthree").subject == "one two three");
  CHECK(read("Subject:").subject.empty());
  CHECK(read("Subject: gr\xfc\xdf").subject.empty());
  CHECK(read(std::string("Subject: a\x01") + "b").subject.empty());
  CHECK(read("X-Subject: Lunch?").subject.empty());
}

TEST_CASE("In-Reply-To lists Call-IDs (20.21)") {
  CHECK(read("In-Reply-To: 70710@saturn.bell-tel.com ,17320@saturn.bell-tel.com").in_reply_to ==
        "70710@saturn.bell-tel.com, 17320@saturn.bell-tel.com");
  CHECK(read("In-Reply-To: a\r\nIn-Reply-To: b").in_reply_to == "a, b");
  // A quote in a Call-ID quotes nothing.
  CHECK(read("In-Reply-To: a\"b, <c").in_reply_to == "a\"b, <c");
  for (const char* field : {"In-Reply-To:", "In-Reply-To: ,", "In-Reply-To: a,", "In-Reply-To: a b"})
    CHECK(read(field).in_reply_to.empty());
}

TEST_CASE("Priority is a token, known or not (20.26)") {
  CHECK(read("Priority: emergency").priority == "emergency");
  CHECK(read("Priority: x-whenever").priority == "x-whenever");
  for (const char* field : {"Priority:", "Priority: very urgent", "Priority: urgent;x"})
    CHECK(read(field).priority.empty());
}

TEST_CASE("what is said of the body is left to the body") {
  CHECK(read("Content-Language: en").content_language.empty());
  CHECK(read("Content-Disposition: render").content_disposition.empty());
}

TEST_CASE("fields are valid that are read as what they are") {
  CHECK(MessageFields{}.are_valid());
  const MessageFields fields{.subject =
                                 "gr\xc3\xbc\xc3\x9f"
                                 "e",
                             .in_reply_to = "a@b, c",
                             .priority = "non-urgent",
                             .content_language = "en, zh-Hant",
                             .content_disposition = "render;handling=optional"};
  CHECK(fields.are_valid());
}

TEST_CASE("fields that would end their line, or say something else, are not valid") {
  for (const char* text : {"a\r\nContact: x", "a\nb", "a\rb", "gr\xfc\xdf"})
    CHECK_FALSE(MessageFields{.subject = text}.are_valid());
  CHECK_FALSE(MessageFields{.subject = std::string("a\0b", 3)}.are_valid());
  for (const char* text : {"a b", "a,,b", "a,\r\n b", "a;b"})
    CHECK_FALSE(MessageFields{.in_reply_to = text}.are_valid());
  for (const char* text : {"very urgent", "urgent\r\n", "urgent,normal"})
    CHECK_FALSE(MessageFields{.priority = text}.are_valid());
  for (const char* text : {"e n", "en;q=1", "en,\r\n ja"})
    CHECK_FALSE(MessageFields{.content_language = text}.are_valid());
  for (const char* text : {"a b", ";handling=optional", "render;a=\r\nX:y"})
    CHECK_FALSE(MessageFields{.content_disposition = text}.are_valid());
}

}  // namespace message_fields_test
