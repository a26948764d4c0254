#include "ua/user_agent.h"

#include <catch2/catch.hpp>
#include <vector>

#include "auth/digest_server.h"
#include "message/message.h"
#include "request_text.h"

namespace user_agent_test {

using namespace sip;
using namespace sip::test;

namespace {

constexpr FlowId flow{1};

/// A UserAgent, what it has put out, and a server's words put into its ear.
struct Bench {
  Now now{Instant(Milliseconds(0)), UnixTime(Milliseconds(1'700'000'000'000))};
  UserAgent agent{account(), seed_from(1)};
  std::vector<UserAgent::Output> outputs;

  static Account account() {
    Account account;
    account.address = "sip:alice@example.org";
    account.credentials.password = "secret";
    return account;
  }

  void drain() {
    while (auto output = agent.poll()) outputs.push_back(std::move(*output));
  }
  /// The first output of that kind, removed; everything before it too.
  template <class Output>
  Output expect() {
    drain();
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!std::holds_alternative<Output>(outputs[i])) continue;
      Output output = std::get<Output>(std::move(outputs[i]));
      outputs.erase(outputs.begin(), outputs.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      return output;
    }
    FAIL("no such output");
    std::abort();
  }
  template <class Output>
  std::size_t count() {
    drain();
    std::size_t found = 0;
    for (const auto& output : outputs) found += std::holds_alternative<Output>(output) ? 1 : 0;
    return found;
  }
  std::string sent() { return expect<UserAgent::SendBytes>().bytes; }
  Delivery delivery() { return expect<UserAgent::DeliveryChanged>().delivery; }
  Delivery final_delivery() {
    Delivery last = delivery();
    while (last.state == DeliveryState::queued || last.state == DeliveryState::sending) last = delivery();
    return last;
  }

  void say(const std::string& text) { agent.receive(now, flow, text); }
  void respond(const std::string& request, int status,
               const std::vector<std::pair<HeaderName, std::string>>& fields = {}) {
    const auto view = MessageView::parse(request);
    REQUIRE(view);
    Message response = Message::response_to(*view, status, "server");
    for (const auto& [name, value] : fields) response.add(name, value);
    say(response.finish());
  }
  void connect() {
    agent.start(now);
    expect<UserAgent::OpenFlow>();
    agent.flow_opened(now, flow, Protocol::ws);
  }
  void connect_and_register() {
    connect();
    respond(sent(), 200);
    expect<UserAgent::Registered>();
  }
  std::string incoming(const std::string& method, const std::string& fields, const std::string& body) {
    return method + " sip:alice@k3.invalid;transport=ws SIP/2.0\r\nVia: SIP/2.0/WS server;branch=z9hG4bK" +
           std::to_string(++last_branch) +
           "\r\nFrom: Bob <sip:bob@example.org>;tag=b\r\nTo: <sip:alice@example.org>\r\nCall-ID: c1\r\nCSeq: "
           "1 " +
           method + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  int last_branch = 0;
};

int status_of(const std::string& text) {
  const auto view = MessageView::parse(text);
  return view ? view->status() : 0;
}

}  // namespace

TEST_CASE("a challenge to REGISTER is answered, with a higher CSeq") {
  Bench bench;
  DigestServer server("example.org", Random(seed_from(2)));
  const auto stored = StoredDigest::of("alice", "example.org", "secret");
  bench.connect();
  const std::string first = bench.sent();
  CHECK_FALSE(has(first, "Authorization:"));
  bench.respond(first, 401, {{HeaderName::www_authenticate, server.challenges(bench.now, false).front()}});
  const std::string second = bench.sent();
  const auto view = MessageView::parse(second);
  REQUIRE(view);
  const auto credentials = AuthParams::parse(view->value(HeaderName::authorization).value_or(""));
  REQUIRE(credentials);
  const DigestedRequest request{.method = "REGISTER", .uri = "sip:example.org", .body = {}};
  CHECK(server.verify(bench.now, *credentials, request, stored).verdict == DigestServer::Verdict::accepted);
  bench.respond(second, 200);
  bench.expect<UserAgent::Registered>();
}

TEST_CASE("a wrong password ends the registration and is not tried twice") {
  Bench bench;
  DigestServer server("example.org", Random(seed_from(2)));
  bench.connect();
  for (int i = 0; i < 2; ++i)
    bench.respond(bench.sent(), 401,
                  {{HeaderName::www_authenticate, server.challenges(bench.now, false).front()}});
  bench.expect<UserAgent::CloseFlow>();
  const auto failed = bench.expect<UserAgent::RegistrationFailed>();
  CHECK(failed.trouble == RegistrationTrouble::wrong_password);
  CHECK_FALSE(failed.retry_in);
  CHECK_FALSE(bench.agent.deadline());
}

TEST_CASE("a server that calls every nonce stale is not followed for ever") {
  Bench bench;
  DigestServer server("example.org", Random(seed_from(2)));
  bench.connect();
  int requests = 0;
  while (bench.count<UserAgent::SendBytes>() > 0 && requests < 100) {
    ++requests;
    bench.respond(bench.sent(), 401,
                  {{HeaderName::www_authenticate, server.challenges(bench.now, true).front()}});
  }
  CHECK(requests == 5);
  CHECK(bench.expect<UserAgent::RegistrationFailed>().trouble == RegistrationTrouble::wrong_password);
}

TEST_CASE("what is written before the registration waits for it, and 200 means delivered") {
  Bench bench;
  bench.connect();
  const std::string registration = bench.sent();
  const MessageId id = bench.agent.send(bench.now, {.to = "bob", .body = "hi", .id = {}});
  CHECK(bench.delivery().state == DeliveryState::queued);
  CHECK(bench.count<UserAgent::SendBytes>() == 0);
  bench.respond(registration, 200);
  CHECK(bench.delivery().state == DeliveryState::sending);
  const std::string message = bench.sent();
  CHECK(has(message, "MESSAGE sip:bob@example.org SIP/2.0\r\n"));
  CHECK(has(message, "Call-ID: " + id));
  bench.respond(message, 200);
  CHECK(bench.delivery().state == DeliveryState::delivered);
}

TEST_CASE("a lost connection sends the message again over the next, as the same message") {
  Bench bench;
  bench.connect_and_register();
  bench.agent.send(bench.now, {.to = "bob", .body = "hi", .id = "m1"});
  const std::string before = bench.sent();
  bench.agent.flow_closed(bench.now, flow);
  bench.drain();
  bench.outputs.clear();
  bench.now.mono = *bench.agent.deadline();
  bench.now.wall += Milliseconds(5000);
  bench.agent.advance(bench.now);
  bench.expect<UserAgent::OpenFlow>();
  bench.agent.flow_opened(bench.now, FlowId{2}, Protocol::ws);
  const std::string registration = bench.sent();
  const auto view = MessageView::parse(registration);
  bench.agent.receive(bench.now, FlowId{2}, Message::response_to(*view, 200, "t").finish());
  const std::string after = bench.sent();
  const auto first = MessageView::parse(before);
  const auto again = MessageView::parse(after);
  for (const HeaderName name : {HeaderName::call_id, HeaderName::from, HeaderName::date})
    CHECK(first->value(name) == again->value(name));
  CHECK(first->value(HeaderName::via) != again->value(HeaderName::via));
}

TEST_CASE("a message over the limit is refused with the number of bytes, which excess() tells before") {
  Bench bench;
  bench.connect_and_register();
  Draft draft{.to = "bob", .body = std::string(1300, 'x'), .id = {}};
  const std::size_t over = bench.agent.excess(draft);
  REQUIRE(over > 0);
  bench.agent.send(bench.now, draft);
  const Delivery refused = bench.delivery();
  CHECK(refused.state == DeliveryState::failed);
  CHECK(refused.reason == FailureReason::too_long);
  CHECK(refused.excess == over);
  draft.body.resize(draft.body.size() - over);
  CHECK(bench.agent.excess(draft) == 0);
  bench.agent.send(bench.now, draft);
  const std::size_t size = bench.sent().size();
  CHECK(size <= 1300);
  CHECK(size >= 1299);  // Content-Length may have become a digit shorter
}

TEST_CASE("credentials that take a message over the limit fail it instead of sending it") {
  Bench bench;
  DigestServer server("example.org", Random(seed_from(2)));
  bench.connect_and_register();
  Draft draft{.to = "bob", .body = std::string(1300, 'x'), .id = {}};
  draft.body.resize(draft.body.size() - bench.agent.excess(draft));
  bench.agent.send(bench.now, draft);
  bench.respond(bench.sent(), 407,
                {{HeaderName::proxy_authenticate, server.challenges(bench.now, false).front()}});
  const Delivery failed = bench.final_delivery();
  CHECK(failed.state == DeliveryState::failed);
  CHECK(failed.reason == FailureReason::too_long);
  CHECK(failed.excess > 0);
  CHECK(bench.count<UserAgent::SendBytes>() == 0);
}

TEST_CASE("an address that is none, or text that is not UTF-8, fails at once") {
  Bench bench;
  bench.agent.send(bench.now, {.to = "mailto:bob@example.org", .body = "hi", .id = {}});
  CHECK(bench.delivery().reason == FailureReason::bad_recipient);
  bench.agent.send(bench.now, {.to = "bob", .body = "\xff", .id = {}});
  CHECK(bench.delivery().reason == FailureReason::bad_content);
}

TEST_CASE("a MESSAGE is shown once, and every copy gets its 200") {
  Bench bench;
  bench.connect_and_register();
  const std::string date = "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n";
  bench.say(bench.incoming("MESSAGE", date, "hello"));
  const auto message = bench.expect<UserAgent::MessageReceived>();
  const std::string answer = bench.sent();
  CHECK(status_of(answer) == 200);
  CHECK_FALSE(has(answer, "Contact:"));
  CHECK(has(answer, "Content-Length: 0\r\n"));
  CHECK(message.from == "sip:bob@example.org");
  CHECK(message.display_name == "Bob");
  CHECK(message.body == "hello");
  bench.say(bench.incoming("MESSAGE", date, "hello"));
  CHECK(status_of(bench.sent()) == 200);
  CHECK(bench.count<UserAgent::MessageReceived>() == 0);
}

TEST_CASE("requests are answered as a server answers them") {
  struct Case {
    const char* what;
    std::string request;
    int status;
    const char* carries;
  };
  Bench bench;
  bench.connect_and_register();
  const std::string bad_length =
      "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/WS s;branch=z9hG4bKx\r\nFrom: <sip:b@c>;tag=1\r\n"
      "To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nContent-Length: 99\r\n\r\nshort";
  const std::string bad_cseq =
      "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/WS s;branch=z9hG4bKy\r\nFrom: <sip:b@c>;tag=1\r\n"
      "To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: x MESSAGE\r\n\r\n";
  const std::string long_field = "Subject: " + std::string(max_header_field_size, 'x') + "\r\n";
  std::string many_fields;
  for (std::size_t i = 0; i < max_header_fields; ++i) many_fields += "X: y\r\n";
  std::string many_vias = "Via: SIP/2.0/WS h";
  for (std::size_t i = 0; i < max_list_values; ++i) many_vias += ",SIP/2.0/WS h";
  many_vias += "\r\n";
  const std::string long_body(max_message_size, 'x');
  std::string long_uri = bench.incoming("MESSAGE", "", "");
  long_uri.insert(long_uri.find("alice"), std::string(max_uri_size, 'a'));
  const Case cases[] = {
      {"OPTIONS", bench.incoming("OPTIONS", "", ""), 200, "Allow: MESSAGE, OPTIONS"},
      {"a method not served", bench.incoming("PUBLISH", "", ""), 405, "Allow: MESSAGE, OPTIONS"},
      {"INVITE", bench.incoming("INVITE", "", ""), 405, "Allow: MESSAGE, OPTIONS"},
      {"a picture", bench.incoming("MESSAGE", "Content-Type: image/png\r\n", "x"), 415, "Accept: text/plain"},
      {"an extension", bench.incoming("MESSAGE", "Require: foo\r\n", "x"), 420, "Unsupported: foo"},
      {"a wrong Content-Length", bad_length, 400, "Content-Length"},
      {"a malformed CSeq", bad_cseq, 400, "CSeq"},
      {"a header field past its limit", bench.incoming("MESSAGE", long_field, ""), 513, "Message Too Large"},
      {"more header fields than the limit", bench.incoming("MESSAGE", many_fields, ""), 513, "Via: "},
      {"more values of a list than the limit", bench.incoming("MESSAGE", many_vias, ""), 513,
       many_vias.c_str()},
      {"a message past its limit", bench.incoming("MESSAGE", "", long_body), 513, "Call-ID: c1"},
      {"a Request-URI past its limit", long_uri, 414, "CSeq: 1 MESSAGE"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    bench.say(c.request);
    const std::string answer = bench.sent();
    CHECK(status_of(answer) == c.status);
    CHECK(has(answer, c.carries));
  }
}

TEST_CASE("ACK, garbage, keep-alives and responses to others are dropped without a word") {
  Bench bench;
  bench.connect_and_register();
  for (const std::string& text :
       {bench.incoming("ACK", "", ""), std::string("garbage"), std::string("\r\n"), std::string(),
        std::string("SIP/2.0 200 OK\r\nVia: SIP/2.0/WS other.invalid;branch=z9hG4bK1\r\nFrom: "
                    "<sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n\r\n")})
    bench.say(text);
  bench.drain();
  CHECK(bench.outputs.empty());
}

TEST_CASE("stop() removes the binding and closes the flow") {
  Bench bench;
  bench.connect_and_register();
  bench.agent.stop(bench.now);
  const std::string goodbye = bench.sent();
  CHECK(has(goodbye, ";expires=0\r\n"));
  bench.respond(goodbye, 200);
  CHECK(bench.expect<UserAgent::CloseFlow>().flow == flow);
  bench.expect<UserAgent::Unregistered>();
}

}  // namespace user_agent_test
