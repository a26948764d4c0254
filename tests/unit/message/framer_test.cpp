#include "message/framer.h"

#include <catch2/catch.hpp>
#include <vector>

#include "message/message_view.h"

namespace framer_test {

using sip::Errc;
using sip::Framer;

namespace {

const std::string first = "MESSAGE sip:a@b SIP/2.0\r\nContent-Length: 5\r\n\r\nhello";
const std::string second = "SIP/2.0 200 OK\r\nl: 0\r\n\r\n";

std::vector<std::string> drain(Framer& framer) {
  std::vector<std::string> frames;
  for (;;) {
    const auto next = framer.next();
    REQUIRE(next);
    if (!*next) return frames;
    switch ((*next)->kind) {
      case Framer::Kind::message: frames.push_back((*next)->text); break;
      case Framer::Kind::ping: frames.emplace_back("ping"); break;
      case Framer::Kind::pong: frames.emplace_back("pong"); break;
    }
  }
}

}  // namespace

TEST_CASE("messages are cut from a stream wherever its bytes are parted") {
  const std::string stream = first + "\r\n\r\n" + second + "\r\n" + first;
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    CAPTURE(step);
    Framer framer;
    std::vector<std::string> frames;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      framer.feed(std::string_view(stream).substr(at, step));
      for (auto& frame : drain(framer)) frames.push_back(frame);
    }
    CHECK(frames == std::vector<std::string>{first, "ping", second, "pong", first});
    CHECK(framer.pending().empty());
  }
}

TEST_CASE("a message without a usable Content-Length ends the stream") {
  const auto header =
      GENERATE("", "Content-Length: x\r\n", "Content-Length: -1\r\n", "Content-Length: 99999999999\r\n");
  Framer framer;
  framer.feed(std::string("MESSAGE sip:a@b SIP/2.0\r\n") + header + "\r\n");
  CHECK_FALSE(framer.next());
  CHECK(framer.pending().starts_with("MESSAGE"));
}

TEST_CASE("a header that never ends is given up at the size limit") {
  Framer framer;
  framer.feed("MESSAGE sip:a@b SIP/2.0\r\nX: ");
  framer.feed(std::string(sip::max_message_size, 'x'));
  const auto next = framer.next();
  REQUIRE_FALSE(next);
  CHECK(next.error().code == Errc::too_large);
}

TEST_CASE("a message that says it is over the size limit is refused before its body comes") {
  Framer framer;
  framer.feed("MESSAGE sip:a@b SIP/2.0\r\nContent-Length: 65535\r\n\r\n");
  const auto next = framer.next();
  REQUIRE_FALSE(next);
  CHECK(next.error().code == Errc::too_large);
}

TEST_CASE("lengths that contradict each other end the stream (RFC 4475 3.3.9)") {
  Framer framer;
  framer.feed("MESSAGE sip:a@b SIP/2.0\r\nContent-Length: 0\r\nl: 25\r\n\r\nMESSAGE sip:c@d SIP/2.0\r\n\r\n");
  const auto next = framer.next();
  REQUIRE_FALSE(next);
  CHECK(next.error().code == Errc::bad_header);
}

}  // namespace framer_test
