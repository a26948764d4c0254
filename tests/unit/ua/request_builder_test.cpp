#include "ua/request_builder.h"

#include <catch2/catch.hpp>

#include "message/contact.h"
#include "message/mandatory_headers.h"

namespace request_builder_test {

using namespace sip;

namespace {

constexpr RequestBuilder::Destination to_bob{"sip:bob@example.org", "sip:bob@example.org"};

Account alice() {
  Account account;
  account.address = "sip:alice@example.org";
  account.display_name = "Alice \"A\"";
  account.instance = "urn:uuid:1";
  return account;
}

std::string field(const std::string& text, HeaderName name) {
  const auto view = MessageView::parse(text);
  REQUIRE(view);
  return std::string(view->value(name).value_or("(absent)"));
}

const RequestBuilder::Authorization nothing;
Registration::Register ask(Seconds expires = Seconds(600)) { return {expires, "sip:example.org"}; }

}  // namespace

TEST_CASE("REGISTER carries what RFC 7118 and RFC 5626 ask of a browser") {
  RequestBuilder builder(alice(), Random(seed_from(1)));
  const auto request = builder.register_request({Protocol::wss, 7, nothing}, ask());
  const auto view = MessageView::parse(request.text);
  REQUIRE(view);
  const auto headers = MandatoryHeaders::parse(*view);
  REQUIRE(headers);
  CHECK(view->request_uri() == "sip:example.org");
  CHECK(headers->via.transport == "WSS");
  CHECK(headers->via.host == builder.sent_by());
  CHECK(headers->via.host.ends_with(".invalid"));
  CHECK(headers->via.branch() == request.branch);
  CHECK(headers->via.params.has("rport"));
  CHECK(headers->cseq.number == 7);
  CHECK(headers->max_forwards == 70u);
  CHECK(headers->to.tag().empty());
  CHECK_FALSE(headers->from.tag().empty());
  CHECK(field(request.text, HeaderName::supported) == "outbound, path, gruu");
  const auto contact = Contact::parse(*view->value(HeaderName::contact));
  REQUIRE(contact);
  CHECK(contact->address.uri.text == builder.contact());
  CHECK(contact->address.uri.params.value("transport") == "ws");
  CHECK(contact->address.params.value("+sip.instance") == "<urn:uuid:1>");
  CHECK(contact->address.params.value("reg-id") == "1");
  CHECK(contact->expires == Seconds(600));
}

TEST_CASE("all REGISTERs of one client share Call-ID and From tag (10.2.4)") {
  RequestBuilder builder(alice(), Random(seed_from(1)));
  const auto first = builder.register_request({Protocol::ws, 1, nothing}, ask());
  const auto second = builder.register_request({Protocol::ws, 2, nothing}, ask());
  CHECK(field(first.text, HeaderName::call_id) == field(second.text, HeaderName::call_id));
  CHECK(field(first.text, HeaderName::from) == field(second.text, HeaderName::from));
  CHECK(first.branch != second.branch);
}

TEST_CASE("MESSAGE has no Contact, and its Date is that of the first sending") {
  RequestBuilder builder(alice(), Random(seed_from(1)));
  const Draft draft{"bob", "hello", "text/plain", "m1", UnixTime(Milliseconds(1'289'690'940'000))};
  const auto request = builder.message({Protocol::ws, 3, nothing}, draft, to_bob);
  const auto view = MessageView::parse(request.text);
  REQUIRE(view);
  CHECK(view->method() == "MESSAGE");
  CHECK(view->request_uri() == "sip:bob@example.org");
  CHECK(view->count(HeaderName::contact) == 0);
  CHECK(field(request.text, HeaderName::call_id) == "m1");
  CHECK(field(request.text, HeaderName::date) == "Sat, 13 Nov 2010 23:29:00 GMT");
  CHECK(field(request.text, HeaderName::content_length) == "5");
  CHECK(view->body() == "hello");
}

TEST_CASE("the same message is the same after a reload: Call-ID and From tag do not depend on chance") {
  const Draft draft{"bob", "hello", "text/plain", "m1", {}};
  RequestBuilder before(alice(), Random(seed_from(1)));
  RequestBuilder after(alice(), Random(seed_from(2)));
  const auto first = before.message({Protocol::ws, 3, nothing}, draft, to_bob);
  const auto second = after.message({Protocol::ws, 9, nothing}, draft, to_bob);
  CHECK(field(first.text, HeaderName::from) == field(second.text, HeaderName::from));
  CHECK(field(first.text, HeaderName::from).starts_with("\"Alice \\\"A\\\"\" <sip:alice@example.org>;tag="));
}

TEST_CASE("an account is valid when nothing in it can break a header field") {
  struct Case {
    const char* address;
    const char* display_name;
    const char* instance;
    bool valid;
  };
  const Case cases[] = {
      {"sip:alice@example.org", "", "", true},
      {"sips:alice@example.org:5061", "Alice", "urn:uuid:1", true},
      {"sip:example.org", "", "", false},
      {"tel:+81312345678", "", "", false},
      {"alice", "", "", false},
      {"sip:alice@example.org?Subject=x", "", "", false},
      {"sip:alice@example.org", "A\r\nB", "", false},
      {"sip:alice@example.org", "", "urn:uuid:1>\"", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.address, c.display_name, c.instance);
    Account account;
    account.address = c.address;
    account.display_name = c.display_name;
    account.instance = c.instance;
    CHECK(is_valid(account) == c.valid);
  }
}

TEST_CASE("a SIPS account is reached by a SIPS Contact (8.1.1.8)") {
  Account account = alice();
  account.address = "sips:alice@example.org";
  CHECK(RequestBuilder(account, Random(seed_from(1))).contact().starts_with("sips:alice@"));
}

TEST_CASE("parameters for push are in the Contact of REGISTER, and not when it says goodbye (RFC 8599 4.1)") {
  Account account = alice();
  account.contact_params = "pn-provider=webpush;pn-prid=https:%2F%2Fpush.example%2F1";
  RequestBuilder builder(account, Random(seed_from(1)));
  const auto hello = builder.register_request({Protocol::ws, 1, nothing}, ask());
  const std::string first = field(hello.text, HeaderName::contact);
  const auto contact = Contact::parse(first);
  REQUIRE(contact);
  CHECK(contact->address.uri.params.value("pn-provider") == "webpush");
  CHECK(contact->address.uri.params.value("pn-prid") == "https:%2F%2Fpush.example%2F1");
  CHECK(contact->address.params.has("+sip.pnsreg"));
  CHECK(equivalent(contact->address.uri, *Uri::parse(builder.contact())));
  const auto goodbye = builder.register_request({Protocol::ws, 2, nothing}, ask(Seconds(0)));
  CHECK(field(goodbye.text, HeaderName::contact).find("pn-") == std::string::npos);
  const Draft draft{"bob", "hello", "text/plain", "m1", {}};
  const auto message = builder.message({Protocol::ws, 3, nothing}, draft, to_bob);
  CHECK(message.text.find("pn-") == std::string::npos);
}

TEST_CASE("a registration without outbound has neither the option nor reg-id") {
  RequestBuilder builder(alice(), Random(seed_from(1)));
  auto wish = ask();
  wish.outbound = Registration::Outbound::not_asked;
  const auto request = builder.register_request({Protocol::ws, 1, nothing}, wish);
  CHECK(field(request.text, HeaderName::supported) == "path, gruu");
  CHECK(field(request.text, HeaderName::contact).find("reg-id") == std::string::npos);
  CHECK(field(request.text, HeaderName::contact).find("+sip.instance") != std::string::npos);
}

TEST_CASE("a service route is the Route of MESSAGE, in its order, and not of REGISTER (RFC 3608 6.1)") {
  RequestBuilder builder(alice(), Random(seed_from(1)));
  builder.service_route({{"<sip:p1.example.org;lr>", "<sip:p2.example.org;lr>"}});
  const Draft draft{"bob", "hello", "text/plain", "m1", {}};
  const auto message = builder.message({Protocol::ws, 3, nothing}, draft, to_bob);
  const auto view = MessageView::parse(message.text);
  REQUIRE(view);
  ValueReader routes(*view, HeaderName::route);
  CHECK(routes.next() == "<sip:p1.example.org;lr>");
  CHECK(routes.next() == "<sip:p2.example.org;lr>");
  CHECK_FALSE(routes.next());
  const auto hello = builder.register_request({Protocol::ws, 1, nothing}, ask());
  CHECK(MessageView::parse(hello.text)->count(HeaderName::route) == 0);
}

TEST_CASE("an account's servers, token, push parameters and times are within their limits") {
  const auto is_good_with = [](const auto& change) {
    Account account = alice();
    change(account);
    return is_valid(account);
  };
  CHECK(is_good_with([](Account& a) { a.servers = {"ws.example.org:8443", "[2001:db8::1]:80"}; }));
  CHECK_FALSE(is_good_with([](Account& a) { a.servers = {"x y"}; }));
  CHECK_FALSE(is_good_with([](Account& a) { a.servers = {""}; }));
  CHECK_FALSE(is_good_with([](Account& a) { a.servers.assign(Account::max_servers + 1, "a"); }));
  CHECK(is_good_with([](Account& a) { a.token = "mF_9.B5f-4.1JqM=="; }));
  CHECK_FALSE(is_good_with([](Account& a) { a.token = "a b"; }));
  CHECK(is_good_with([](Account& a) { a.contact_params = "pn-provider=fcm;pn-prid=1"; }));
  CHECK_FALSE(is_good_with([](Account& a) { a.contact_params = "pn-provider=fcm>;x=1"; }));
  CHECK_FALSE(is_good_with([](Account& a) { a.contact_params = "transport=udp"; }));
  CHECK_FALSE(is_good_with([](Account& a) { a.contact_params = "a=1?Subject=x"; }));
  CHECK_FALSE(is_good_with([](Account& a) { a.recovery.base_time = Milliseconds(0); }));
  CHECK_FALSE(is_good_with([](Account& a) { a.recovery.max_time = Milliseconds(1); }));
  CHECK_FALSE(is_good_with([](Account& a) { a.ping_interval = Milliseconds(0); }));
}

}  // namespace request_builder_test
