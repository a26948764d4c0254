#include "message/content_disposition.h"

#include <catch2/catch.hpp>
#include <string>

namespace content_disposition_test {

using namespace sip;

using Handling = ContentDisposition::Handling;

TEST_CASE("Content-Disposition tells what a body is for, and whether it may be passed over (20.11)") {
  const auto [value, type, handling] = GENERATE(table<std::string, std::string, Handling>({
      {"render", "render", Handling::required},
      {" Session ", "Session", Handling::required},
      {"signal;handling=optional", "signal", Handling::optional},
      {"render ; HANDLING = Optional", "render", Handling::optional},
      {"render;handling=\"optional\"", "render", Handling::optional},
      {"render;handling=required", "render", Handling::required},
      {"render;handling=x-perhaps", "render", Handling::required},
      {"render;handling", "render", Handling::required},
      {"attachment;filename=smime.p7s;handling=optional", "attachment", Handling::optional},
  }));
  CAPTURE(value);
  const auto disposition = ContentDisposition::parse(value);
  REQUIRE(disposition);
  CHECK(disposition->type == type);
  CHECK(disposition->handling == handling);
}

TEST_CASE("a disposition type is compared without case, and its other parameters are kept") {
  const std::string value = "Attachment;filename=a.txt";
  const auto disposition = ContentDisposition::parse(value);
  REQUIRE(disposition);
  CHECK(disposition->is("attachment"));
  CHECK_FALSE(disposition->is("render"));
  CHECK(disposition->params.value("filename") == "a.txt");
}

TEST_CASE("nothing said, or nothing that can be read, means render and required") {
  for (const char* value : {"", ";handling=optional", "a b;handling=optional"}) {
    const auto disposition = ContentDisposition::parse_or_default(value);
    CHECK(disposition.is_rendered());
    CHECK_FALSE(disposition.is_optional());
  }
  CHECK(ContentDisposition::parse_or_default("icon;handling=optional").is_optional());
}

TEST_CASE("render and inline are shown, everything else is not") {
  for (const char* value : {"render", "Inline"})
    CHECK(ContentDisposition::parse_or_default(value).is_rendered());
  for (const char* value : {"session", "icon", "alert", "attachment", "by-reference", "notification"})
    CHECK_FALSE(ContentDisposition::parse_or_default(value).is_rendered());
}

TEST_CASE("a malformed Content-Disposition is refused") {
  for (const char* value : {"", ";handling=optional", "render,session", "render;", "render;=x", "a b"})
    CHECK_FALSE(ContentDisposition::parse(value));
}

}  // namespace content_disposition_test
