#include "ua/request_builder.h"

#include <catch2/catch.hpp>

#include "message/contact.h"
#include "message/mandatory_headers.h"

using namespace sip;

namespace {

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

}  // namespace

TEST_CASE("REGISTER carries what RFC 7118 and RFC 5626 ask of a browser") {
  RequestBuilder builder(alice(), Random(seed_from(1)));
  const auto request = builder.register_request({Protocol::wss, 7, nothing}, Seconds(600));
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
  CHECK(field(request.text, HeaderName::supported) == "outbound, path");
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
  const auto first = builder.register_request({Protocol::ws, 1, nothing}, Seconds(600));
  const auto second = builder.register_request({Protocol::ws, 2, nothing}, Seconds(600));
  CHECK(field(first.text, HeaderName::call_id) == field(second.text, HeaderName::call_id));
  CHECK(field(first.text, HeaderName::from) == field(second.text, HeaderName::from));
  CHECK(first.branch != second.branch);
}

TEST_CASE("MESSAGE has no Contact, and its Date is that of the first sending") {
  RequestBuilder builder(alice(), Random(seed_from(1)));
  const Draft draft{"bob", "hello", "text/plain", "m1", UnixTime(Milliseconds(1'289'690'940'000))};
  const auto request = builder.message({Protocol::ws, 3, nothing}, draft, "sip:bob@example.org");
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
  const auto first = before.message({Protocol::ws, 3, nothing}, draft, "sip:bob@example.org");
  const auto second = after.message({Protocol::ws, 9, nothing}, draft, "sip:bob@example.org");
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
