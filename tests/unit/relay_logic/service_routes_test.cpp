#include "logic/service_routes.h"
#include "edge.h"

namespace service_routes_test {

using namespace relay::test;

namespace {

const std::string ours = "<sip:192.0.2.1:80;transport=ws;lr>";
const std::string second = "<sip:203.0.113.9;transport=tcp;lr>";

struct Registered : Edge {
  explicit Registered(const relay::Settings& settings = with({{"example.net",
                                                               "sip:203.0.113.5;transport=tcp"}}))
      : Edge(settings) {}

  /// dave signs in, and the server says by which Service-Route to come.
  void says(const std::string& service_route, int status = 200) {
    const auto sent = registration(browser, device, supported);
    Message answer = Message::response_to(*MessageView::parse(sent.bytes), status, "s");
    answer.add(HeaderName::service_route, service_route);
    say(sent.to, answer.finish());
    CHECK(take_status() == status);
  }
  /// Where dave's message with that Route goes.
  std::string address_by(const std::string& route) {
    say(browser, write({.uri = "sip:erin@example.net",
                        .from = "sip:dave@example.net",
                        .fields = route.empty() ? "" : "Route: " + route + "\r\n"}));
    return take().to.endpoint.address.text();
  }
};

}  // namespace

TEST_CASE("a Service-Route that names another server of the upstream is followed there (RFC 3608 6.1)") {
  Registered bench;
  CHECK(bench.address_by(second) == "203.0.113.5");
  bench.says(second + ", <sip:inner.example.net;lr>");
  bench.say(bench.browser,
            bench.write({.uri = "sip:erin@example.net",
                         .from = "sip:dave@example.net",
                         .fields = "Route: " + ours + ", " + second + ", <sip:inner.example.net;lr>\r\n"}));
  const auto sent = bench.take();
  CHECK(sent.to.endpoint == Endpoint{Protocol::tcp, *IpAddress::parse("203.0.113.9"), 5060});
  CHECK(values(sent.bytes, HeaderName::route) ==
        std::vector<std::string>{second, "<sip:inner.example.net;lr>"});
}

TEST_CASE("who follows no Service-Route, and whoever registers anew, goes to the upstream itself") {
  Registered bench;
  bench.says(second);
  CHECK(bench.address_by({}) == "203.0.113.5");
  CHECK(bench.address_by("<sip:203.0.113.66;lr>") == "203.0.113.5");
  CHECK(bench.address_by("<sip:203.0.113.9;transport=tcp>") == "203.0.113.5");
  CHECK(bench.registration(bench.browser, bench.device, bench.supported).to.endpoint == bench.upstream);
}

TEST_CASE("a registrar that names this relay first means what it names next (RFC 3608 6.3)") {
  Registered bench;
  bench.says("<sip:192.0.2.1:5060;transport=tcp;lr>, " + second);
  CHECK(bench.address_by(second) == "203.0.113.9");
}

TEST_CASE("what is no route, and what comes with a refusal, is not followed") {
  Registered bench;
  SECTION("no loose router (RFC 3608 6.3)") { bench.says("<sip:203.0.113.9;transport=tcp>"); }
  SECTION("no SIP") { bench.says("<tel:+1;lr>"); }
  SECTION("a refusal") { bench.says(second, 403); }
  SECTION("longer than any") {
    bench.says("<sip:" + std::string(relay::ServiceRoutes::max_size, 'x') + "@203.0.113.9;lr>");
  }
  CHECK(bench.address_by(second) == "203.0.113.5");
}

TEST_CASE("a Service-Route leads no client to what listens for this machine alone") {
  Registered bench;
  bench.says("<sip:127.0.0.1:6379;transport=tcp;lr>");
  bench.say(bench.browser, bench.write({.uri = "sip:erin@example.net",
                                        .from = "sip:dave@example.net",
                                        .fields = "Route: <sip:127.0.0.1:6379;transport=tcp;lr>\r\n"}));
  CHECK(bench.take_status() == 404);
}

TEST_CASE("an upstream on this machine may name another port of it") {
  Registered bench(Edge::with({{"example.net", "sip:127.0.0.1:5070;transport=tcp"}}));
  bench.says("<sip:127.0.0.1:5080;transport=tcp;lr>");
  bench.say(bench.browser, bench.write({.uri = "sip:erin@example.net",
                                        .from = "sip:dave@example.net",
                                        .fields = "Route: <sip:127.0.0.1:5080;transport=tcp;lr>\r\n"}));
  CHECK(bench.take().to.endpoint.port == 5080);
}

TEST_CASE("what one upstream names, clients of another are not led by") {
  Registered bench(
      Edge::with({{"example.net", "sip:203.0.113.5;transport=tcp"}, {"far.example", "sip:203.0.113.7"}}));
  bench.says(second);
  bench.say(bench.browser, bench.write({.uri = "sip:erin@example.net",
                                        .from = "sip:x@far.example",
                                        .fields = "Route: " + second + "\r\n"}));
  CHECK(bench.take().to.endpoint.address.text() == "203.0.113.7");
}

TEST_CASE("of each upstream so many are remembered, those that it named last") {
  Registered bench;
  const auto route = [](std::size_t number) { return "<sip:" + std::to_string(number) + "@203.0.113.9;lr>"; };
  for (std::size_t i = 0; i < relay::ServiceRoutes::max_routes; ++i) bench.says(route(i));
  bench.says(route(0));
  bench.says(second);
  CHECK(bench.address_by(route(0)) == "203.0.113.9");
  CHECK(bench.address_by(route(1)) == "203.0.113.5");
  CHECK(bench.address_by(route(2)) == "203.0.113.9");
}

TEST_CASE("a reload forgets what an upstream has named that is none any more, and that alone") {
  Registered bench;
  bench.says(second);
  bench.relay.adjust({.upstreams = {{"example.net", "sip:203.0.113.5;transport=tcp"}}});
  CHECK(bench.address_by(second) == "203.0.113.9");
  bench.relay.adjust({.upstreams = {{"example.net", "sip:203.0.113.7;transport=tcp"}}});
  CHECK(bench.address_by(second) == "203.0.113.7");
}

TEST_CASE("what an upstream names that is none any more, but was asked before, is not remembered") {
  Registered bench;
  const auto sent = bench.registration(bench.browser, bench.device, bench.supported);
  bench.relay.adjust({.upstreams = {{"example.net", "sip:203.0.113.7;transport=tcp"}}});
  Message answer = Message::response_to(*MessageView::parse(sent.bytes), 200, "s");
  answer.add(HeaderName::service_route, second);
  bench.say(sent.to, answer.finish());
  CHECK(bench.take_status() == 200);
  // Were it to come back.
  bench.relay.adjust({.upstreams = {{"far.example", "sip:203.0.113.5;transport=tcp"}}});
  bench.say(bench.browser, bench.write({.uri = "sip:erin@far.example",
                                        .from = "sip:dave@far.example",
                                        .fields = "Route: " + second + "\r\n"}));
  CHECK(bench.take().to.endpoint.address.text() == "203.0.113.5");
}

}  // namespace service_routes_test
