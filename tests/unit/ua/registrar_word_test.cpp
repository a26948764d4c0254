#include <catch2/catch.hpp>
#include <vector>

#include "message/message.h"
#include "ua/user_agent.h"

namespace registrar_word_test {

using namespace sip;

namespace {

const std::string bearer =
    R"(Bearer realm="example.org", authz_server="https://as.example.org", scope="sip")";
using Fields = std::vector<std::pair<HeaderName, std::string>>;

/// A UserAgent of alice with its flow open, and what a registrar says to it.
struct Line {
  Now now{Instant(Milliseconds(0)), UnixTime(Milliseconds(1'700'000'000'000))};
  UserAgent agent;
  std::vector<UserAgent::Output> outputs;

  explicit Line(const std::string& token = {}, const std::string& password = {})
      : agent(account(token, password), seed_from(1)) {
    agent.start(now);
    agent.flow_opened(now, FlowId{1}, Protocol::wss);
  }
  static Account account(const std::string& token, const std::string& password) {
    Account account;
    account.address = "sip:alice@example.org";
    account.token = token;
    account.credentials.password = password;
    return account;
  }
  void drain() {
    while (auto output = agent.poll()) outputs.push_back(std::move(*output));
  }
  template <class Output>
  std::optional<Output> last() {
    drain();
    std::optional<Output> found;
    for (const auto& output : outputs)
      if (const auto* it = std::get_if<Output>(&output)) found = *it;
    return found;
  }
  std::string sent() {
    const auto bytes = last<UserAgent::SendBytes>();
    return bytes ? bytes->bytes : std::string();
  }
  std::string sent(HeaderName name) {
    const std::string text = sent();
    return std::string(MessageView::parse(text)->value(name).value_or("(absent)"));
  }
  void answer(int status, const Fields& fields = {}) {
    const std::string request = sent();
    Message response = Message::response_to(*MessageView::parse(request), status, "server");
    for (const auto& [name, value] : fields) response.add(name, value);
    agent.receive(now, FlowId{1}, response.finish());
  }
};

}  // namespace

TEST_CASE(
    "a service route is the Route of messages, counts in the 1300 bytes, and goes with a 200 without it") {
  Line line;
  const Draft draft{.to = "bob", .body = std::string(700, 'x'), .id = "m1"};
  const Draft large{.to = "bob", .body = std::string(1300, 'x'), .id = "m2"};
  const std::size_t excess = line.agent.excess(large);
  const std::string route = "<sip:p1.example.org;lr>";
  line.answer(200, {{HeaderName::service_route, route}});
  CHECK(line.agent.excess(large) == excess + std::string("Route: \r\n").size() + route.size());
  line.agent.send(line.now, draft);
  CHECK(line.sent(HeaderName::route) == route);
  line.answer(200);
  line.now.mono += Milliseconds(540'000);
  line.agent.advance(line.now);
  CHECK(line.sent(HeaderName::route) == "(absent)");
  line.answer(200);
  CHECK(line.agent.excess(large) == excess);
}

TEST_CASE("GRUUs are told with the registration") {
  Line line;
  const std::string contact = line.sent(HeaderName::contact);
  line.answer(200, {{HeaderName::contact, contact + R"(;pub-gruu="sip:alice@example.org;gr=1")" +
                                              R"(;temp-gruu="sip:t.1@example.org;gr")"}});
  const auto registered = line.last<UserAgent::Registered>();
  REQUIRE(registered);
  CHECK(registered->public_gruu == "sip:alice@example.org;gr=1");
  CHECK(registered->temporary_gruu == "sip:t.1@example.org;gr");
}

TEST_CASE(
    "a token answers a Bearer challenge; one that is not taken is final, and it is told where to get one") {
  Line line("tok");
  line.answer(401, {{HeaderName::www_authenticate, bearer}});
  CHECK(line.sent(HeaderName::authorization) == "Bearer tok");
  SECTION("taken") {
    line.answer(200);
    CHECK(line.last<UserAgent::Registered>());
    CHECK_FALSE(line.last<UserAgent::RegistrationFailed>());
  }
  SECTION("not taken") {
    line.answer(401, {{HeaderName::www_authenticate, bearer + R"(, error="invalid_token")"}});
    const auto failed = line.last<UserAgent::RegistrationFailed>();
    REQUIRE(failed);
    CHECK(failed->trouble == RegistrationTrouble::token_needed);
    CHECK(failed->authz_server == "https://as.example.org");
    CHECK(failed->scope == "sip");
    CHECK_FALSE(failed->retry_in);
  }
}

TEST_CASE("a Bearer challenge to who has no token tells where to get one") {
  Line line({}, "secret");
  line.answer(401, {{HeaderName::www_authenticate, bearer}});
  const auto failed = line.last<UserAgent::RegistrationFailed>();
  REQUIRE(failed);
  CHECK(failed->trouble == RegistrationTrouble::token_needed);
  CHECK(failed->authz_server == "https://as.example.org");
}

TEST_CASE("of a Bearer and a Digest challenge the token answers the first, where there is one") {
  const Fields both = {{HeaderName::www_authenticate, R"(Digest realm="example.org", nonce="n", qop="auth")"},
                       {HeaderName::www_authenticate, bearer}};
  Line with_token("tok", "secret");
  with_token.answer(401, both);
  CHECK(with_token.sent(HeaderName::authorization) == "Bearer tok");
  Line without_token({}, "secret");
  without_token.answer(401, both);
  CHECK(without_token.sent(HeaderName::authorization).starts_with("Digest "));
}

TEST_CASE("who has a token alone answers no Digest challenge") {
  Line line("tok");
  line.answer(401, {{HeaderName::www_authenticate, R"(Digest realm="example.org", nonce="n", qop="auth")"}});
  const auto failed = line.last<UserAgent::RegistrationFailed>();
  REQUIRE(failed);
  CHECK(failed->trouble == RegistrationTrouble::wrong_password);
}

TEST_CASE("the recipient of a message does not get the token by asking for it") {
  Line line("tok");
  line.answer(401, {{HeaderName::www_authenticate, bearer}});
  line.answer(200);
  line.agent.send(line.now, {.to = "bob", .body = "hi", .id = "m1"});
  const std::string first = line.sent();
  CHECK(first.find("tok") == std::string::npos);
  line.answer(401, {{HeaderName::www_authenticate, bearer}});
  CHECK(line.sent() == first);
  CHECK(line.last<UserAgent::DeliveryChanged>()->delivery.state == DeliveryState::failed);
}

}  // namespace registrar_word_test
