#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "net/connection.h"
#include "net/flow_settings.h"
#include "net/io_loop.h"
#include "net/io_thread.h"
#include "net/listener.h"
#include "net/shared_budget.h"
#include "net/static_files.h"
#include "net/stream.h"
#include "net/udp_socket.h"
#include "ops/gauges.h"
#include "transport/endpoint.h"

namespace relay {

/// Every socket that SIP is spoken over: listeners, connections, UDP. Its loop's events hear what comes, and
/// it is used on its loop's thread; connections live there, too, or on IoThreads.
class Flows {
 public:
  /// Without I/O threads the loop does it all. The budget must outlive the loop's context.
  Flows(IoLoop& loop, std::size_t io_threads, SharedBudget& budget, StaticFiles files, FlowSettings settings);

  /// Binds; what comes is taken from start() on. Gives a sentence for the terminal when it can't.
  std::optional<std::string> listen(const sip::Endpoint& endpoint);
  /// What is listened on, with the ports that were really taken.
  std::vector<sip::Endpoint> local() const;
  void start();
  /// Ends the threads. To be called before what hears of the connections ends.
  void stop();

  /// An accepted connection has begun.
  void add(std::shared_ptr<Connection> connection);
  /// Relay::SendTo. It leaves when what has arrived until now is dealt with: so its recipients are woken
  /// once, not for each message.
  void send(const sip::Peer& to, std::string bytes);
  /// Relay::Reuse.
  void reuse(sip::FlowId flow, const sip::Endpoint& address);
  /// False where there is no such connection. `why` is a literal.
  bool hang_up(sip::FlowId flow, Ground ground, std::string_view why);
  /// Whether it was hung up, or reads nothing: what still comes from there is not to be heard.
  bool is_over(sip::FlowId flow) const { return over_.contains(flow); }
  const std::unordered_map<sip::FlowId, std::shared_ptr<Connection>>& connections() const {
    return connections_;
  }
  /// A connection has closed. Gives the addresses that were reached by it, and now are not.
  std::vector<sip::Peer> forget(const sip::Peer& peer);
  /// For what is opened and accepted from now on.
  void adjust(FlowSettings settings);

  /// Fills in what connections there are.
  void measure(Gauges& gauges) const;

  /// No connection is accepted any more, and none becomes a WebSocket.
  void stop_accepting();
  /// Closes the WebSockets but for these, and says why.
  void let_go(const std::unordered_set<sip::FlowId>& except);
  /// Closes everything, and says why where that can be said.
  void go_away();
  bool are_gone() const { return connections_.empty(); }

 private:
  void send_by(const std::shared_ptr<Connection>& connection, const sip::Peer& to, std::string bytes);
  void stage(const std::shared_ptr<Connection>& connection, decltype(IoCommand::what) what);
  void flush_later();
  void flush();
  void send_datagram(const sip::Peer& to, std::string_view bytes);
  void send_by_stream(const sip::Peer& to, std::string bytes);
  template <class Stream>
  std::shared_ptr<Connection> connect(IoLoop& loop, Stream stream, SharedBudget::Slot slot,
                                      const sip::Peer& to);
  SharedBudget::Slot take_slot(const sip::Endpoint& to);
  std::optional<sip::FlowId> longest_unused() const;
  void watch_unused();
  void retire(sip::FlowId flow, std::string_view why);
  void fail_later(const sip::Peer& to);
  void accept(sip::Protocol protocol, TcpSocket socket);
  IoLoop& next_loop();

  // On the thread of the connection's loop.

  using Settings = std::shared_ptr<const FlowSettings>;
  void take(IoLoop& loop, TcpSocket socket, SharedBudget::Slot slot, const sip::Endpoint& remote,
            const Settings& settings);
  template <class Stream>
  void take_stream(IoLoop& loop, Stream stream, SharedBudget::Slot slot, const sip::Endpoint& remote,
                   const FlowSettings& settings);
  template <class Stream>
  void take_http(IoLoop& loop, Stream stream, SharedBudget::Slot slot, const sip::Endpoint& remote,
                 const Settings& settings);
  sip::FlowId next_flow() { return sip::FlowId{++last_flow_}; }

  /// TLS that was opened to one domain serves no other (RFC 5922 7.3), even at the same address.
  using Address = std::tuple<sip::Protocol, std::array<std::uint8_t, 16>, std::uint16_t, std::string>;
  static Address address_of(const sip::Peer& peer) {
    const sip::Endpoint& endpoint = peer.endpoint;
    return {endpoint.protocol, endpoint.address.bytes(), endpoint.port, peer.name};
  }

  std::vector<sip::Peer> forget_addresses(const sip::Peer& peer);
  bool forget_stream(const sip::Peer& address, sip::FlowId flow);

  IoLoop& loop_;
  SharedBudget& budget_;
  const StaticFiles files_;
  Settings settings_;
  std::vector<std::unique_ptr<IoThread>> threads_;  // outlive the connections that live there
  std::size_t last_thread_ = 0;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::vector<std::shared_ptr<UdpSocket>> udp_sockets_;
  std::unordered_map<sip::FlowId, std::shared_ptr<Connection>> connections_;
  std::map<Address, sip::FlowId>
      streams_;  ///< TCP and TLS connections by their other end, and as in aliases_
  std::unordered_map<sip::FlowId, sip::Peer> aliases_;  ///< by what other address it is known (RFC 5923)
  /// Of connections_ those that we have opened: how many times it was looked in vain whether anything passes.
  std::unordered_map<sip::FlowId, unsigned> opened_;
  boost::asio::steady_timer unused_watch_;
  std::unordered_set<sip::FlowId> over_;     ///< of connections_: see is_over()
  std::vector<WriteQueue::Item> datagrams_;  ///< to be sent with the next flush
  bool is_flush_due_ = false;
  std::atomic<std::uint64_t> last_flow_ = 0;
  std::atomic<bool> is_accepting_ = true;
};

}  // namespace relay
