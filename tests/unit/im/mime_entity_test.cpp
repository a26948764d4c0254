#include "im/mime_entity.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

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
      "Content-Length: 99\r\n\r\nbody\r\n");
  REQUIRE(entity);
  CHECK(entity->content_type == "multipart/mixed;\r\n boundary=\"x\"");
  CHECK(entity->content_disposition == "notification");
  CHECK(entity->body == "body\r\n");
  CHECK(entity->is_identity_encoded());
}

TEST_CASE("an entity without a header has nothing but a body") {
  const auto entity = MimeEntity::parse("\r\nbody");
  REQUIRE(entity);
  CHECK(entity->content_type.empty());
  CHECK(entity->body == "body");
}

TEST_CASE("transfer encodings that change the body are told") {
  const auto [encoding, is_identity] = GENERATE(table<const char*, bool>({{"7bit", true},
                                                                          {"8BIT", true},
                                                                          {"binary", true},
                                                                          {"base64", false},
                                                                          {"quoted-printable", false},
                                                                          {"x", false}}));
  CAPTURE(encoding);
  const std::string text = "Content-Transfer-Encoding: " + std::string(encoding) + "\r\n\r\n";
  const auto entity = MimeEntity::parse(text);
  REQUIRE(entity);
  CHECK(entity->is_identity_encoded() == is_identity);
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
}

TEST_CASE("a multipart that is none has no parts, and what does not end is left out") {
  CHECK(parts("").empty());
  CHECK(parts("one").empty());
  CHECK(parts("--b").empty());
  CHECK(parts("--b--\r\none").empty());
  CHECK(parts("--b\r\none").empty());
  CHECK(parts("--b\r\none\r\n--b\r\ntwo") == Parts{"one"});
  CHECK(parts("--\r\none\r\n----", "").empty());
  CHECK(parts("--b\r\none\r\n--b--", std::string(71, 'b')).empty());
}
