#include "transaction/abridged_invite.h"

#include <catch2/catch.hpp>

#include "message/mandatory_headers.h"

namespace abridged_invite_test {

using namespace sip;

TEST_CASE("the ACK of a refusal is the one that 17.1.1.3 shows") {
  const auto invite = MessageView::parse(
      "INVITE sip:bob@biloxi.com SIP/2.0\r\nVia: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff\r\n"
      "To: Bob <sip:bob@biloxi.com>\r\nFrom: Alice <sip:alice@atlanta.com>;tag=88sja8x\r\n"
      "Max-Forwards: 70\r\nCall-ID: 987asjd97y7atg\r\nCSeq: 986759 INVITE\r\n\r\n");
  REQUIRE(invite);
  CHECK(ack_of(*invite, "Bob <sip:bob@biloxi.com>;tag=99sa0xk") ==
        "ACK sip:bob@biloxi.com SIP/2.0\r\nVia: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff\r\n"
        "From: Alice <sip:alice@atlanta.com>;tag=88sja8x\r\nMax-Forwards: 70\r\n"
        "Call-ID: 987asjd97y7atg\r\nCSeq: 986759 ACK\r\nTo: Bob <sip:bob@biloxi.com>;tag=99sa0xk\r\n"
        "Content-Length: 0\r\n\r\n");
}

TEST_CASE("the ACK takes one Via, every Route and the credentials, and neither body nor the rest") {
  const auto invite = MessageView::parse(
      "INVITE sip:bob@b SIP/2.0\r\nv: SIP/2.0/UDP me;branch=z9hG4bK1, SIP/2.0/UDP other;branch=z9hG4bK2\r\n"
      "Via: SIP/2.0/UDP last;branch=z9hG4bK3\r\nt: <sip:bob@b>\r\nf: <sip:a@a>;tag=1\r\ni: x\r\n"
      "CSeq: 7 INVITE\r\nRoute: <sip:p1;lr>, <sip:p2;lr>\r\nSubject: hello\r\nRoute: <sip:p3;lr>\r\n"
      "Require: 100rel\r\nProxy-Authorization: Digest a\r\nAuthorization: Digest b\r\n"
      "Content-Type: application/sdp\r\nContent-Length: 4\r\n\r\nv=0\n");
  REQUIRE(invite);
  const std::string text = ack_of(*invite, "<sip:bob@b>;tag=2");
  CHECK(text ==
        "ACK sip:bob@b SIP/2.0\r\nVia: SIP/2.0/UDP me;branch=z9hG4bK1\r\nf: <sip:a@a>;tag=1\r\ni: x\r\n"
        "Route: <sip:p1;lr>, <sip:p2;lr>\r\nRoute: <sip:p3;lr>\r\nProxy-Authorization: Digest a\r\n"
        "Authorization: Digest b\r\nCSeq: 7 ACK\r\nTo: <sip:bob@b>;tag=2\r\nContent-Length: 0\r\n\r\n");
  const auto ack = MessageView::parse(text);
  REQUIRE(ack);
  CHECK(MandatoryHeaders::parse(*ack));
}

TEST_CASE(
    "the CANCEL takes To of the INVITE, one Via and every Route, and neither credentials nor Require (9.1)") {
  const auto invite = MessageView::parse(
      "INVITE sip:bob@b SIP/2.0\r\nVia: SIP/2.0/UDP me;branch=z9hG4bK1, SIP/2.0/UDP other;branch=z9hG4bK2\r\n"
      "t: <sip:bob@b>\r\nf: <sip:a@a>;tag=1\r\nCall-ID: x\r\nCSeq: 7 INVITE\r\nMax-Forwards: 69\r\n"
      "Route: <sip:p1;lr>\r\nRequire: 100rel\r\nProxy-Authorization: Digest a\r\n\r\nbody");
  REQUIRE(invite);
  const std::string text =
      "CANCEL sip:bob@b SIP/2.0\r\nVia: SIP/2.0/UDP me;branch=z9hG4bK1\r\nf: <sip:a@a>;tag=1\r\n"
      "Call-ID: x\r\nMax-Forwards: 69\r\nRoute: <sip:p1;lr>\r\nCSeq: 7 CANCEL\r\nTo: <sip:bob@b>\r\n"
      "Content-Length: 0\r\n\r\n";
  CHECK(cancel_of(*invite) == text);
}

TEST_CASE("an abridged INVITE gives the same ACK and the same CANCEL as the whole") {
  const auto invite = MessageView::parse(
      "INVITE sip:bob@b SIP/2.0\r\nVia: SIP/2.0/UDP me;branch=z9hG4bK1\r\nTo: <sip:bob@b>\r\n"
      "From: <sip:a@a>;tag=1\r\nCall-ID: x\r\nCSeq: 7 INVITE\r\nRoute: <sip:p1;lr>\r\n"
      "Proxy-Authorization: Digest a\r\nSubject: long\r\n\r\nbody");
  REQUIRE(invite);
  const std::string text = abridged_invite(*invite);
  const auto abridged = MessageView::parse(text);
  REQUIRE(abridged);
  CHECK(ack_of(*abridged, "<sip:bob@b>;tag=2") == ack_of(*invite, "<sip:bob@b>;tag=2"));
  CHECK(cancel_of(*abridged) == cancel_of(*invite));
}

}  // namespace abridged_invite_test
