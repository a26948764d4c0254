#include "message/call_id.h"

#include <catch2/catch.hpp>

namespace call_id_test {

using namespace sip;

TEST_CASE("a Call-ID holds the characters of a word, with and without an at (RFC 3261 25.1)") {
  for (const char* text : {"a", "f81d4fae@example.org", "-.!%*_+`'~()<>:\\\"/[]?{}"}) CHECK(is_call_id(text));
  for (const char* text : {"", " ", "a b", "a,b", "a;b", "a=b", "a\r\nb", "\xc3\xbc", "a\x7f"})
    CHECK_FALSE(is_call_id(text));
}

}  // namespace call_id_test
