#include "message/content_language.h"

#include <catch2/catch.hpp>
#include <string>

namespace content_language_test {

using namespace sip;

TEST_CASE("Content-Language is a list of language tags (RFC 3261 20.13)") {
  const auto [value, tags] = GENERATE(table<std::string, std::string>({
      {"fr", "fr"},
      {"EN-us", "EN-us"},
      {"en,ja", "en, ja"},
      {"en ,\r\n zh-Hant-TW", "en, zh-Hant-TW"},
      {"es-419", "es-419"},
      {"de-1996-x-abcdefgh", "de-1996-x-abcdefgh"},
  }));
  CAPTURE(value);
  CHECK(content_language(value) == tags);
}

TEST_CASE("what holds something else than language tags is no Content-Language") {
  for (const char* value :
       {"", ",", "e n", "en;q=1", "-en", "en-", "en--us", "abcdefghi", "419", "en-abcdefghi",
        "fran\xc3\xa7"
        "ais",
        "en\r\nX: y", "en,,ja", "*"}) {
    CAPTURE(value);
    CHECK_FALSE(content_language(value));
  }
}

}  // namespace content_language_test
