#include "im/inbox.h"

#include <catch2/catch.hpp>

#include "inbox_bench.h"

namespace inbox_test {

using namespace sip;

TEST_CASE("a MESSAGE is shown, and answered 200 with nothing but the status") {
  InboxBench bench;
  const Judgement judgement = bench.judge({});
  CHECK(judgement.status == 200);
  // RFC 3428 7: a 2xx to MESSAGE has neither a body nor a Contact.
  CHECK(judgement.headers.empty());
  REQUIRE(judgement.message);
  CHECK(judgement.message->from == "sip:bob@example.org");
  CHECK(judgement.message->display_name == "Bob");
  CHECK(judgement.message->content_type == "text/plain");
  CHECK(judgement.message->body == "hello");
  CHECK(judgement.message->id == "call-1");
  CHECK(judgement.message->sent == noon);
}

TEST_CASE("the message of RFC 3428 10 is shown, in the form in which its recipient gets it") {
  const std::string text =
      "MESSAGE sip:user2@domain.com SIP/2.0\r\nVia: SIP/2.0/TCP proxy.domain.com;branch=z9hG4bK123dsghds\r\n"
      "Via: SIP/2.0/TCP user1pc.domain.com;branch=z9hG4bK776sgdkse;\r\n"
      "                                           received=1.2.3.4\r\n"
      "Max-Forwards: 69\r\nFrom: sip:user1@domain.com;tag=49394\r\nTo: sip:user2@domain.com\r\n"
      "Call-ID: asd88asd77a@1.2.3.4\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: "
      "18\r\n\r\n"
      "Watson, come here.";
  InboxBench bench;
  const Judgement judgement = bench.judge_text(text);
  CHECK(judgement.status == 200);
  REQUIRE(judgement.message);
  CHECK(judgement.message->from == "sip:user1@domain.com");
  CHECK(judgement.message->body == "Watson, come here.");
  CHECK(judgement.message->id == "asd88asd77a@1.2.3.4");
}

TEST_CASE("the sender is the URI of From without its parameters") {
  const auto [from, uri, name] = GENERATE(table<std::string, std::string, std::string>({
      {"<sip:bob@Example.ORG;transport=tcp>;tag=1", "sip:bob@example.org", ""},
      {"sip:bob@example.org;tag=1", "sip:bob@example.org", ""},
      {"Bob Smith <sip:bob@example.org>;tag=1", "sip:bob@example.org", "Bob Smith"},
      {R"("Bob \"B\" Smith" <sip:bob@example.org>;tag=1)", "sip:bob@example.org", R"(Bob "B" Smith)"},
      {"\"B\xc3\xb6rge\" <sip:bob@example.org>;tag=1", "sip:bob@example.org", "B\xc3\xb6rge"},
      {"\"B\xf6rge\" <sip:bob@example.org>;tag=1", "sip:bob@example.org", ""},
      {"<tel:+15551234>;tag=1", "tel:+15551234", ""},
  }));
  CAPTURE(from);
  InboxBench bench;
  const Judgement judgement = bench.judge({.from = from});
  REQUIRE(judgement.message);
  CHECK(judgement.message->from == uri);
  CHECK(judgement.message->display_name == name);
}

TEST_CASE("OPTIONS tells the methods and the content that are served") {
  // RFC 3261 11.2.
  InboxBench bench;
  const Judgement judgement = bench.judge({.method = "OPTIONS", .fields = {}, .body = ""});
  CHECK(judgement.status == 200);
  CHECK(value(judgement, HeaderName::allow) == "MESSAGE, OPTIONS");
  CHECK(value(judgement, HeaderName::accept) == std::string(understood_types));
  CHECK(value(judgement, HeaderName::accept_encoding) == "identity");
  CHECK(value(judgement, HeaderName::accept_language) == "*");
  CHECK(value(judgement, HeaderName::supported) == "outbound, path");
  CHECK_FALSE(judgement.message);
}

TEST_CASE(
    "another method gets 405 with Allow, one that no RFC knows 501 (21.5.2), before the scheme is looked "
    "at") {
  const std::string method = GENERATE("INVITE", "BYE", "SUBSCRIBE", "message", "X-NEW");
  CAPTURE(method);
  InboxBench bench;
  const Judgement judgement = bench.judge(
      {.method = method, .uri = "mailto:alice@example.org", .fields = {"Require: 100rel"}, .body = ""});
  CHECK(judgement.status == (method == "message" || method == "X-NEW" ? 501 : 405));
  CHECK(value(judgement, HeaderName::allow) == "MESSAGE, OPTIONS");
  CHECK_FALSE(judgement.message);
}

TEST_CASE("CANCEL of a transaction that is not there gets 481, whatever it requires") {
  // RFC 3261 9.2; 8.2.2.3: Require does not count in a CANCEL.
  InboxBench bench;
  const Judgement judgement = bench.judge({.method = "CANCEL", .fields = {"Require: 100rel"}, .body = ""});
  CHECK(judgement.status == 481);
  CHECK(judgement.headers.empty());
}

TEST_CASE("a Request-URI of another scheme gets 416, one that is no URI 400, im and tel are ours") {
  // RFC 3261 8.2.2.1, RFC 3428 5.
  const auto [uri, status] = GENERATE(table<std::string, int>({{"tel:+15551234", 200},
                                                               {"im:alice@example.org", 200},
                                                               {"IM:alice@example.org", 200},
                                                               {"http://example.org/", 416},
                                                               {"mailto:alice@example.org", 416},
                                                               {"pres:alice@example.org", 416},
                                                               {"im:alice", 416},
                                                               {"tel:alice", 416},
                                                               {"sip:@example.org", 400},
                                                               {"alice", 400},
                                                               {"sip:alice@example.org", 200},
                                                               {"sips:alice@example.org", 200}}));
  CAPTURE(uri);
  InboxBench bench;
  const Judgement judgement = bench.judge({.uri = uri});
  CHECK(judgement.status == status);
  CHECK(judgement.message.has_value() == (status == 200));
}

TEST_CASE("an extension that must be understood gets 420 with all of them in Unsupported") {
  // RFC 3261 8.2.2.3.
  const std::string method = GENERATE("MESSAGE", "OPTIONS");
  CAPTURE(method);
  InboxBench bench;
  const Judgement judgement = bench.judge(
      {.method = method, .fields = {"Content-Type: text/plain", "Require: 100rel,timer", "Require: x-new"}});
  CHECK(judgement.status == 420);
  CHECK(value(judgement, HeaderName::unsupported) == "100rel, timer, x-new");
  CHECK_FALSE(judgement.message);
}

TEST_CASE("an extension is judged before the content, the scheme before both") {
  // RFC 3261 8.2: the order of the checks.
  InboxBench bench;
  Phone phone{.fields = {"Require: x-new", "Content-Type: image/png"}};
  CHECK(bench.judge(phone).status == 420);
  phone.uri = "mailto:alice@example.org";
  CHECK(bench.judge(phone).status == 416);
}

TEST_CASE("Supported and Proxy-Require ask nothing of a recipient") {
  InboxBench bench;
  CHECK(bench.shows({.fields = {"Content-Type: text/plain", "Supported: timer", "Proxy-Require: x-new"}}));
}

TEST_CASE("another version of SIP gets 505, SIP/2.0 in any case of letters is served") {
  // RFC 3261 7.1: SIP-Version is case-insensitive.
  const auto [version, status] = GENERATE(
      table<std::string, int>({{"SIP/2.0", 200}, {"sip/2.0", 200}, {"SIP/3.0", 505}, {"SIP/2.01", 505}}));
  CAPTURE(version);
  InboxBench bench;
  CHECK(bench.judge({.version = version}).status == status);
}

TEST_CASE("Date tells when a message was sent, but not the future") {
  const auto [field, sent] = GENERATE(table<std::string, UnixTime>({
      {"Date: Tue, 24 Nov 2026 11:59:59 GMT", noon - Seconds(1)},
      {"Date: Tue, 24 Nov 2026 12:00:00 GMT", noon},
      {"Date: Sat, 13 Nov 2010 23:29:00 GMT", UnixTime(Seconds(1'289'690'940))},
      {"Date: Tue, 24 Nov 2026 12:00:01 GMT", noon},
      {"Date: Fri, 31 Dec 9999 23:59:59 GMT", noon},
      {"Date: Tue, 24 Nov 2026 11:59:59 EST", noon},
      {"Date: yesterday", noon},
  }));
  CAPTURE(field);
  InboxBench bench;
  const Judgement judgement = bench.judge({.fields = {"Content-Type: text/plain", field}});
  REQUIRE(judgement.message);
  CHECK(judgement.message->sent == sent);
}

}  // namespace inbox_test
