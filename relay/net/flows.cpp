#include "net/flows.h"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "net/asio_endpoint.h"
#include "net/http_session.h"
#include "net/steady_time.h"
#include "net/stream_session.h"
#include "net/tls_client_stream.h"
#include "net/ws_session.h"
#include "ops/endpoint_text.h"

namespace relay {

namespace asio = boost::asio;
using boost::system::error_code;

Flows::Flows(asio::io_context& context, ConnectionBudget& budget, FlowEvents& events, WebSite site,
             std::optional<TlsIdentity> identity, TlsTrust trust, const IntakeLimits& intake)
    : context_(context),
      budget_(budget),
      events_(events),
      site_(std::move(site)),
      identity_(std::move(identity)),
      trust_(std::move(trust)),
      intake_(intake) {}

std::optional<std::string> Flows::listen(const sip::Endpoint& endpoint) {
  error_code error;
  if (endpoint.protocol == sip::Protocol::udp) {
    auto socket = std::make_shared<UdpSocket>(context_, next_flow(), events_);
    error = socket->bind(endpoint);
    if (!error) udp_sockets_.push_back(std::move(socket));
  } else {
    auto listener = std::make_shared<Listener>(
        context_, endpoint.protocol,
        [this, protocol = endpoint.protocol](TcpSocket socket) { accept(protocol, std::move(socket)); });
    error = listener->bind(endpoint);
    if (!error) listeners_.push_back(std::move(listener));
  }
  if (!error) return std::nullopt;
  return "cannot listen on " + to_text(endpoint) + ": " + error.message();
}

std::vector<sip::Endpoint> Flows::local() const {
  std::vector<sip::Endpoint> endpoints;
  for (const auto& listener : listeners_) endpoints.push_back(listener->local());
  for (const auto& socket : udp_sockets_) endpoints.push_back(socket->local());
  return endpoints;
}

void Flows::start() {
  for (const auto& socket : udp_sockets_) {
    events_.opened({socket->flow(), socket->local()});
    socket->start();
  }
  for (const auto& listener : listeners_) listener->start();
}

void Flows::send(const sip::Peer& to, std::string bytes) {
  const auto connection = connections_.find(to.flow);
  if (connection != connections_.end()) return send_by(connection->second, to, std::move(bytes));
  switch (to.endpoint.protocol) {
    case sip::Protocol::udp: datagrams_.push_back({to, std::move(bytes)}); return flush_later();
    case sip::Protocol::tcp:
    case sip::Protocol::tls: return send_by_stream(to, std::move(bytes));
    case sip::Protocol::ws:
    case sip::Protocol::wss: return fail_later(to);  // these are only ever opened by the other end
  }
}

void Flows::send_by(const std::shared_ptr<Connection>& connection, const sip::Peer& to, std::string bytes) {
  if (!connection->send(to, std::move(bytes))) return;
  unflushed_.push_back(connection);
  flush_later();
}

/// Behind every event that Asio knows of already.
void Flows::flush_later() {
  if (std::exchange(is_flush_due_, true)) return;
  asio::post(context_, [this] { flush(); });
}

void Flows::flush() {
  is_flush_due_ = false;
  for (const auto& connection : unflushed_) connection->flush();
  unflushed_.clear();
  for (const WriteQueue::Item& datagram : datagrams_) send_datagram(datagram.to, datagram.bytes);
  datagrams_.clear();
}

bool Flows::hang_up(sip::FlowId flow, std::string_view why) {
  const auto connection = connections_.find(flow);
  if (connection == connections_.end()) return false;
  connection->second->hang_up(why);
  return true;
}

void Flows::send_datagram(const sip::Peer& to, std::string_view bytes) {
  UdpSocket* chosen = nullptr;
  for (const auto& socket : udp_sockets_) {
    if (socket->flow() == to.flow || (!chosen && socket->reaches(to.endpoint))) chosen = socket.get();
    if (socket->flow() == to.flow) break;
  }
  const error_code error = chosen ? chosen->send(to.endpoint, bytes)
                                  : asio::error::make_error_code(asio::error::network_unreachable);
  if (!error) return;
  spdlog::info("cannot send to {}: {}", to_text(to.endpoint), error.message());
  fail_later(to);
}

void Flows::send_by_stream(const sip::Peer& to, std::string bytes) {
  const auto known = streams_.find(address_of(to));
  if (known != streams_.end()) return send_by(connections_.at(known->second), to, std::move(bytes));
  ConnectionBudget::Slot slot = budget_.take();
  const bool is_secure = to.endpoint.protocol == sip::Protocol::tls;
  // Nobody can tell who it is that a connection without a name leads to.
  if (!slot || to.endpoint.port == 0 || (is_secure && to.name.empty())) return fail_later(to);
  TcpStream stream(context_);
  if (is_secure)
    return connect(tls_client_stream(std::move(stream), trust_, to.name), std::move(slot), to,
                   std::move(bytes));
  connect(std::move(stream), std::move(slot), to, std::move(bytes));
}

template <class Stream>
void Flows::connect(Stream stream, ConnectionBudget::Slot slot, const sip::Peer& to, std::string bytes) {
  const sip::Peer peer{next_flow(), to.endpoint, to.name};
  const auto session =
      std::make_shared<StreamSession<Stream>>(std::move(stream), std::move(slot), peer, events_, intake_);
  connections_.emplace(peer.flow, session);
  streams_.emplace(address_of(peer), peer.flow);
  session->send(to, std::move(bytes));
  session->connect();
}

void Flows::fail_later(const sip::Peer& to) {
  asio::post(context_, [this, to] { events_.unreachable(to); });
}

void Flows::accept(sip::Protocol protocol, TcpSocket socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error);
  if (error || !is_accepting_) return;
  const sip::Endpoint remote = from_asio(protocol, address);
  auto [slot, refusal] = budget_.admit(steady_now(), remote);
  if (!slot) {
    spdlog::debug("turned away {}: {}", to_text(remote), refusal);
    return events_.turned_away(refusal);
  }
  TcpStream stream(std::move(socket));
  switch (protocol) {
    case sip::Protocol::tcp: return take_stream(std::move(stream), std::move(slot), remote);
    case sip::Protocol::tls:
      return take_stream(TlsStream(std::move(stream), identity_->context()), std::move(slot), remote);
    case sip::Protocol::ws: return take_http(std::move(stream), std::move(slot), remote);
    case sip::Protocol::wss:
      return take_http(TlsStream(std::move(stream), identity_->context()), std::move(slot), remote);
    case sip::Protocol::udp: return;  // accepts nothing
  }
}

template <class Stream>
void Flows::take_stream(Stream stream, ConnectionBudget::Slot slot, const sip::Endpoint& remote) {
  const sip::Peer peer{next_flow(), remote};
  const auto session =
      std::make_shared<StreamSession<Stream>>(std::move(stream), std::move(slot), peer, events_, intake_);
  connections_.emplace(peer.flow, session);
  streams_.insert_or_assign(address_of(peer), peer.flow);
  session->start();
}

template <class Stream>
void Flows::take_http(Stream stream, ConnectionBudget::Slot slot, const sip::Endpoint& remote) {
  const auto upgrade = [this, remote](Stream upgraded, ConnectionBudget::Slot held,
                                      const UpgradeRequest& request) {
    if (!is_accepting_) return;
    const sip::Peer peer{next_flow(), remote};
    const auto session = std::make_shared<WsSession<Stream>>(std::move(upgraded), std::move(held), peer,
                                                             events_, intake_, site_.compression);
    connections_.emplace(peer.flow, session);
    session->start(request);
  };
  std::make_shared<HttpSession<Stream>>(std::move(stream), std::move(slot), site_, events_, intake_.arrival,
                                        upgrade)
      ->start();
}

void Flows::reuse(sip::FlowId flow, const sip::Endpoint& address) {
  if (!connections_.contains(flow)) return;
  const Address alias = address_of({flow, address});
  if (const auto old = aliases_.find(flow); old != aliases_.end()) forget_stream(old->second, flow);
  aliases_.insert_or_assign(flow, alias);
  streams_.insert_or_assign(alias, flow);
}

void Flows::forget(const sip::Peer& peer) {
  forget_stream(address_of(peer), peer.flow);
  if (const auto alias = aliases_.extract(peer.flow)) forget_stream(alias.mapped(), peer.flow);
  connections_.erase(peer.flow);
}

void Flows::forget_stream(const Address& address, sip::FlowId flow) {
  const auto stream = streams_.find(address);
  if (stream != streams_.end() && stream->second == flow) streams_.erase(stream);
}

void Flows::adjust(std::optional<TlsIdentity> identity, TlsTrust trust, OriginPolicy origins,
                   Compression compression, const IntakeLimits& intake) {
  intake_ = intake;
  identity_ = std::move(identity);
  trust_ = std::move(trust);
  site_.origins = std::move(origins);
  site_.compression = compression;
}

void Flows::measure(Gauges& gauges) const {
  for (const auto& [flow, connection] : connections_) {
    ++gauges.connections[static_cast<std::size_t>(connection->peer().endpoint.protocol)];
    gauges.unwritten_bytes += connection->unwritten();
  }
}

void Flows::stop_accepting() {
  is_accepting_ = false;
  for (const auto& listener : listeners_) listener->close();
}

void Flows::let_go(const std::unordered_set<sip::FlowId>& except) {
  for (const auto& [flow, connection] : connections_)
    if (sip::is_websocket(connection->peer().endpoint.protocol) && !except.contains(flow))
      connection->go_away();
}

void Flows::go_away() {
  flush();
  for (const auto& socket : udp_sockets_) socket->close();
  for (const auto& [flow, connection] : connections_) connection->go_away();
}

}  // namespace relay
