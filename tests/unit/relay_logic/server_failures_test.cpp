#include "logic/server_failures.h"

#include <catch2/catch.hpp>

namespace server_failures_test {

using namespace relay;
using namespace sip;

namespace {

const Instant start{Milliseconds(1000)};

Peer server(std::size_t port, const std::string& name = {}) {
  return {
      FlowId::none, {Protocol::tls, *IpAddress::parse("192.0.2.1"), static_cast<std::uint16_t>(port)}, name};
}

std::vector<std::uint16_t> order(const ServerFailures& failures, Instant now, std::vector<Peer> servers) {
  failures.put_last(now, servers);
  std::vector<std::uint16_t> ports;
  ports.reserve(servers.size());
  for (const Peer& each : servers) ports.push_back(each.endpoint.port);
  return ports;
}

}  // namespace

TEST_CASE("servers that failed go behind the others for five minutes, and keep their order") {
  ServerFailures failures;
  for (const std::size_t port : {1U, 3U}) failures.note(start, server(port));
  const std::vector<Peer> all{server(1), server(2), server(3), server(4)};
  CHECK(order(failures, start, all) == std::vector<std::uint16_t>{2, 4, 1, 3});
  failures.note(start + Seconds(100), server(3));
  CHECK(order(failures, start + ServerFailures::memory, all) == std::vector<std::uint16_t>{1, 2, 4, 3});
  CHECK(order(failures, start + ServerFailures::memory + Seconds(100), all) ==
        std::vector<std::uint16_t>{1, 2, 3, 4});
}

TEST_CASE("a server that failed for one domain by TLS has not failed for another") {
  ServerFailures failures;
  failures.note(start, server(1, "a.test"));
  CHECK(order(failures, start, {server(1, "b.test"), server(2)}) == std::vector<std::uint16_t>{1, 2});
}

TEST_CASE("of too many failures the oldest is forgotten") {
  ServerFailures failures;
  for (std::size_t port = 1; port <= ServerFailures::max_servers + 1; ++port)
    failures.note(start, server(port));
  CHECK(order(failures, start, {server(1), server(2), server(9999)}) ==
        std::vector<std::uint16_t>{1, 9999, 2});
}

}  // namespace server_failures_test
