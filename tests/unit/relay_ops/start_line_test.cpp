#include "ops/start_line.h"

#include <catch2/catch.hpp>

namespace start_line_test {

using relay::start_line;

TEST_CASE("a start line for the log is one line, bounded, and steers no terminal") {
  CHECK(start_line("SIP/2.0 200 OK\r\nVia: x\r\n\r\nbody") == "SIP/2.0 200 OK");
  CHECK(start_line("a\x1b[31m\x7f\nb") == "a?[31m?");
  CHECK(start_line(std::string(1000, 'a')).size() == 120);
  CHECK(start_line("").empty());
}

TEST_CASE("the password in a URI is not logged (RFC 3261 19.1.1)") {
  CHECK(start_line("MESSAGE sip:bob:secret@example.org:5060 SIP/2.0\r\n") ==
        "MESSAGE sip:bob:...@example.org:5060 SIP/2.0");
  CHECK(start_line("MESSAGE sip:bob@example.org:5060 SIP/2.0") == "MESSAGE sip:bob@example.org:5060 SIP/2.0");
  CHECK(start_line("MESSAGE sip:bob:" + std::string(500, 's') + "@example.org SIP/2.0") ==
        "MESSAGE sip:bob:...@example.org SIP/2.0");
}

}  // namespace start_line_test
