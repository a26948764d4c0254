#include "base/utf8.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

namespace utf8_test {

using sip::is_utf8;

namespace {

/// RFC 3629 3, as a second opinion: any code point, even one that must not be encoded, in a given number of
/// bytes.
std::string encoded(unsigned code_point, int bytes) {
  if (bytes == 1) return {static_cast<char>(code_point)};
  std::string text;
  for (int i = 1; i < bytes; ++i) {
    text.insert(text.begin(), static_cast<char>(0x80 | (code_point & 0x3f)));
    code_point >>= 6;
  }
  const unsigned mark = 0xf00u >> bytes & 0xffu;
  text.insert(text.begin(), static_cast<char>(mark | code_point));
  return text;
}

int shortest(unsigned code_point) {
  if (code_point < 0x80) return 1;
  if (code_point < 0x800) return 2;
  return code_point < 0x10000 ? 3 : 4;
}

}  // namespace

TEST_CASE("every Unicode scalar value in its shortest form is UTF-8, surrogates are not") {
  std::size_t wrong = 0;
  for (unsigned code_point = 0; code_point <= 0x10ffff; ++code_point) {
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (is_utf8(encoded(code_point, shortest(code_point))) == surrogate) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("overlong forms are not UTF-8") {
  std::size_t accepted = 0;
  for (unsigned code_point = 0; code_point < 0x10000; ++code_point) {
    for (int bytes = shortest(code_point) + 1; bytes <= 4; ++bytes) {
      if (is_utf8(encoded(code_point, bytes))) ++accepted;
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("values past U+10FFFF are not UTF-8") {
  CHECK(is_utf8("\xf4\x8f\xbf\xbf"));
  CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(is_utf8("\xf5\x80\x80\x80"));
  CHECK_FALSE(is_utf8("\xf8\x88\x80\x80\x80"));
  CHECK_FALSE(is_utf8("\xfe"));
  CHECK_FALSE(is_utf8("\xff"));
}

TEST_CASE("a sequence cut off or interrupted is not UTF-8") {
  constexpr std::string_view euro = "\xe2\x82\xac";
  CHECK(is_utf8(euro));
  CHECK_FALSE(is_utf8(euro.substr(0, 1)));
  CHECK_FALSE(is_utf8(euro.substr(0, 2)));
  CHECK_FALSE(is_utf8(euro.substr(1)));
  CHECK_FALSE(is_utf8("\xe2\x82g"));
  CHECK_FALSE(is_utf8("\xf0\x9f\x98"));
  CHECK_FALSE(is_utf8("\xc3\xc3\xa4"));
}

TEST_CASE("text mixes sequences of all lengths") {
  CHECK(is_utf8(""));
  CHECK(is_utf8(std::string_view("a\0b", 3)));
  CHECK(
      is_utf8("Gr\xc3\xbc\xc3\x9f"
              "e \xe2\x82\xac \xf0\x9f\x98\x80!"));
  CHECK_FALSE(
      is_utf8("Gr\xfc\xdf"
              "e"));
}

TEST_CASE("characters are appended in as many bytes as they need") {
  std::string text;
  for (const std::uint32_t code : {0x41U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xffffU, 0x1'0000U, 0x10'ffffU})
    sip::append_utf8(code, text);
  CHECK(text == "A\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
}

}  // namespace utf8_test
