#include "im/mime_entity.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mime_entity_test {

using namespace sip;

namespace {

std::vector<std::string> parts(std::string_view body, std::string_view boundary = "b") {
  MultipartReader reader(body, boundary);
  std::vector<std::string> found;
  for (std::string_view part; reader.next(part);) found.emplace_back(part);
  return found;
}

std::optional<Errc> failure(std::string_view text) {
  const auto entity = MimeEntity::parse(text);
  return entity ? std::nullopt : std::optional(entity.error().code);
}

using Parts = std::vector<std::string>;

}  // namespace

TEST_CASE("an entity's header says what its body is, in any case of letters and folded") {
  const auto entity = MimeEntity::parse(
      "content-type: multipart/mixed;\r\n boundary=\"x\"\r\nContent-ID: "
      "<1@x>\r\nContent-Disposition:notification\r\n"
      "Content-Length: 99\r\nContent-transfer-Encoding: 8bit\r\nCONTENT-ENCODING: gzip\r\n"
      "content-language: en, ja\r\n\r\nbody\r\n");
  REQUIRE(entity);
  CHECK(entity->content_type == "multipart/mixed;\r\n boundary=\"x\"");
  CHECK(entity->content_disposition == "notification");
  CHECK(entity->body == "body\r\n");
  CHECK(entity->content_transfer_encoding == "8bit");
  CHECK(entity->content_encoding == "gzip");
  CHECK(entity->content_language == "en, ja");
}

TEST_CASE("an entity without a header has nothing but a body") {
  const auto entity = MimeEntity::parse("\r\nbody");
  REQUIRE(entity);
  CHECK(entity->content_type.empty());
  CHECK(entity->body == "body");
}

TEST_CASE("an entity whose header does not end, or holds what is no field, is refused") {
  for (const char* text :
       {"", "\n\n", "Content-Type: text/plain", "Content-Type: text/plain\r\n", "a:\r\n b"})
    CHECK(failure(text) == Errc::truncated);
  for (const char* text : {"no field\r\n\r\n", " fold\r\n\r\n", ": x\r\n\r\n", "a b: x\r\n\r\n"})
    CHECK(failure(text) == Errc::syntax);
}

TEST_CASE("the parts of a multipart come one by one, without preamble and epilogue") {
  CHECK(parts("--b\r\none\r\n--b\r\ntwo\r\n\r\n--b--\r\n") == Parts{"one", "two\r\n"});
  CHECK(parts("preamble --b\r\n--b  \r\none\r\n--b--\r\nepilogue\r\n--b\r\nx\r\n--b--") == Parts{"one"});
  CHECK(parts("--b\r\n\r\n--b\r\n--b--") == Parts{"", ""});
  CHECK(parts("--b\r\n--c\r\n- -b\r\n--b--") == Parts{"--c\r\n- -b"});
  CHECK(parts("--b\r\n--bc\r\n--b x\r\n--b-- \t") == Parts{"--bc\r\n--b x"});
}

TEST_CASE("a part that no boundary ends goes to the end of the body (RFC 2046 5.1.2)") {
  CHECK(parts("--b\r\none") == Parts{"one"});
  CHECK(parts("--b\r\none\r\n--b\r\ntwo\r\n") == Parts{"one", "two\r\n"});
  // The example of RFC 5438 8.3 ends so.
  CHECK(parts("--b\r\none\r\n--b\r\n") == Parts{"one"});
}

TEST_CASE("a multipart that is none has no parts") {
  CHECK(parts("").empty());
  CHECK(parts("one").empty());
  CHECK(parts("--b").empty());
  CHECK(parts("--b--\r\none").empty());
  CHECK(parts("--\r\none\r\n----", "").empty());
  CHECK(parts("--b\r\none\r\n--b--", std::string(71, 'b')).empty());
}

}  // namespace mime_entity_test
