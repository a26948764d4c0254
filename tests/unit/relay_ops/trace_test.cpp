#include "ops/trace.h"

#include <catch2/catch.hpp>

#include "log_capture.h"

namespace trace_test {

using namespace relay;
using namespace sip;

namespace {

const Peer browser{FlowId{7}, {Protocol::ws, *IpAddress::parse("192.0.2.1"), 5000}};
const Peer phone{FlowId{8}, {Protocol::udp, *IpAddress::parse("192.0.2.2"), 5060}};

std::string message(const std::string& call_id) {
  return "MESSAGE sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/WS a.invalid;branch=z9hG4bK1\r\nMax-Forwards: "
         "70\r\n"
         "From: <sip:alice@example.org>;tag=f\r\nTo: <sip:bob@example.org>\r\ni: " +
         call_id +
         "\r\nCSeq: 1 MESSAGE\r\nAuthorization: Digest response=\"secret\"\r\nContent-Length: "
         "6\r\n\r\nsecret";
}

}  // namespace

TEST_CASE("each step of a followed message is logged, those of others are not, and no body or credential") {
  const test::LogCapture log;
  Trace trace;
  CHECK_FALSE(trace.is_on());
  trace.follow({"followed"});
  trace.received(browser, message("followed"));
  trace.progressed({.step = Relay::Progress::Step::taken, .transaction = {}, .method = "MESSAGE"});
  trace.asked(JobId{1}, "an account");
  trace.over();
  trace.received(browser, message("another"));
  trace.asked(JobId{2}, "an account");
  trace.over();
  trace.answered(JobId{2});
  trace.over();
  trace.answered(JobId{1});
  trace.sent(phone, message("followed"));
  trace.progressed({.step = Relay::Progress::Step::answered_here, .transaction = {}, .status = 404});
  CHECK(log.text() ==
        "info trace followed: from ws 192.0.2.1:5000: MESSAGE sip:bob@example.org SIP/2.0\n"
        "info trace followed: is new\n"
        "info trace followed: asks for an account\n"
        "info trace followed: the answer came\n"
        "info trace followed: to udp 192.0.2.2:5060: MESSAGE sip:bob@example.org SIP/2.0\n"
        "info trace followed: is answered by the relay: 404 Not Found\n");
}

TEST_CASE("a message that nobody follows any more is silent") {
  const test::LogCapture log;
  Trace trace;
  trace.follow({"followed"});
  trace.received(browser, message("followed"));
  trace.asked(JobId{1}, "an account");
  trace.follow({});
  CHECK_FALSE(trace.is_on());
  trace.answered(JobId{1});
  trace.sent(phone, message("followed"));
  CHECK(log.text() ==
        "info trace followed: from ws 192.0.2.1:5000: MESSAGE sip:bob@example.org SIP/2.0\n"
        "info trace followed: asks for an account\n");
}

}  // namespace trace_test
