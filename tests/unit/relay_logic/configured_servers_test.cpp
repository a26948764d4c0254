#include "elsewhere.h"

namespace configured_servers_test {

using namespace relay;
using namespace relay::test;

TEST_CASE("a route of the configuration goes before the DNS; SIPS takes it over TLS only") {
  Settings settings = Bench::settings(false);
  settings.routes["example.net"] = {Protocol::tcp, *IpAddress::parse("203.0.113.9"), 5080};
  settings.routes["secure.example"] = {Protocol::tls, *IpAddress::parse("203.0.113.9"), 5061};
  Open bench(settings);
  bench.write_to("sip:dave@Example.NET");
  CHECK(where(bench.take()) == "TCP 203.0.113.9:5080");
  bench.write_to("sips:dave@secure.example");
  CHECK(where(bench.take()) == "TLS 203.0.113.9:5061 secure.example");
  bench.write_to("sips:dave@example.net");
  CHECK(bench.take_status() == 404);
  CHECK(bench.zone.asked.empty());
}

TEST_CASE(
    "a server of the configuration is reached by its address, too, by which it names itself in dialogs") {
  const IpAddress here = *IpAddress::parse("127.0.0.1");
  Settings settings = Bench::settings(false);
  settings.routes = {{"example.com", {Protocol::tcp, here, 5070}}};
  settings.upstreams = {{"example.net", "sip:127.0.0.1:5090"}};
  Open bench(settings);
  const auto by_route = [&](const std::string& route) {
    bench.write_to("sip:dave@198.51.100.1", "Route: <" + route + ";lr>\r\n");
    return bench.take();
  };
  CHECK(where(by_route("sip:127.0.0.1:5070;transport=tcp")) == "TCP 127.0.0.1:5070");
  CHECK(where(by_route("sip:127.0.0.1:5070")) == "UDP 127.0.0.1:5070");
  CHECK(where(by_route("sip:127.0.0.1:5090;transport=tcp")) == "TCP 127.0.0.1:5090");
  CHECK(Bench::status_of(by_route("sip:127.0.0.1:5080;transport=tcp").bytes) == 404);
  bench.relay.adjust({});
  CHECK(Bench::status_of(by_route("sip:127.0.0.1:5070;transport=tcp").bytes) == 404);
}

TEST_CASE(
    "over TLS a server that a route leads to is its domain for who knows its address alone (RFC 5922 7.3)") {
  Settings settings = Bench::settings(false);
  settings.routes = {{"example.com", {Protocol::tls, *IpAddress::parse("203.0.113.9"), 5061}}};
  Open bench(settings);
  const auto by_route = [&](const std::string& route) {
    bench.write_to("sip:dave@198.51.100.1", "Route: <" + route + ";lr>\r\n");
    return where(bench.take());
  };
  CHECK(by_route("sip:203.0.113.9:5061;transport=tls") == "TLS 203.0.113.9:5061 example.com");
  CHECK(by_route("sip:203.0.113.9:5062;transport=tls") == "TLS 203.0.113.9:5062 203.0.113.9");
}

TEST_CASE("a route leads into this machine, and so does anybody where phones reach the relay there alone") {
  const IpAddress here = *IpAddress::parse("127.0.0.1");
  Settings routed = Bench::settings(false);
  routed.routes = {{"example.com", {Protocol::tcp, here, 5070}}};
  Open by_route(routed);
  by_route.write_to("sip:dave@example.com");
  CHECK(where(by_route.take()) == "TCP 127.0.0.1:5070");

  Settings laptop = Bench::settings(false);
  laptop.listeners = {{Protocol::ws, here, 80}};
  const auto answered = [&] {
    Open bench(laptop);
    bench.write_to("sip:dave@127.0.0.1:5070;transport=tcp");
    return bench.take();
  };
  // A reverse proxy may bring anybody.
  CHECK(Bench::status_of(answered().bytes) == 404);
  laptop.listeners.push_back({Protocol::udp, here, 5060});
  CHECK(where(answered()) == "TCP 127.0.0.1:5070");
  laptop.listeners.push_back({Protocol::ws, *IpAddress::parse("192.0.2.1"), 80});
  CHECK(Bench::status_of(answered().bytes) == 404);
}

}  // namespace configured_servers_test
