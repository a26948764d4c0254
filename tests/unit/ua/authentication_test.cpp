#include <catch2/catch.hpp>
#include <vector>

#include "auth/digest_server.h"
#include "message/message.h"
#include "ua/user_agent.h"

namespace authentication_test {

using namespace sip;

namespace {

/// A UserAgent of alice between a registrar and a proxy that know some password.
struct Exchange {
  explicit Exchange(const std::string& password)
      : stored(StoredDigest::of("alice", "example.org", password)) {
    Account account;
    account.address = "sip:alice@example.org";
    account.credentials.password = "secret";
    agent.emplace(account, seed_from(1));
    agent->start(now);
    agent->flow_opened(now, FlowId{1}, Protocol::wss);
  }
  /// The next output of that kind; what comes before it is dropped.
  template <class Output>
  std::optional<Output> next() {
    while (auto output = agent->poll())
      if (auto* wanted = std::get_if<Output>(&*output)) return std::move(*wanted);
    return std::nullopt;
  }
  std::string sent() {
    auto bytes = next<UserAgent::SendBytes>();
    REQUIRE(bytes);
    return std::move(bytes->bytes);
  }
  void respond(const std::string& request, int status, HeaderName name, const std::string& value) {
    const auto view = MessageView::parse(request);
    REQUIRE(view);
    agent->receive(now, FlowId{1}, Message::response_to(*view, status, "s").add(name, value).finish());
  }
  /// What the server makes of the credentials in a request.
  DigestServer::Judgement judge(const std::string& request, HeaderName name) {
    const auto view = MessageView::parse(request);
    REQUIRE(view);
    const auto params = AuthParams::parse(view->value(name).value_or(""));
    REQUIRE(params);
    return server.verify(
        now, *params, {.method = view->method(), .uri = view->request_uri(), .body = view->body()}, stored);
  }
  std::string challenge() { return server.challenges(now, false).front(); }
  std::string md5_challenge() {
    return server.challenges(now, false, std::array{DigestAlgorithm::md5}).front();
  }

  Now now{Instant(Milliseconds(0)), UnixTime(Milliseconds(1'700'000'000'000))};
  DigestServer server{"example.org", Random(seed_from(2))};
  StoredDigest stored;
  std::optional<UserAgent> agent;
};

/// The value of Authentication-Info by which who does not know the password would try.
const std::string forged_info = R"(qop=auth, rspauth="0123456789abcdef", nc=00000001)";

}  // namespace

TEST_CASE("a registrar that proves to know the password is believed") {
  Exchange exchange("secret");
  exchange.respond(exchange.sent(), 401, HeaderName::www_authenticate, exchange.challenge());
  const std::string request = exchange.sent();
  const auto judgement = exchange.judge(request, HeaderName::authorization);
  REQUIRE(judgement.verdict == DigestServer::Verdict::accepted);
  exchange.respond(request, 200, HeaderName::authentication_info, judgement.authentication_info);
  CHECK(exchange.next<UserAgent::Registered>());
}

TEST_CASE("a registrar with a wrong rspauth is not believed, nor asked again") {
  Exchange exchange("secret");
  exchange.respond(exchange.sent(), 401, HeaderName::www_authenticate, exchange.challenge());
  exchange.respond(exchange.sent(), 200, HeaderName::authentication_info, forged_info);
  const auto failed = exchange.next<UserAgent::RegistrationFailed>();
  REQUIRE(failed);
  CHECK(failed->trouble == RegistrationTrouble::wrong_password);
  CHECK(failed->phrase == "Wrong rspauth");
  CHECK_FALSE(failed->retry_in);
  CHECK_FALSE(exchange.next<UserAgent::SendBytes>());
}

TEST_CASE("a message whose 200 has a wrong rspauth is not said to be delivered") {
  const bool is_forged = GENERATE(false, true);
  Exchange exchange("secret");
  exchange.respond(exchange.sent(), 200, HeaderName::expires, "600");
  REQUIRE(exchange.next<UserAgent::Registered>());
  exchange.agent->send(exchange.now, {.to = "bob", .body = "hi", .id = {}});
  exchange.respond(exchange.sent(), 407, HeaderName::proxy_authenticate, exchange.challenge());
  const std::string request = exchange.sent();
  const auto judgement = exchange.judge(request, HeaderName::proxy_authorization);
  REQUIRE(judgement.verdict == DigestServer::Verdict::accepted);
  exchange.respond(request, 200, HeaderName::proxy_authentication_info,
                   is_forged ? forged_info : judgement.authentication_info);
  const auto changed = exchange.next<UserAgent::DeliveryChanged>();
  REQUIRE(changed);
  CHECK(changed->delivery.state == (is_forged ? DeliveryState::failed : DeliveryState::delivered));
  CHECK(changed->delivery.reason == (is_forged ? FailureReason::wrong_password : FailureReason::none));
}

TEST_CASE("a message is signed with its body where the proxy asks for auth-int") {
  Exchange exchange("secret");
  exchange.respond(exchange.sent(), 200, HeaderName::expires, "600");
  exchange.agent->send(exchange.now, {.to = "bob", .body = "hi", .id = {}});
  std::string challenge = exchange.challenge();
  challenge.replace(challenge.find("qop=\"auth\""), 10, "qop=\"auth-int\"");
  exchange.respond(exchange.sent(), 407, HeaderName::proxy_authenticate, challenge);
  std::string request = exchange.sent();
  CHECK(request.find("qop=auth-int") != std::string::npos);
  std::string changed = request;
  changed.replace(changed.rfind("hi"), 2, "ho");
  CHECK(exchange.judge(changed, HeaderName::proxy_authorization).verdict == DigestServer::Verdict::refused);
  CHECK(exchange.judge(request, HeaderName::proxy_authorization).verdict == DigestServer::Verdict::accepted);
}

TEST_CASE("a 401 and a 407 of one request are both answered, in the end in one request") {
  Exchange exchange("secret");
  exchange.respond(exchange.sent(), 200, HeaderName::expires, "600");
  exchange.agent->send(exchange.now, {.to = "bob", .body = "hi", .id = {}});
  exchange.respond(exchange.sent(), 407, HeaderName::proxy_authenticate, exchange.challenge());
  exchange.respond(exchange.sent(), 401, HeaderName::www_authenticate, exchange.challenge());
  const std::string request = exchange.sent();
  for (const HeaderName name : {HeaderName::authorization, HeaderName::proxy_authorization})
    CHECK(exchange.judge(request, name).verdict == DigestServer::Verdict::accepted);
}

TEST_CASE("a realm that asked for SHA-256 in one kind of request gets no MD5 in another (RFC 8760 3)") {
  const auto [status, name] = GENERATE(
      table<int, HeaderName>({{401, HeaderName::www_authenticate}, {407, HeaderName::proxy_authenticate}}));
  Exchange exchange("secret");
  SECTION("the registrar asked, and then whoever got a message") {
    exchange.respond(exchange.sent(), 401, HeaderName::www_authenticate, exchange.challenge());
    exchange.respond(exchange.sent(), 200, HeaderName::expires, "600");
    exchange.agent->send(exchange.now, {.to = "bob", .body = "hi", .id = {}});
    exchange.respond(exchange.sent(), status, name, exchange.md5_challenge());
    const auto changed = exchange.next<UserAgent::DeliveryChanged>();
    REQUIRE(changed);
    CHECK(changed->delivery.reason == FailureReason::wrong_password);
  }
  SECTION("a proxy of messages asked, and then the registrar") {
    exchange.respond(exchange.sent(), 200, HeaderName::expires, "600");
    exchange.agent->send(exchange.now, {.to = "bob", .body = "hi", .id = {}});
    exchange.respond(exchange.sent(), 407, HeaderName::proxy_authenticate, exchange.challenge());
    exchange.sent();
    exchange.now.mono += Seconds(590);
    exchange.agent->advance(exchange.now);
    exchange.respond(exchange.sent(), status, name, exchange.md5_challenge());
    const auto failed = exchange.next<UserAgent::RegistrationFailed>();
    REQUIRE(failed);
    CHECK(failed->trouble == RegistrationTrouble::wrong_password);
  }
  CHECK_FALSE(exchange.next<UserAgent::SendBytes>());
}

}  // namespace authentication_test
