#include "message/retry_after.h"

#include <catch2/catch.hpp>
#include <string>

#include "message/delta_seconds.h"

namespace retry_after_test {

using namespace sip;

TEST_CASE("delta-seconds are digits below 2^32, and nothing else") {
  CHECK(delta_seconds("0") == Seconds(0));
  CHECK(delta_seconds("4294967295") == Seconds(4294967295));
  for (const std::string_view bad : {"", "4294967296", "-1", "+1", " 1", "1 ", "1.5", "1s"})
    CHECK_FALSE(delta_seconds(bad));
}

TEST_CASE("delta-seconds of a field that is absent or malformed are none") {
  const std::string text = "SIP/2.0 200 OK\r\nExpires: 60\r\nMin-Expires: soon\r\n\r\n";
  const auto message = MessageView::parse(text);
  REQUIRE(message);
  CHECK(delta_seconds(*message, HeaderName::expires) == Seconds(60));
  CHECK_FALSE(delta_seconds(*message, HeaderName::min_expires));
  CHECK_FALSE(delta_seconds(*message, HeaderName::flow_timer));
}

TEST_CASE("Retry-After has a time, a comment, and how long the callee can be reached then") {
  const auto plain = RetryAfter::parse("18000;duration=3600");
  REQUIRE(plain);
  CHECK(plain->wait == Seconds(18000));
  CHECK(plain->duration == Seconds(3600));
  CHECK(plain->comment.empty());

  const auto commented = RetryAfter::parse("120 (I'm in a meeting (again), \\) \xe2\x8f\xb0) ;x=y ");
  REQUIRE(commented);
  CHECK(commented->wait == Seconds(120));
  CHECK(commented->comment == "I'm in a meeting (again), \\) \xe2\x8f\xb0");
  CHECK_FALSE(commented->duration);
  CHECK(commented->params.value("x") == "y");
}

TEST_CASE("a Retry-After that is malformed is none") {
  for (const std::string_view bad : {"", "soon", "Fri, 26 Sep 1997 22:32:08 GMT", "5 seconds", "5 (open",
                                     "5 (a) (b)", "5;", "5;duration", "5;duration=x", "4294967296"})
    CHECK_FALSE(RetryAfter::parse(bad));
}

TEST_CASE("how long a response asks to wait is what its Retry-After says") {
  const auto wait_of = [](const std::string& field) {
    const std::string text = "SIP/2.0 503 Service Unavailable\r\n" + field + "\r\n";
    return retry_after(*MessageView::parse(text));
  };
  CHECK(wait_of("Retry-After: 7 (soon)\r\n") == Seconds(7));
  CHECK_FALSE(wait_of("Retry-After: soon\r\n"));
  CHECK_FALSE(wait_of(""));
}

}  // namespace retry_after_test
