#include "elements.h"
#include "message/date.h"
#include "message/framer.h"

namespace rfc4475_invalid_test {

// RFC 4475 3.1.2: malformed messages. Where the RFC lets an element be liberal, these are strict: a guess at
// what was meant would be forwarded to others, and whoever sent it learns nothing. The exceptions say why.

using namespace vectors;

namespace {

struct Row {
  const char* name;
  const char* defect;
  int status;
};

void check_refused(const Row& row) {
  CAPTURE(row.name);
  const std::string text = read_vector("rfc4475/" + std::string(row.name));
  CHECK(defect(text) == row.defect);
  check_answers(text, {row.status, row.status, row.status});
}

/// How a stream of these bytes ends: the error after which it can't go on.
std::optional<Error> framing_error(const std::string& text) {
  Framer framer;
  framer.feed(text);
  const auto frame = framer.next();
  return frame ? std::nullopt : std::optional(frame.error());
}

}  // namespace

TEST_CASE("RFC 4475 3.1.2: malformed requests get 400 from everyone, for what is wrong with them") {
  check_refused(GENERATE(Row{"badinv01", "Via", 400},          // 3.1.2.1
                         Row{"clerr", "Content-Length", 400},  // 3.1.2.2
                         Row{"ncl", "Content-Length", 400},    // 3.1.2.3
                         Row{"scalar02", "CSeq", 400},         // 3.1.2.4
                         Row{"quotbal", "To", 400},            // 3.1.2.6
                         Row{"ltgtruri", "Request-URI", 400},  // 3.1.2.7
                         Row{"lwsruri", "Request-URI", 400},   // 3.1.2.8
                         Row{"lwsstart", "Request-URI", 400},  // 3.1.2.9
                         Row{"trws", "Request-URI", 400},      // 3.1.2.10
                         Row{"badaspec", "To", 400},           // 3.1.2.14
                         Row{"baddn", "From", 400},            // 3.1.2.15
                         Row{"badvers", "version", 505},       // 3.1.2.16
                         Row{"mismatch01", "CSeq", 400},       // 3.1.2.17
                         // 3.1.2.18 prefers 501 to 400: a method to come may have rules of its own.
                         Row{"mismatch02", "CSeq", 501}));
}

TEST_CASE("RFC 4475 3.1.2.1 badinv01: the Contact with separators too many is malformed too") {
  CHECK_FALSE(Contact::parse("\"Joe\" <sip:joe@example.org>;;;;"));
  CHECK_FALSE(Via::parse("SIP/2.0/UDP 192.0.2.15;;"));
}

TEST_CASE("RFC 4475 3.1.2.2 clerr: a stream waits for the rest, a datagram has none") {
  const std::string text = read_vector("rfc4475/clerr");
  CHECK_FALSE(framing_error(text));
}

TEST_CASE("RFC 4475 3.1.2.3 ncl, 3.3.9 mcl01: without a length a stream is answered 400 and closed") {
  for (const std::string& text : {read_vector("rfc4475/ncl"), read_vector("rfc4475/mcl01"),
                                  with(read_vector("rfc4475/ncl"), "-999", "five")}) {
    REQUIRE(framing_error(text));
    CHECK(framing_error(text)->what == "Content-Length");
    Element element;
    element.sender = {FlowId{2}, {Protocol::tcp, *IpAddress::parse("198.51.100.9"), 5060}};
    element.relay.receive_unframed(element.now, element.sender, text);
    const Reply reply = element.drain();
    CHECK(reply.status == 400);
    CHECK(reply.hung_up);
  }
}

TEST_CASE("RFC 4475 3.1.2.4 scalar02: each of the overlarge numbers is judged by itself") {
  const std::string text = with(read_vector("rfc4475/scalar02"), "36893488147419103232", "1");
  // Max-Forwards could count as absent; it is refused, for it may hide a loop.
  CHECK(defect(text) == "Max-Forwards");
  CHECK(Element().say(text).status == 400);
  // "the element could treat them as if they contained the default values for expiration (3600 in this
  // case)".
  const std::string aged = with(text, "Max-Forwards: 300", "Max-Forwards: 70");
  const Reply reply = Element().say(aged);
  CHECK(reply.status == 200);
  CHECK(Contact::parse(reply.field(HeaderName::contact))->expires == Seconds(3600));
  const Reply by_header = Element().say(with(aged, "\r\n  ;expires=280297596632815", ""));
  CHECK(by_header.status == 200);
}

TEST_CASE("RFC 4475 3.1.2.5 scalarlg, 3.1.2.19 bigcode: a response out of range is dropped") {
  const std::string scalar = read_vector("rfc4475/scalarlg");
  CHECK(defect(scalar) == "CSeq");
  check_answers(scalar, {0, 0, 0});
  const std::string code = read_vector("rfc4475/bigcode");
  CHECK(defect(code) == "start line");
  check_answers(code, {0, 0, 0});
  CHECK_FALSE(Element().say(code).hung_up);
}

TEST_CASE("RFC 4475 3.1.2.6 quotbal: no end of the quote is guessed") {
  CHECK_FALSE(NameAddr::parse("\"Mr J. User <sip:j.user@example.com> <sip:realj@example.net>"));
}

TEST_CASE(
    "RFC 4475 3.1.2.11 escruri: headers in a Request-URI are dropped, not obeyed, when it is forwarded") {
  const std::string text = read_vector("rfc4475/escruri");
  const auto message = MessageView::parse(text);
  CHECK(Uri::parse(message->request_uri())->headers == "Route=%3Csip:example.com%3E");
  CHECK(defect(text).empty());
  check_answers(text, {405, 405, 480});
  // A choice of the RFC: ignoring them harms nobody, and a click on a link may have brought them in.
  Element home;
  home.enrol("user");
  const std::string inside = with(text, "INVITE", "MESSAGE");
  const Reply delivered = home.say(inside);
  REQUIRE(delivered.forwarded.size() == 1);
  CHECK(delivered.forwarded[0].starts_with("MESSAGE sip:phone@198.51.100.7 SIP/2.0\r\n"));
  CHECK(delivered.forwarded[0].find("Route") == std::string::npos);
  Element outbound("example.net");
  const Reply left =
      outbound.say(with(inside, "MESSAGE sip:user@example.com", "MESSAGE sip:user@198.51.100.44"));
  REQUIRE(left.forwarded.size() == 1);
  CHECK(left.forwarded[0].starts_with("MESSAGE sip:user@198.51.100.44 SIP/2.0\r\n"));
  CHECK(left.forwarded[0].find("Route") == std::string::npos);
}

TEST_CASE(
    "RFC 4475 3.1.2.12 baddate: a Date of another zone is ignored, for the message can be shown without it") {
  const std::string text = read_vector("rfc4475/baddate");
  CHECK(defect(text).empty());
  CHECK_FALSE(parse_date(*MessageView::parse(text)->value(HeaderName::date)));
  check_answers(text, {405, 405, 480});
  Agent agent(Protocol::udp);
  CHECK(agent.say(with(with(text, "INVITE", "MESSAGE"), "application/sdp", "text/plain")).status == 200);
  REQUIRE(agent.shown.size() == 1);
  CHECK(agent.shown[0].sent == noon);
  CHECK_FALSE(parse_date("Fri, 01 Jan 2010 16:00:00 UT"));
  CHECK_FALSE(parse_date("Fri, 01 Jan 2010 16:00:00 UTC"));
  CHECK_FALSE(parse_date("Fri, 01 Jan 2010 16:00:00 UCT"));
}

TEST_CASE(
    "RFC 4475 3.1.2.13 regbadct: a Contact with headers and without angle brackets is refused by the "
    "registrar") {
  const std::string text = read_vector("rfc4475/regbadct");
  CHECK(defect(text) == "Contact");
  check_answers(text, {405, 405, 400});
}

TEST_CASE("RFC 4475 3.1.2.16 badvers: the version is told to be the trouble, before anything else is") {
  CHECK(Element().say(with(read_vector("rfc4475/badvers"), "OPTIONS", "INVITE")).status == 505);
  CHECK(Agent(Protocol::udp).say(with(read_vector("rfc4475/badvers"), "OPTIONS", "INVITE")).status == 505);
}

}  // namespace rfc4475_invalid_test
