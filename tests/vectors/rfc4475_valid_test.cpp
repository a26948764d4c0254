#include "elements.h"
#include "message/media_type.h"

namespace rfc4475_valid_test {

// RFC 4475 3.1.1: well-formed messages. INVITE is refused by everyone here: the agents don't serve it (405,
// RFC 3261 8.2.1), and the relay has nobody to forward it to. What shows that it was understood is that it is
// not 400.

using namespace vectors;

namespace {

struct Read {
  std::string text;
  Result<MessageView> message;
  Result<MandatoryHeaders> headers;

  explicit Read(const std::string& name)
      : text(read_vector("rfc4475/" + name)), message(parse(text)), headers(*read(message)) {}
  static Result<MessageView> parse(const std::string& text) {
    auto message = MessageView::parse(text);
    REQUIRE(message);
    REQUIRE_FALSE(message->trim_body(MessageView::Framing::datagram));
    return message;
  }
  static Result<MandatoryHeaders> read(const Result<MessageView>& message) {
    auto headers = MandatoryHeaders::parse(*message);
    REQUIRE(headers);
    return headers;
  }
  std::vector<std::string_view> values(HeaderName name) const {
    std::vector<std::string_view> all;
    ValueReader reader(*message, name);
    while (const auto value = reader.next()) all.emplace_back(*value);
    return all;
  }
};

}  // namespace

TEST_CASE("RFC 4475 3.1.1.1 wsinv: folds, white space, escapes and odd cases leave every value readable") {
  const Read read("wsinv");
  CHECK(defect(read.text).empty());
  const auto uri = Uri::parse(read.message->request_uri());
  CHECK(uri->params.has("unknownparam"));
  CHECK_FALSE(uri->params.value("unknownparam"));
  CHECK(read.headers->to.uri.text == "sip:vivekg@chair-dnrc.example.com");
  CHECK(read.headers->to.tag() == "1918181833n");
  CHECK(read.headers->from.display_name == "J Rosenberg \\\\\\\"");
  CHECK(read.headers->from.tag() == "98asjd8");
  CHECK(read.headers->max_forwards == 68);
  CHECK(read.headers->cseq.number == 9);
  CHECK(read.headers->cseq.method == "INVITE");
  CHECK(read.message->value(HeaderName::subject)->empty());
  CHECK(read.message->body().size() == 150);
  const auto vias = read.values(HeaderName::via);
  REQUIRE(vias.size() == 3);
  CHECK(Via::parse(vias[0])->host == "192.0.2.2");
  CHECK(Via::parse(vias[0])->branch() == "390skdjuw");
  CHECK(Via::parse(vias[1])->transport == "TCP");
  CHECK(Via::parse(vias[1])->host == "spindle.example.com");
  CHECK(Via::parse(vias[1])->branch() == "z9hG4bK9ikj8");
  CHECK(Via::parse(vias[2])->host == "192.168.255.111");
  CHECK(Via::parse(vias[2])->branch() == "z9hG4bK30239");
  const auto contact = Contact::parse(read.values(HeaderName::contact).at(0));
  CHECK(contact->address.display_name == "Quoted string \\\"\\\"");
  CHECK(contact->address.params.value("newparam") == "newvalue");
  CHECK(contact->address.params.has("secondparam"));
  CHECK(contact->q_thousandths == 330);
  const auto route = NameAddr::parse(read.values(HeaderName::route).at(0));
  CHECK(route->uri.params.has("lr"));
  CHECK(route->uri.params.value("unknownwith") == "value");
  CHECK(route->uri.params.has("unknown-no-value"));
  check_answers(read.text, {405, 405, 404});
}

TEST_CASE("RFC 4475 3.1.1.1 wsinv: a proxy forwards what it does not know unchanged") {
  std::string text = with(read_vector("rfc4475/wsinv"), "INVITE", "MESSAGE");
  text = with(text, "chair-dnrc.example.com;unknownparam", "example.com;unknownparam");
  Element element;
  element.enrol("vivekg");
  const Reply reply = element.say(text);
  REQUIRE(reply.forwarded.size() == 1);
  for (const char* line :
       {"\r\nUnknownHeaderWithUnusualValue: ;;,,;;,;\r\n",
        "\r\nNewFangledHeader:   newfangled value\r\n continued newfangled value\r\n", "\r\ns :\r\n",
        "\r\nTO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n",
        "\r\nMax-Forwards: 67\r\n"})
    CHECK(reply.forwarded[0].find(line) != std::string::npos);
}

TEST_CASE("RFC 4475 3.1.1.2 intmeth: every token and quoted character is read; the method is unknown") {
  const Read read("intmeth");
  CHECK(defect(read.text).empty());
  CHECK(read.message->method() == "!interesting-Method0123456789_*+`.%indeed'~");
  const auto uri = Uri::parse(read.message->request_uri());
  CHECK(uri->user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  CHECK(uri->password == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  CHECK(uri->host == "example.com");
  CHECK(read.headers->via.branch() == "z9hG4bK-.!%66*_+`'~");
  using namespace std::string_view_literals;
  CHECK(read.headers->to.display_name == "BEL:\\\x07 NUL:\\\0 DEL:\\\x7F"sv);
  CHECK(read.headers->from.display_name == "token1~` token2'+_ token3*%!.-");
  CHECK(read.headers->from.params.value("fromParam''~+*_!.-%") ==
        "\xD1\x80\xD0\xB0\xD0\xB1\xD0\xBE\xD1\x82\xD0\xB0\xD1\x8E\xD1\x89\xD0\xB8\xD0\xB9");
  CHECK(read.headers->from.tag() == "_token~1'+`*%!-.");
  CHECK(read.headers->call_id == "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
  CHECK(read.headers->cseq.number == 139122385);
  CHECK(read.headers->max_forwards == 255);
  bool has_extension = false;
  for (const HeaderField& field : read.message->fields())
    has_extension |= field.name_text == "extensionHeader-!.%*+_`'~" &&
                     field.value == "\xEF\xBB\xBF\xE5\xA4\xA7\xE5\x81\x9C\xE9\x9B\xBB";
  CHECK(has_extension);
  // "Endpoints will generate a 501 listing the methods they understand in an Allow header field."
  for (const Protocol protocol : {Protocol::ws, Protocol::udp}) {
    const Reply reply = Agent(protocol).say(read.text);
    CHECK(reply.status == 501);
    CHECK(reply.field(HeaderName::allow) == served_methods);
  }
}

TEST_CASE("RFC 4475 3.1.1.2 intmeth: a proxy forwards to the unusual user, and knows no other") {
  const std::string text = read_vector("rfc4475/intmeth");
  Element element;
  element.enrol("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  const Reply reply = element.say(text);
  REQUIRE(reply.forwarded.size() == 1);
  CHECK(reply.forwarded[0].starts_with(
      "!interesting-Method0123456789_*+`.%indeed'~ sip:phone@198.51.100.7 SIP/2.0\r\n"));
  // From claims our domain: whoever proves it learns that there is no such user.
  Element strict("example.com", true);
  CHECK(strict.say(text).status == 407);
  Element strange("example.com", true);
  const Reply challenged = strange.say(text);
  CHECK(challenged.status == 407);
  const std::string by_stranger =
      with(with(text, "mundane@example.com", "mundane@example.net"), "-.!%66", "-.!%67");
  strange.knows_users = false;
  CHECK(strange.say(by_stranger).status == 480);
}

TEST_CASE("RFC 4475 3.1.1.3 esc01: escapes are undone once, and only in URIs") {
  const Read read("esc01");
  CHECK(defect(read.text).empty());
  const auto uri = Uri::parse(read.message->request_uri());
  CHECK(uri->user == "sips%3Auser%40example.com");
  CHECK(uri->host == "example.net");
  CHECK(relay::user_of(*uri) == "sips:user@example.com");
  CHECK(equivalent(read.headers->to.uri, *Uri::parse("sip:user@example.com")));
  CHECK(relay::user_of(read.headers->from.uri) == "I have spaces");
  const auto contact = Contact::parse(read.values(HeaderName::contact).at(0));
  CHECK(equivalent(contact->address.uri, *Uri::parse("sip:caller@host5.example.net;lr;name=value%2541")));
  CHECK_FALSE(equivalent(contact->address.uri, *Uri::parse("sip:caller@host5.example.net;lr;name=valueA")));
  check_answers(read.text, {405, 405, 403});
}

TEST_CASE("RFC 4475 3.1.1.4 escnull: an escaped NUL does not end a user; both contacts are bound") {
  const Read read("escnull");
  CHECK(defect(read.text).empty());
  using namespace std::string_literals;
  CHECK(relay::user_of(read.headers->to.uri) == "null-\0-null"s);
  Element element;
  const Reply reply = element.say(read.text);
  CHECK(reply.status == 200);
  const auto contacts = reply.values(HeaderName::contact);
  REQUIRE(contacts.size() == 2);
  CHECK(Contact::parse(contacts[0])->address.uri.text == "sip:%00@host5.example.com");
  CHECK(Contact::parse(contacts[1])->address.uri.text == "sip:%00%00@host5.example.com");
  CHECK(Agent(Protocol::ws).say(read.text).status == 405);
  // Nobody else is reached by the name cut short.
  const std::string other =
      with(with(read.text, "null-%00-null", "null-"), "Contact: <sip:%00@host5.example.com>\r\n", "");
  Element fresh;
  fresh.say(read.text);
  const Reply fetched = fresh.say(
      with(with(other, "Contact: <sip:%00%00@host5.example.com>\r\n", ""), "z9hG4bKkdjuw", "z9hG4bKother"));
  CHECK(fetched.status == 200);
  CHECK(fetched.values(HeaderName::contact).empty());
}

TEST_CASE("RFC 4475 3.1.1.5 esc02: % is no escape in methods, display names and header names") {
  const Read read("esc02");
  CHECK(defect(read.text).empty());
  CHECK(read.message->method() == "RE%47IST%45R");
  CHECK(read.headers->to.display_name == "%Z%45");
  CHECK(read.headers->from.display_name == "%Z%45");
  CHECK(read.headers->via.branch() == "z9hG4bK209%fzsnel234");
  const auto contacts = read.values(HeaderName::contact);
  REQUIRE(contacts.size() == 2);
  CHECK(Contact::parse(contacts[0])->address.uri.user == "alias1");
  CHECK(Contact::parse(contacts[1])->address.uri.user == "alias3");
  // "An endpoint would reject this message with a 501"; so does the relay where it is the one that is meant.
  check_answers(read.text, {501, 501, 501}, "registrar.example.com");
}

TEST_CASE("RFC 4475 3.1.1.6 lwsdisp: a display name may touch its angle bracket") {
  const Read read("lwsdisp");
  CHECK(defect(read.text).empty());
  CHECK(read.headers->from.display_name == "caller");
  CHECK(read.headers->from.uri.text == "sip:caller@example.com");
  CHECK(Agent(Protocol::ws).say(read.text).status == 200);
  CHECK(Agent(Protocol::udp).say(read.text).status == 200);
  Element element;
  element.enrol("user");
  CHECK(element.say(read.text).forwarded.size() == 1);
}

TEST_CASE("RFC 4475 3.1.1.7 longreq: long values are read to their end") {
  const Read read("longreq");
  CHECK(defect(read.text).empty());
  CHECK(read.headers->to.display_name.size() ==
        std::string_view("I have a user name of  proportion").size() + 70);
  CHECK(read.headers->to.uri.port == 6000);
  CHECK(read.headers->to.uri.params.value("unknownparam1")->size() == 4 + 20 * 4 + 5);
  CHECK(read.headers->from.uri.user.size() == 5 * std::string_view("amazinglylongcallername").size());
  CHECK(read.headers->from.tag().size() == 2 + 50 * 3 + 3);
  CHECK(read.headers->call_id.size() == 11 + 20 * 6 + 10);
  const auto vias = read.values(HeaderName::via);
  REQUIRE(vias.size() == 34);
  CHECK(Via::parse(vias[0])->host == "sip33.example.com");
  CHECK(Via::parse(vias[33])->params.value("received") == "192.0.2.5");
  CHECK(Via::parse(vias[33])->branch().size() == 4 + 50 * 4 + 11);
  check_answers(read.text, {405, 405, 480});
}

TEST_CASE("RFC 4475 3.1.1.8 dblreq: what follows the body in a datagram is noise") {
  const std::string text = read_vector("rfc4475/dblreq");
  CHECK(defect(text).empty());
  auto message = MessageView::parse(text);
  CHECK_FALSE(message->trim_body(MessageView::Framing::datagram));
  CHECK(message->body().empty());
  CHECK(MessageEdit(*message).write().find("INVITE") == std::string::npos);
  // RFC 7118 5: a WebSocket frame holds one message, so there it is an error.
  check_answers(text, {400, 405, 200});
}

TEST_CASE("RFC 4475 3.1.1.9 semiuri: a semicolon before the '@' belongs to the user") {
  const Read read("semiuri");
  CHECK(defect(read.text).empty());
  const auto uri = Uri::parse(read.message->request_uri());
  CHECK(relay::user_of(*uri) == "user;par=u@example.net");
  CHECK(uri->host == "example.com");
  CHECK(uri->params.text().empty());
  CHECK(read.values(HeaderName::accept).size() == 6);
  CHECK(Agent(Protocol::ws).say(read.text).status == 200);
  CHECK(Agent(Protocol::udp).say(read.text).status == 200);
  Element element;
  element.enrol("user;par=u%40example.net");
  CHECK(element.say(read.text).forwarded.size() == 1);
}

TEST_CASE("RFC 4475 3.1.1.10 transports: the transports of the hops before do not matter") {
  const Read read("transports");
  CHECK(defect(read.text).empty());
  const auto vias = read.values(HeaderName::via);
  REQUIRE(vias.size() == 5);
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(Via::parse(vias[i])->transport == std::vector{"UDP", "SCTP", "TLS", "UNKNOWN", "TCP"}[i]);
  CHECK(read.headers->call_id == "transports.kijh4akdnaqjkwendsasfdj");
  for (const Protocol protocol : {Protocol::ws, Protocol::udp}) {
    const Reply reply = Agent(protocol).say(read.text);
    CHECK(reply.status == 200);
    CHECK(reply.values(HeaderName::via) == std::vector<std::string>(vias.begin(), vias.end()));
  }
  Element element;
  element.enrol("user");
  CHECK(element.say(read.text).forwarded.size() == 1);
}

TEST_CASE("RFC 4475 3.1.1.11 mpart01: a body with NUL bytes is framed by its length and passed on whole") {
  const Read read("mpart01");
  CHECK(defect(read.text).empty());
  CHECK(read.message->body().size() == 553);
  CHECK(read.message->body().find('\0') != std::string_view::npos);
  const auto type = MediaType::parse(*read.message->value(HeaderName::content_type));
  CHECK(type->is("multipart", "mixed"));
  CHECK(type->params.value("boundary") == "7a9cbec02ceef655");
  // The agent cannot show it: 415 with Accept (RFC 3261 8.2.3).
  for (const Protocol protocol : {Protocol::ws, Protocol::udp}) {
    const Reply reply = Agent(protocol).say(read.text);
    CHECK(reply.status == 415);
    CHECK(reply.field(HeaderName::accept) == understood_types);
  }
  Element element("example.org");
  // Over a stream, for it is more than a datagram may carry (RFC 3428 8).
  element.sender = {FlowId{2}, {Protocol::tcp, *IpAddress::parse("198.51.100.9"), 5060}};
  element.enrol("kumiko");
  const Reply reply = element.say(read.text);
  REQUIRE(reply.forwarded.size() == 1);
  CHECK(MessageView::parse(reply.forwarded[0])->body() == read.message->body());
}

TEST_CASE("RFC 4475 3.1.1.12 unreason, 3.1.1.13 noreason: any reason phrase is read, none as well") {
  const Read unusual("unreason");
  CHECK(defect(unusual.text).empty());
  CHECK(unusual.message->status() == 200);
  CHECK(unusual.message->reason().starts_with("= 2**3 * 5**2 \xD0\xBD\xD0\xBE "));
  CHECK(MessageEdit(*unusual.message).write() == unusual.text);
  const Read none("noreason");
  CHECK(defect(none.text).empty());
  CHECK(none.message->status() == 100);
  CHECK(none.message->reason().empty());
  // Nobody here has sent what they answer.
  check_answers(unusual.text, {0, 0, 0});
  check_answers(none.text, {0, 0, 0});
}

TEST_CASE("RFC 4475 3.1.1.12, 3.1.1.13: such an answer counts, and passes a proxy as it is") {
  const std::string name = GENERATE("unreason", "noreason");
  CAPTURE(name);
  const std::string text = read_vector("rfc4475/" + name);
  std::string status_line = text.substr(0, text.find("\r\n"));
  // That a 100 is read would not show.
  if (name == "noreason") status_line = with(status_line, "100", "200");
  const auto answer = [&](const std::string& request) {
    const std::string usual = Message::response_to(*MessageView::parse(request), 200, "r").finish();
    return status_line + usual.substr(usual.find("\r\n"));
  };
  Agent agent(Protocol::ws);
  agent.agent.send(agent.now, {.to = "bob", .body = "hello", .id = "m1"});
  DeliveryState state = DeliveryState::queued;
  while (auto output = agent.agent.poll()) {
    if (auto* sent = std::get_if<UserAgent::SendBytes>(&*output))
      agent.agent.receive(agent.now, FlowId{1}, answer(sent->bytes));
    if (auto* changed = std::get_if<UserAgent::DeliveryChanged>(&*output)) state = changed->delivery.state;
  }
  CHECK(state == DeliveryState::delivered);
  Element element;
  element.enrol("user");
  const Reply forwarded = element.say(read_vector("rfc4475/lwsdisp"));
  REQUIRE(forwarded.forwarded.size() == 1);
  const Reply reply = element.say(answer(forwarded.forwarded[0]));
  CHECK(reply.text.substr(0, reply.text.find("\r\n")) == status_line);
}

}  // namespace rfc4475_valid_test
