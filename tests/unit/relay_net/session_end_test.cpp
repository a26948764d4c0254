#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "net/io_loop.h"
#include "net/stream_session.h"
#include "net/udp_socket.h"
#include "net/ws_session.h"

namespace relay {
namespace session_end_test {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

/// Has no memory for what is in the list.
class Failing : public FlowEvents {
 public:
  std::vector<std::string> at_fault;
  std::vector<std::string> said;

  void begun(std::shared_ptr<Connection>) override {}
  void opened(const sip::Peer&) override { say("opened"); }
  void received(const sip::Peer&, std::string_view text) override { say(std::string(text)); }
  void received_unframed(const sip::Peer&, std::string_view) override { say("unframed"); }
  void closed(const sip::Peer&) override { say("closed"); }
  void unreachable(const sip::Peer&) override { say("unreachable"); }
  void congested(const sip::Peer&) override { say("congested"); }
  void turned_away(std::string_view) override { say("turned away"); }

 private:
  void say(std::string what) {
    for (const std::string& fault : at_fault)
      if (fault == what) throw std::bad_alloc();
    said.push_back(std::move(what));
  }
};

using Said = std::vector<std::string>;

/// Two ends of one connection.
struct Ends {
  explicit Ends(asio::io_context& context) : ours(context), theirs(context) {
    asio::basic_socket_acceptor<tcp, Executor> acceptor(context, {asio::ip::address_v4::loopback(), 0});
    theirs.connect(acceptor.local_endpoint());
    acceptor.accept(ours);
  }
  void write(const std::string& bytes) { asio::write(theirs, asio::buffer(bytes)); }

  TcpSocket ours;
  TcpSocket theirs;
};

const sip::Peer peer{sip::FlowId{1}, {}};

UpgradeRequest upgrade_request() {
  UpgradeRequest request(boost::beast::http::verb::get, "/", 11);
  request.set("Host", "relay.test");
  request.set("Connection", "Upgrade");
  request.set("Upgrade", "websocket");
  request.set("Sec-WebSocket-Version", "13");
  request.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  return request;
}

struct Loop {
  SharedBudget budget{{}};
  WriteQueue::Total unwritten = 0;
  asio::io_context context;
  Failing events;
  std::unique_ptr<IoLoop> io = std::make_unique<IoLoop>(context, events, unwritten);

  auto stream_session(Ends& ends) {
    return std::make_shared<StreamSession<TcpSocket>>(*io, std::move(ends.ours), budget.take(peer.endpoint),
                                                      peer, IntakeLimits());
  }
  void start_web_socket(Ends& ends) {
    std::make_shared<WsSession<TcpSocket>>(*io, std::move(ends.ours), budget.take(peer.endpoint), peer,
                                           IntakeLimits(), Compression::none)
        ->start(upgrade_request());
  }
};

TEST_CASE("a connection that brings what cannot be dealt with is closed, rather than never read again") {
  Loop loop;
  Ends ends(loop.context);
  loop.events.at_fault = {"\r\n\r\n"};
  loop.stream_session(ends)->start();
  ends.write("\r\n\r\n");
  CHECK_THROWS_AS(loop.context.run(), std::bad_alloc);
  CHECK(loop.events.said == Said{"opened", "closed"});
}

TEST_CASE("a WebSocket that brings what cannot be dealt with is closed, rather than never read again") {
  Loop loop;
  Ends ends(loop.context);
  loop.events.at_fault = {"text"};
  loop.start_web_socket(ends);
  ends.write(std::string("\x81\x84\0\0\0\0text", 10));
  CHECK_THROWS_AS(loop.context.run(), std::bad_alloc);
  CHECK(loop.events.said == Said{"opened", "closed"});
}

TEST_CASE("a connection is closed whose beginning cannot be dealt with") {
  Loop loop;
  Ends ends(loop.context);
  loop.events.at_fault = {"opened"};
  SECTION("of a WebSocket") {
    loop.start_web_socket(ends);
    CHECK_THROWS_AS(loop.context.run(), std::bad_alloc);
  }
  SECTION("over TCP") { CHECK_THROWS_AS(loop.stream_session(ends)->start(), std::bad_alloc); }
  CHECK(loop.events.said == Said{"closed"});
}

TEST_CASE("a datagram that cannot be dealt with takes none of the others with it") {
  Loop loop;
  loop.events.at_fault = {"first"};
  const auto socket = std::make_shared<UdpSocket>(
      loop.context, [] { return sip::FlowId{1}; }, loop.events);
  REQUIRE_FALSE(socket->bind({sip::Protocol::udp, *sip::IpAddress::parse("127.0.0.1"), 0}));
  socket->start();
  udp::socket phone(loop.context, udp::v4());
  for (const std::string text : {"first", "second"})
    phone.send_to(asio::buffer(text), {asio::ip::address_v4::loopback(), socket->local().port});
  CHECK_THROWS_AS(loop.context.run(), std::bad_alloc);
  loop.context.run_one();
  CHECK(loop.events.said == Said{"second"});
}

TEST_CASE("connections may outlive their loop, in handlers of its context") {
  Loop loop;
  Ends ends(loop.context);
  loop.stream_session(ends)->start();
  loop.io.reset();
}

}  // namespace session_end_test
}  // namespace relay
