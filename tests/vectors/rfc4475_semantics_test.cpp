#include "elements.h"
#include "transaction/transaction_key.h"

namespace rfc4475_semantics_test {

// RFC 4475 3.2 to 3.4: messages whose trouble lies above the grammar.

using namespace vectors;

TEST_CASE("RFC 4475 3.2.1 badbranch: the cookie alone falls back to the identity of RFC 2543") {
  const std::string text = read_vector("rfc4475/badbranch");
  CHECK(defect(text).empty());
  CHECK(MandatoryHeaders::parse(*MessageView::parse(text))->via.branch() == branch_magic_cookie);
  // A choice of the RFC: it costs nothing, while 400 would lock the sender out. Two requests are two
  // transactions.
  Agent agent(Protocol::udp);
  CHECK(agent.say(text).status == 200);
  CHECK(agent.say(with(text, "CSeq: 8", "CSeq: 9")).status == 200);
  Element element;
  element.enrol("user");
  CHECK(element.say(text).forwarded.size() == 1);
  CHECK(element.say(text).forwarded.empty());
  CHECK(element.say(with(text, "CSeq: 8", "CSeq: 9")).forwarded.size() == 1);
}

TEST_CASE("RFC 4475 3.3.1 insuf: a request without Call-ID, From and To gets 400 with what it has") {
  const std::string text = read_vector("rfc4475/insuf");
  CHECK(defect(text) == "From");
  check_answers(text, {400, 400, 400});
  CHECK(Element().say(text).field(HeaderName::cseq) == "193942 INVITE");
}

TEST_CASE("RFC 4475 3.3.2 unkscm, 3.3.3 novelsc: other schemes in the Request-URI are read, and get 416") {
  // novelsc: the choice is 416, for nothing here will ever accept soap.beep.
  const auto name = GENERATE("unkscm", "novelsc");
  const std::string text = read_vector("rfc4475/" + std::string(name));
  CHECK(defect(text).empty());
  CHECK_FALSE(Uri::parse(MessageView::parse(text)->request_uri())->is_sip());
  check_answers(text, {416, 416, 416});
}

TEST_CASE(
    "RFC 4475 3.3.4 unksm2: other schemes in From, To and Contact are read; a registrar needs SIP in To") {
  const std::string text = read_vector("rfc4475/unksm2");
  CHECK(defect(text).empty());
  const auto headers = MandatoryHeaders::parse(*MessageView::parse(text));
  CHECK(headers->to.uri.text == "isbn:2983792873");
  CHECK(headers->from.uri.text == "http://www.example.com");
  CHECK(headers->from.tag() == "3234233");
  CHECK(Contact::parse(*MessageView::parse(text)->value(HeaderName::contact))->address.uri.text ==
        "name:John_Smith");
  check_answers(text, {405, 405, 400});
  // "Proxies should treat this message as they would any other request for this URI."
  Element element;
  element.enrol("user");
  CHECK(element.say(with(with(text, "REGISTER", "MESSAGE"), "MESSAGE sip:", "MESSAGE sip:user@"))
            .forwarded.size() == 1);
}

TEST_CASE("RFC 4475 3.3.5 bext01: each role lists what it does not support of its own field") {
  const std::string text = read_vector("rfc4475/bext01");
  CHECK(defect(text).empty());
  check_answers(text, {420, 420, 420});
  CHECK(Agent(Protocol::udp).say(text).field(HeaderName::unsupported) ==
        "nothingSupportsThis, nothingSupportsThisEither");
  CHECK(Element().say(text).field(HeaderName::unsupported) ==
        "noProxiesSupportThis, norDoAnyProxiesSupportThis");
}

TEST_CASE(
    "RFC 4475 3.3.6 invut: an unknown Content-Type is passed by a proxy and gets 415 from an endpoint") {
  const std::string text = read_vector("rfc4475/invut");
  CHECK(defect(text).empty());
  // The method is judged before the content (RFC 3261 8.2), and INVITE is not served.
  check_answers(text, {405, 405, 480});
  const std::string message = with(text, "INVITE", "MESSAGE");
  const Reply refusal = Agent(Protocol::udp).say(message);
  CHECK(refusal.status == 415);
  CHECK(refusal.field(HeaderName::accept) == understood_types);
  Element element;
  element.enrol("user");
  const Reply reply = element.say(message);
  REQUIRE(reply.forwarded.size() == 1);
  CHECK(MessageView::parse(reply.forwarded[0])->body() == "<audio>\r\n <pcmu port=\"443\"/>\r\n</audio>\r\n");
}

TEST_CASE("RFC 4475 3.3.7 regaut01: an unknown scheme of authentication is as good as none") {
  const std::string text = read_vector("rfc4475/regaut01");
  CHECK(defect(text).empty());
  const Reply reply = Element("example.com", true).say(text);
  CHECK(reply.status == 401);
  CHECK(reply.field(HeaderName::www_authenticate).starts_with("Digest "));
  // One that does not ask ignores the field; who is no registrar says 405.
  check_answers(text, {405, 405, 200});
}

TEST_CASE("RFC 4475 3.3.8 multi01: fields that may stand once and stand twice get 400, each of them once") {
  const std::string text = read_vector("rfc4475/multi01");
  CHECK(defect(text) == "CSeq");
  check_answers(text, {400, 400, 400});
  const Reply reply = Element().say(text);
  for (const HeaderName name : {HeaderName::from, HeaderName::to, HeaderName::call_id, HeaderName::cseq})
    CHECK(reply.values(name).size() == 1);
}

TEST_CASE("RFC 4475 3.3.9 mcl01: lengths that contradict each other get 400") {
  const std::string text = read_vector("rfc4475/mcl01");
  CHECK(defect(text) == "Content-Length");
  check_answers(text, {400, 400, 400});
}

TEST_CASE("RFC 4475 3.3.10 bcast: a response that would be sent on to everyone is dropped") {
  const std::string text = read_vector("rfc4475/bcast");
  CHECK(defect(text).empty());
  check_answers(text, {0, 0, 0});
  // Even where its topmost Via is the relay's own: no transaction of ours waits for it.
  const Reply reply = Element().say(with(text, "192.0.2.198;", "203.0.113.1:5060;"));
  CHECK(reply.status == 0);
}

TEST_CASE("RFC 4475 3.3.11 zeromf: the last hop is the end for a proxy, and none of an endpoint's business") {
  const std::string text = read_vector("rfc4475/zeromf");
  CHECK(defect(text).empty());
  CHECK(MandatoryHeaders::parse(*MessageView::parse(text))->max_forwards == 0);
  check_answers(text, {200, 200, 483});
  Element element;
  element.enrol("user");
  CHECK(element.say(text).status == 483);
}

TEST_CASE("RFC 4475 3.3.12 cparam01: without angle brackets the parameter is the Contact's") {
  const std::string text = read_vector("rfc4475/cparam01");
  CHECK(defect(text).empty());
  check_answers(text, {405, 405, 200});
  Element element;
  const auto is_as_asked = [](const Reply& reply) {
    const std::string value = reply.field(HeaderName::contact);
    const auto contact = Contact::parse(value);
    return reply.status == 200 && contact && contact->address.params.has("unknownparam") &&
           contact->address.uri.text == "sip:+19725552222@gw1.example.net";
  };
  CHECK(is_as_asked(element.say(text)));
  const std::string fetch =
      with(with(text, "Contact: sip:+19725552222@gw1.example.net;unknownparam\r\n", ""), "kdjuw", "fetch");
  CHECK(is_as_asked(element.say(fetch)));
}

TEST_CASE("RFC 4475 3.3.13 cparam02, 3.3.14 regescrt: parameter and header in the URI stay in the URI") {
  struct Row {
    const char* name;
    const char* line;
    const char* uri;
  };
  const auto row = GENERATE(Row{"cparam02", "Contact: <sip:+19725552222@gw1.example.net;unknownparam>\r\n",
                                "sip:+19725552222@gw1.example.net;unknownparam"},
                            Row{"regescrt", "M: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>\r\n",
                                "sip:user@example.com?Route=%3Csip:sip.example.com%3E"});
  CAPTURE(row.name);
  const std::string text = read_vector("rfc4475/" + std::string(row.name));
  CHECK(defect(text).empty());
  check_answers(text, {405, 405, 200});
  Element element;
  CHECK(element.say(text).status == 200);
  const std::string fetched =
      element.say(with(with(text, row.line, ""), "kdjuw", "fetch")).field(HeaderName::contact);
  CHECK(Contact::parse(fetched)->address.uri.text == row.uri);
}

TEST_CASE("RFC 4475 3.3.15 sdp01: INVITE is refused before its Accept matters") {
  const std::string text = read_vector("rfc4475/sdp01");
  CHECK(defect(text).empty());
  CHECK(MessageView::parse(text)->value(HeaderName::accept) == "text/nobodyKnowsThis");
  // 406 and 400 are for those who serve INVITE.
  check_answers(text, {405, 405, 480});
}

TEST_CASE("RFC 4475 3.4.1 inv2543: what RFC 2543 allowed to leave out is not missed") {
  const std::string text = read_vector("rfc4475/inv2543");
  CHECK(defect(text).empty());
  auto message = MessageView::parse(text);
  CHECK_FALSE(message->trim_body(MessageView::Framing::datagram));
  const auto headers = MandatoryHeaders::parse(*message);
  CHECK(headers->via.branch().empty());
  CHECK(headers->from.tag().empty());
  CHECK_FALSE(headers->max_forwards);
  CHECK(headers->to.uri.text == "sip:+16505552222@ss1.example.net");
  CHECK(headers->to.params.value("user") == "phone");
  CHECK(message->body().starts_with("v=0\r\n"));
  CHECK(message->body().ends_with("RTP/AVP 0\r\n"));
  check_answers(text, {405, 405, 480});
  // A proxy adds what is missing: Max-Forwards (16.6 step 3) and, for streams, Content-Length.
  Element element;
  element.enrol("UserB");
  const Reply reply = element.say(with(text, "INVITE", "MESSAGE"));
  REQUIRE(reply.forwarded.size() == 1);
  CHECK(reply.forwarded[0].find("\r\nMax-Forwards: 70\r\n") != std::string::npos);
  CHECK(MessageView::parse(reply.forwarded[0])->body() == message->body());
}

}  // namespace rfc4475_semantics_test
