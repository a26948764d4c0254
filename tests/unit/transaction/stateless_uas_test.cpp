#include "transaction/stateless_uas.h"

#include <catch2/catch.hpp>

namespace stateless_uas_test {

using namespace sip;

namespace {

std::optional<std::string> answer(const StatelessUas& uas, const std::string& text) {
  const auto request = MessageView::parse(text);
  REQUIRE(request);
  return uas.respond(*request, 405, {}, {{HeaderName::allow, "MESSAGE"}});
}

std::string request(const std::string& method, const std::string& branch) {
  return method + " sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=" + branch +
         "\r\nFrom: <sip:c@d>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: i\r\nCSeq: 1 " + method + "\r\n\r\n";
}

}  // namespace

TEST_CASE("a request gets the same response each time, another one another tag (8.2.7)") {
  const StatelessUas uas{Random(seed_from(1))};
  const auto first = answer(uas, request("INVITE", "z9hG4bK1"));
  REQUIRE(first);
  CHECK(first->starts_with("SIP/2.0 405 Method Not Allowed\r\n"));
  CHECK(first->find("Allow: MESSAGE\r\n") != std::string::npos);
  CHECK(first->find("To: <sip:a@b>;tag=") != std::string::npos);
  CHECK(answer(uas, request("INVITE", "z9hG4bK1")) == first);
  CHECK(answer(uas, request("INVITE", "z9hG4bK2")) != first);
  CHECK(answer(StatelessUas{Random(seed_from(2))}, request("INVITE", "z9hG4bK1")) != first);
}

TEST_CASE("an ACK, a response, and a request without a Via get none") {
  const StatelessUas uas{Random(seed_from(1))};
  CHECK_FALSE(answer(uas, request("ACK", "z9hG4bK1")));
  CHECK_FALSE(answer(uas, "SIP/2.0 200 OK\r\n\r\n"));
  CHECK_FALSE(answer(uas, "INVITE sip:a@b SIP/2.0\r\nCall-ID: i\r\n\r\n"));
}

TEST_CASE("a request that lacks From, To or Call-ID gets a response without them (RFC 4475 3.3.1)") {
  const StatelessUas uas{Random(seed_from(1))};
  const auto response =
      answer(uas, "X sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCSeq: 1 X\r\n\r\n");
  CHECK(response ==
        "SIP/2.0 405 Method Not Allowed\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCSeq: 1 X\r\n"
        "Allow: MESSAGE\r\nContent-Length: 0\r\n\r\n");
}

}  // namespace stateless_uas_test
