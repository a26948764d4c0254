#include "elements.h"
#include "transport/response_route.h"

namespace rfc5118_test {

// RFC 5118 4: IPv6. The relay listens on 2001:db8::10, the address in most of these.

using namespace vectors;

namespace {

std::string vector(const std::string& name) { return read_vector("rfc5118/" + name); }

IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("RFC 5118 4.1 ipv6-good: a REGISTER to an IPv6 reference is one to us") {
  const std::string text = vector("ipv6-good");
  CHECK(defect(text).empty());
  const auto message = MessageView::parse(text);
  CHECK(Uri::parse(message->request_uri())->host == "[2001:db8::10]");
  CHECK_FALSE(Uri::parse(message->request_uri())->port);
  CHECK(MandatoryHeaders::parse(*message)->via.host == "[2001:db8::9:1]");
  const std::string_view contact = *message->value(HeaderName::contact);
  CHECK(Contact::parse(contact)->address.uri.host == "[2001:db8::1]");
  check_answers(text, {405, 405, 200});
  CHECK(Contact::parse(Element().say(text).field(HeaderName::contact))->expires == Seconds(3600));
}

TEST_CASE("RFC 5118 4.2 ipv6-bad: without brackets no address can be told from a port, so it gets 400") {
  const std::string text = vector("ipv6-bad");
  CHECK(defect(text) == "Request-URI");
  check_answers(text, {400, 400, 400});
}

TEST_CASE("RFC 5118 4.3 port-ambiguous: what looks like a port inside the brackets is part of the address") {
  const std::string text = vector("port-ambiguous");
  CHECK(defect(text).empty());
  const auto uri = Uri::parse(MessageView::parse(text)->request_uri());
  CHECK_FALSE(uri->port);
  CHECK(address(uri->host) == address("2001:db8:0:0:0:0:10:5070"));
  // "it will not yield the desired result": that is another host, whose registrar we are not.
  check_answers(text, {405, 405, 403});
}

TEST_CASE("RFC 5118 4.4 port-unambiguous: behind the brackets it is a port") {
  const std::string text = vector("port-unambiguous");
  CHECK(defect(text).empty());
  const auto uri = Uri::parse(MessageView::parse(text)->request_uri());
  CHECK(uri->port == 5070);
  CHECK(address(uri->host) == address("2001:db8::10"));
  // The relay of these tests has the address and another port.
  check_answers(text, {405, 405, 403});
  CHECK(Element().say(with(text, "]:5070", "]:5060")).status == 200);
}

TEST_CASE("RFC 5118 4.5: received is read with brackets and without, and written without") {
  struct Row {
    const char* name;
    const char* received;
    int agent;
    int relay;
  };
  // A BYE for the relay itself has nobody to go to.
  const auto row = GENERATE(Row{"via-received-param-with-delim", "[2001:db8::9:255]", 405, 404},
                            Row{"via-received-param-no-delim", "2001:db8::9:255", 200, 200});
  CAPTURE(row.name);
  const std::string text = vector(row.name);
  CHECK(defect(text).empty());
  const auto message = MessageView::parse(text);
  const auto headers = MandatoryHeaders::parse(*message);
  CHECK(headers->via.host == "[2001:db8::9:1]");
  CHECK(headers->via.params.value("received") == row.received);
  CHECK(address(*headers->via.params.value("received")) == address("2001:db8::9:255"));
  CHECK(headers->via.branch().starts_with("z9hG4bKas3"));
  check_answers(text, {row.agent, row.agent, row.relay});
  const Endpoint source{Protocol::udp, address("2001:db8::77"), 5060};
  CHECK(completed_via(headers->via, *message->value(HeaderName::via), source)
            ->find(";received=2001:db8::77;") != std::string::npos);
}

TEST_CASE("RFC 5118 4.6 ipv6-in-sdp: the message is well-formed but for its Content-Length") {
  // As printed its body has 251 bytes and announces 268: over UDP that is an error (RFC 3261 18.3).
  const std::string printed = vector("ipv6-in-sdp");
  CHECK(defect(printed) == "Content-Length");
  check_answers(printed, {400, 400, 400});
  const std::string text = with(printed, "268", "251");
  CHECK(defect(text).empty());
  const auto message = MessageView::parse(text);
  CHECK(Uri::parse(message->request_uri())->host == "[2001:db8::10]");
  CHECK(MandatoryHeaders::parse(*message)->to.uri.host == "[2001:db8::10]");
  CHECK(MandatoryHeaders::parse(*message)->via.host == "[2001:db8::20]");
  CHECK(message->body().find("c=IN IP6 2001:db8::20\r\n") != std::string_view::npos);
  check_answers(text, {405, 405, 480});
}

TEST_CASE("RFC 5118 4.7 mult-ip-in-header: a Via list mixes IPv4 and IPv6") {
  const std::string text = vector("mult-ip-in-header");
  CHECK(defect(text).empty());
  const auto message = MessageView::parse(text);
  ValueReader vias(*message, HeaderName::via);
  const auto first = Via::parse(*vias.next());
  CHECK(address(first->host) == address("2001:db8::9:1"));
  CHECK(first->port == 6050);
  CHECK(address(Via::parse(*vias.next())->host) == address("192.0.2.1"));
  const auto third = Via::parse(*vias.next());
  CHECK(address(third->host) == address("2001:db8::9:255"));
  CHECK(third->params.value("received") == "192.0.2.200");
  CHECK_FALSE(vias.next());
  // From example.com to host.example.net: the DNS knows nothing of it, and strangers are not served.
  check_answers(text, {405, 405, 404});
  CHECK(Element("example.org").say(text).status == 403);
  Element element("host.example.net");
  element.enrol("user");
  const Reply reply = element.say(text);
  REQUIRE(reply.forwarded.size() == 1);
  for (const char* line :
       {"\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144\r\n",
        "\r\nVia: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200\r\n"})
    CHECK(reply.forwarded[0].find(line) != std::string::npos);
}

TEST_CASE(
    "RFC 5118 4.8 mult-ip-in-sdp, 4.9 ipv4-mapped-ipv6: as printed they hold more bytes than they announce") {
  // A datagram's rest is dropped (RFC 3261 18.3); a WebSocket frame with a rest is an error (RFC 7118 5).
  const auto name = GENERATE("mult-ip-in-sdp", "ipv4-mapped-ipv6");
  const std::string text = vector(name);
  CHECK(defect(text).empty());
  check_answers(text, {400, 405, 480});
}

TEST_CASE("RFC 5118 4.8 mult-ip-in-sdp: each media line keeps its own address") {
  const std::string text = vector("mult-ip-in-sdp");
  auto message = MessageView::parse(text);
  CHECK(MandatoryHeaders::parse(*message)->to.uri.text == "sip:user@[2001:db8::10]");
  CHECK(message->body().find("c=IN IP4 192.0.2.1\r\n") != std::string_view::npos);
  CHECK(message->body().find("c=IN IP6 2001:db8::1\r\n") != std::string_view::npos);
  CHECK_FALSE(message->trim_body(MessageView::Framing::datagram));
  CHECK(message->body().size() == 181);
}

TEST_CASE(
    "RFC 5118 4.9 ipv4-mapped-ipv6: mapped addresses are read in Via and Contact, with their port outside") {
  const std::string text = vector("ipv4-mapped-ipv6");
  const auto message = MessageView::parse(text);
  ValueReader vias(*message, HeaderName::via);
  const auto first = Via::parse(*vias.next());
  CHECK(address(first->host) == address("192.0.2.10"));
  CHECK(first->port == 19823);
  CHECK(address(Via::parse(*vias.next())->host) == address("192.0.2.2"));
  const auto contact = Contact::parse(*message->value(HeaderName::contact));
  CHECK(contact->address.display_name == "T. desk phone");
  CHECK(contact->address.uri.text == "sip:ted@[::ffff:192.0.2.2]");
  CHECK(message->body().find("c=IN IP6 ::ffff:192.0.2.2\r\n") != std::string_view::npos);
}

TEST_CASE("RFC 5118 4.10: the colon too many of RFC 3261's grammar is overlooked") {
  const auto name = GENERATE("ipv6-bug-abnf-3-colons", "ipv6-correct-abnf-2-colons");
  const std::string text = vector(name);
  CHECK(defect(text).empty());
  const auto message = MessageView::parse(text);
  const auto uri = Uri::parse(message->request_uri());
  CHECK(address(uri->host) == address("2001:db8::c000:201"));
  CHECK(equivalent(*uri, *Uri::parse("sip:user@[2001:db8::192.0.2.1]")));
  CHECK(equivalent(MandatoryHeaders::parse(*message)->to.uri, *uri));
  CHECK(Agent(Protocol::ws).say(text).status == 200);
  CHECK(Agent(Protocol::udp).say(text).status == 200);
  // It leaves for that address. A proxy may mend it, and need not: the Request-URI stays as it is.
  const Reply reply = Element().say(text);
  REQUIRE(reply.forwarded.size() == 1);
  CHECK(reply.forwarded[0].starts_with("OPTIONS " + std::string(message->request_uri()) + " SIP/2.0\r\n"));
}

}  // namespace rfc5118_test
