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
    return std::make_shared<StreamSession<TcpSocket>>(*io, std::move(ends.ours), budget.take(), peer,
                                                      IntakeLimits());
  }
  void start_web_socket(Ends& ends) {
    std::make_shared<WsSession<TcpSocket>>(*io, std::move(ends.ours), budget.take(), peer, IntakeLimits(),
                                           Compression::none)
        ->start(upgrade_request());
  }
};

TEST_CASE("connections may outlive their loop, in handlers of its context") {
  Loop loop;
  Ends ends(loop.context);
  loop.stream_session(ends)->start();
  loop.io.reset();
}

}  // namespace session_end_test
}  // namespace relay
