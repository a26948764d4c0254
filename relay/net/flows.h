#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
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

#include "logic/connection_budget.h"
#include "logic/intake.h"
#include "net/connection.h"
#include "net/listener.h"
#include "net/stream.h"
#include "net/tls_identity.h"
#include "net/tls_trust.h"
#include "net/udp_socket.h"
#include "net/web_site.h"
#include "net/write_queue.h"
#include "ops/gauges.h"
#include "transport/endpoint.h"

namespace relay {

/// Every socket that SIP is spoken over: listeners, connections, UDP. Tells FlowEvents what comes.
class Flows {
 public:
  /// `identity`, loaded, for the listeners of wss and tls; none where there are none. The budget must outlive
  /// the context.
  Flows(boost::asio::io_context& context, ConnectionBudget& budget, FlowEvents& events, WebSite site,
        std::optional<TlsIdentity> identity, TlsTrust trust, const IntakeLimits& intake);

  /// Binds; what comes is taken from start() on. Gives a sentence for the terminal when it can't.
  std::optional<std::string> listen(const sip::Endpoint& endpoint);
  /// What is listened on, with the ports that were really taken.
  std::vector<sip::Endpoint> local() const;
  void start();

  /// Relay::SendTo. It leaves when what has arrived until now is dealt with: so its recipients are woken
  /// once, not for each message.
  void send(const sip::Peer& to, std::string bytes);
  /// Relay::Reuse.
  void reuse(sip::FlowId flow, const sip::Endpoint& address);
  /// False where there is no such connection. `why` is a literal.
  bool hang_up(sip::FlowId flow, std::string_view why);
  const std::unordered_map<sip::FlowId, std::shared_ptr<Connection>>& connections() const {
    return connections_;
  }
  /// A connection has closed.
  void forget(const sip::Peer& peer);
  /// For what is opened and upgraded from now on.
  void adjust(std::optional<TlsIdentity> identity, TlsTrust trust, OriginPolicy origins,
              Compression compression, const IntakeLimits& intake);

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
  void flush_later();
  void flush();
  void send_datagram(const sip::Peer& to, std::string_view bytes);
  void send_by_stream(const sip::Peer& to, std::string bytes);
  template <class Stream>
  void connect(Stream stream, ConnectionBudget::Slot slot, const sip::Peer& to, std::string bytes);
  void fail_later(const sip::Peer& to);
  void accept(sip::Protocol protocol, TcpSocket socket);
  template <class Stream>
  void take_stream(Stream stream, ConnectionBudget::Slot slot, const sip::Endpoint& remote);
  template <class Stream>
  void take_http(Stream stream, ConnectionBudget::Slot slot, const sip::Endpoint& remote);
  sip::FlowId next_flow() { return sip::FlowId{++last_flow_}; }

  /// TLS that was opened to one domain serves no other (RFC 5922 7.3), even at the same address.
  using Address = std::tuple<sip::Protocol, std::array<std::uint8_t, 16>, std::uint16_t, std::string>;
  static Address address_of(const sip::Peer& peer) {
    const sip::Endpoint& endpoint = peer.endpoint;
    return {endpoint.protocol, endpoint.address.bytes(), endpoint.port, peer.name};
  }

  void forget_stream(const Address& address, sip::FlowId flow);

  boost::asio::io_context& context_;
  ConnectionBudget& budget_;
  FlowEvents& events_;
  WebSite site_;
  std::optional<TlsIdentity> identity_;
  TlsTrust trust_;
  IntakeLimits intake_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::vector<std::shared_ptr<UdpSocket>> udp_sockets_;
  std::unordered_map<sip::FlowId, std::shared_ptr<Connection>> connections_;
  std::map<Address, sip::FlowId>
      streams_;  ///< TCP and TLS connections by their other end, and as in aliases_
  std::unordered_map<sip::FlowId, Address> aliases_;  ///< by what other address it is known (RFC 5923)
  std::vector<std::shared_ptr<Connection>> unflushed_;
  std::vector<WriteQueue::Item> datagrams_;  ///< to be sent with the next flush
  bool is_flush_due_ = false;
  std::uint64_t last_flow_ = 0;
  bool is_accepting_ = true;
};

}  // namespace relay
