#include "net/flows.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace relay {
namespace flows_test {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Keeps what connections there are.
class Begun : public FlowEvents {
 public:
  std::vector<std::shared_ptr<Connection>> connections;

  void begun(std::shared_ptr<Connection> connection) override {
    connections.push_back(std::move(connection));
  }
  void opened(const sip::Peer&) override {}
  void received(const sip::Peer&, std::string_view) override {}
  void received_unframed(const sip::Peer&, std::string_view) override {}
  void closed(const sip::Peer&) override {}
  void unreachable(const sip::Peer&) override {}
  void congested(const sip::Peer&) override {}
  void turned_away(std::string_view) override {}
};

TEST_CASE("what is not read on all threads together is one sum") {
  constexpr std::size_t threads = 3;
  SharedBudget budget{{}};
  WriteQueue::Total unwritten = 0;
  asio::io_context context;
  Begun events;
  IoLoop loop(context, events, unwritten);
  Flows flows(loop, threads, budget, StaticFiles("", ""), {OriginPolicy({}, {}), {}, {}, TlsTrust("")});
  REQUIRE_FALSE(flows.listen({sip::Protocol::tcp, *sip::IpAddress::parse("127.0.0.1"), 0}));
  flows.start();
  std::vector<tcp::socket> peers;
  while (peers.size() < threads)
    peers.emplace_back(context).connect({asio::ip::address_v4::loopback(), flows.local().front().port});
  while (events.connections.size() < threads) context.run_one();

  std::size_t sum = 0;
  for (const auto& connection : events.connections) {
    flows.add(connection);
    flows.send(connection->peer(), "is still to be written");
    sum += connection->unwritten();
  }
  CHECK(sum > 0);
  CHECK(unwritten == sum);
  flows.stop();
  events.connections.clear();
}

}  // namespace flows_test
}  // namespace relay
