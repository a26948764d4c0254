#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "logic/relay.h"
#include "net/connection.h"
#include "net/connection_budget.h"
#include "net/http_session.h"
#include "net/listener.h"
#include "net/resolver.h"
#include "net/tls_identity.h"
#include "net/tls_trust.h"
#include "net/udp_socket.h"

namespace relay {

/// Drives one Relay: sockets, clock and signals on one thread. Feeds it one input, carries out every output,
/// sets one timer, waits.
class Reactor : private FlowEvents {
 public:
  /// To be called once, from any thread, before the reactor's end.
  template <class Answer>
  using Reply = std::function<void(Answer)>;
  /// Whoever knows the users and keeps the messages.
  struct Stores {
    std::function<void(Relay::FindUser, Reply<Relay::UserFound>)> find_user;
    std::function<void(StoreMessage, Reply<Stored>)> store_message;
    std::function<void(LoadMessage, Reply<Loaded>)> load_message;
    std::function<void(LoadExpired, Reply<Loaded>)> load_expired;
    std::function<void(ForgetMessage)> forget_message;
  };

  /// `tls`, loaded, for the listeners of wss and tls; none where there are none. SIGHUP loads it anew.
  Reactor(WebSite site, std::optional<TlsIdentity> tls);

  /// Binds; what comes is taken from run() on. Gives a sentence for the terminal when it can't.
  std::optional<std::string> listen(const sip::Endpoint& endpoint);
  /// How other domains are found and known.
  struct Elsewhere {
    std::optional<sip::Endpoint> dns_server;  ///< none: those of the system
    std::string trusted_authorities;          ///< a PEM file; empty: only those of the system
  };
  /// To be called once, before run(). Gives a sentence for the terminal when it can't.
  std::optional<std::string> prepare(const Elsewhere& elsewhere);
  /// Runs until SIGTERM or SIGINT. The listeners in `settings` are those of listen(), with their real ports.
  void run(Settings settings, const sip::Seed& seed, Stores stores);

 private:
  template <class Input>
  void feed(Input input);
  void carry_out(Relay::SendTo&& output);
  void carry_out(Relay::FindUser&& output);
  void carry_out(StoreMessage&& output);
  void carry_out(LoadMessage&& output);
  void carry_out(LoadExpired&& output);
  void carry_out(ForgetMessage&& output);
  void carry_out(Relay::LookUp&& output);
  template <class Answer>
  Reply<Answer> reply_to(sip::JobId job);
  void carry_out(Relay::Hangup&& output);
  void set_timer();

  void send_datagram(const sip::Peer& to, std::string_view bytes);
  void send_by_stream(const sip::Peer& to, std::string bytes);
  template <class Stream>
  void connect(Stream stream, ConnectionBudget::Slot slot, const sip::Peer& to, std::string bytes);
  void fail_later(const sip::Peer& to);

  void accept(sip::Protocol protocol, boost::asio::ip::tcp::socket socket, ConnectionBudget::Slot slot);
  template <class Stream>
  void take_stream(Stream stream, ConnectionBudget::Slot slot, const sip::Endpoint& remote);
  template <class Stream>
  void take_http(Stream stream, ConnectionBudget::Slot slot, const sip::Endpoint& remote);
  void start_listening();
  void wait_for_signal();
  void wait_for_hangup();
  void end();
  void end_when_alone();

  void opened(const sip::Peer& peer) override;
  void received(const sip::Peer& from, std::string_view text) override;
  void received_unframed(const sip::Peer& from, std::string_view text) override;
  void closed(const sip::Peer& peer) override;
  void unreachable(const sip::Peer& peer) override;

  FlowEvents& events() { return *this; }
  sip::FlowId next_flow() { return sip::FlowId{++last_flow_}; }

  /// TLS that was opened to one domain serves no other (RFC 5922 7.3), even at the same address.
  using Address = std::tuple<sip::Protocol, std::array<std::uint8_t, 16>, std::uint16_t, std::string>;
  static Address address_of(const sip::Peer& peer) {
    const sip::Endpoint& endpoint = peer.endpoint;
    return {endpoint.protocol, endpoint.address.bytes(), endpoint.port, peer.name};
  }

  ConnectionBudget budget_;  // outlives the connections that handlers in context_ hold
  WebSite site_;
  boost::asio::io_context context_;
  Resolver resolver_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer ending_limit_;
  boost::asio::signal_set signals_;
  boost::asio::signal_set hangups_;
  std::optional<TlsIdentity> tls_;
  TlsTrust trust_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::vector<std::shared_ptr<UdpSocket>> udp_sockets_;
  std::unordered_map<sip::FlowId, std::shared_ptr<Connection>> connections_;
  std::map<Address, sip::FlowId> streams_;  ///< TCP and TLS connections by their other end
  std::uint64_t last_flow_ = 0;
  bool is_ending_ = false;
  Stores stores_;
  std::optional<Relay> relay_;
};

}  // namespace relay
