#include "net/flows.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "logic/proxy.h"
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

namespace {

/// How often it is looked whether anything passes a connection that we have opened. RFC 3261 18: it may end
/// when a transaction that has begun on it would have, were it not for Timer C.
constexpr std::chrono::seconds unused_watch{32};
/// So often in vain, and it is closed: five minutes, past Timer C, so that nothing is under way on it.
constexpr unsigned most_unused = 10;
static_assert(unused_watch * most_unused > Proxy::timer_c);

}  // namespace

Flows::Flows(IoLoop& loop, std::size_t io_threads, SharedBudget& budget, StaticFiles files,
             FlowSettings settings)
    : loop_(loop),
      budget_(budget),
      files_(std::move(files)),
      settings_(std::make_shared<const FlowSettings>(std::move(settings))),
      unused_watch_(loop.context()) {
  for (std::size_t i = 0; i < io_threads; ++i) threads_.push_back(std::make_unique<IoThread>(loop_));
}

std::optional<std::string> Flows::listen(const sip::Endpoint& endpoint) {
  error_code error;
  if (endpoint.protocol == sip::Protocol::udp) {
    auto socket = std::make_shared<UdpSocket>(
        loop_.context(), [this] { return next_flow(); }, loop_.events());
    error = socket->bind(endpoint);
    if (!error) udp_sockets_.push_back(std::move(socket));
  } else {
    auto listener = std::make_shared<Listener>(
        loop_.context(), endpoint.protocol,
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
  for (const auto& thread : threads_) thread->start();
  for (const auto& socket : udp_sockets_) {
    loop_.events().opened({socket->flow(), socket->local()});
    socket->start();
  }
  for (const auto& listener : listeners_) listener->start();
  watch_unused();
}

void Flows::stop() {
  for (const auto& thread : threads_) thread->stop();
}

void Flows::add(std::shared_ptr<Connection> connection) {
  const sip::Peer& peer = connection->peer();
  if (!sip::is_websocket(peer.endpoint.protocol)) streams_.insert_or_assign(address_of(peer), peer.flow);
  if (!is_accepting_) stage(connection, IoCommand::GoAway{});
  connections_.emplace(peer.flow, std::move(connection));
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
  const sip::FlowId flow = connection->peer().flow;
  if (is_over(flow)) return fail_later(to);
  connection->use();
  if (connection->reserve(bytes.size())) return stage(connection, IoCommand::Send{to, std::move(bytes)});
  over_.insert(flow);
  stage(connection, IoCommand::GiveUp{});
  asio::post(loop_.context(), [this, to] { loop_.events().congested(to); });
}

void Flows::stage(const std::shared_ptr<Connection>& connection, decltype(IoCommand::what) what) {
  connection->loop().stage({connection, std::move(what)});
  flush_later();
}

/// Behind every event that Asio knows of already.
void Flows::flush_later() {
  if (std::exchange(is_flush_due_, true)) return;
  asio::post(loop_.context(), [this] { flush(); });
}

void Flows::flush() {
  is_flush_due_ = false;
  loop_.flush();
  for (const auto& thread : threads_) thread->flush();
  for (const WriteQueue::Item& datagram : datagrams_) send_datagram(datagram.to, datagram.bytes);
  datagrams_.clear();
}

bool Flows::hang_up(sip::FlowId flow, Ground ground, std::string_view why) {
  const auto connection = connections_.find(flow);
  if (connection == connections_.end()) return false;
  if (over_.insert(flow).second) stage(connection->second, IoCommand::HangUp{ground, why});
  return true;
}

void Flows::send_datagram(const sip::Peer& to, std::string_view bytes) {
  UdpSocket* chosen = nullptr;
  for (const auto& socket : udp_sockets_) {
    const bool is_meant = socket->has(to.flow);
    if (is_meant || (!chosen && socket->reaches(to.endpoint))) chosen = socket.get();
    if (is_meant) break;
  }
  const error_code error =
      chosen ? chosen->send(to, bytes) : asio::error::make_error_code(asio::error::network_unreachable);
  if (!error) return;
  spdlog::info("cannot send to {}: {}", to_text(to.endpoint), error.message());
  fail_later(to);
}

void Flows::send_by_stream(const sip::Peer& to, std::string bytes) {
  const auto known = streams_.find(address_of(to));
  if (known != streams_.end()) return send_by(connections_.at(known->second), to, std::move(bytes));
  if (!budget_.may_lead_to(to.endpoint)) return fail_later(to);
  SharedBudget::Slot slot = take_slot(to.endpoint);
  const bool is_secure = to.endpoint.protocol == sip::Protocol::tls;
  // Nobody can tell who it is that a connection without a name leads to.
  if (!slot || to.endpoint.port == 0 || (is_secure && to.name.empty())) return fail_later(to);
  IoLoop& loop = next_loop();
  TcpSocket socket(loop.context());
  const auto connection = is_secure
                              ? connect(loop, tls_client_stream(std::move(socket), settings_->trust, to.name),
                                        std::move(slot), to)
                              : connect(loop, std::move(socket), std::move(slot), to);
  send_by(connection, to, std::move(bytes));
}

template <class Stream>
std::shared_ptr<Connection> Flows::connect(IoLoop& loop, Stream stream, SharedBudget::Slot slot,
                                           const sip::Peer& to) {
  const sip::Peer peer{next_flow(), to.endpoint, to.name};
  const auto session = std::make_shared<StreamSession<Stream>>(loop, std::move(stream), std::move(slot), peer,
                                                               settings_->intake);
  connections_.emplace(peer.flow, session);
  opened_.emplace(peer.flow, 0);
  streams_.emplace(address_of(peer), peer.flow);
  asio::post(loop.context(), [session] { session->connect(); });
  return session;
}

/// One of ours that nothing has passed for long makes room for another.
SharedBudget::Slot Flows::take_slot(const sip::Endpoint& to) {
  SharedBudget::Slot slot = budget_.take(to);
  if (slot) return slot;
  const auto unused = longest_unused();
  if (!unused) return slot;
  retire(*unused, "there is no room for all that were opened");
  return budget_.take_in_place(to);
}

std::optional<sip::FlowId> Flows::longest_unused() const {
  std::optional<sip::FlowId> longest;
  unsigned most = 1;
  for (const auto& [flow, times] : opened_) {
    if (times <= most || is_over(flow) || connections_.at(flow)->is_used()) continue;
    longest = flow;
    most = times;
  }
  return longest;
}

void Flows::watch_unused() {
  unused_watch_.expires_after(unused_watch);
  unused_watch_.async_wait([this](error_code error) {
    if (error) return;
    for (auto& [flow, times] : opened_) {
      times = connections_.at(flow)->was_used() ? 0 : times + 1;
      if (times == most_unused) retire(flow, "nothing passes");
    }
    watch_unused();
  });
}

/// What is still to be sent there goes by another connection, so that nothing meets the end of this one.
void Flows::retire(sip::FlowId flow, std::string_view why) {
  forget_addresses(connections_.at(flow)->peer());
  hang_up(flow, Ground::policy, why);
}

void Flows::fail_later(const sip::Peer& to) {
  asio::post(loop_.context(), [this, to] { loop_.events().unreachable(to); });
}

IoLoop& Flows::next_loop() {
  if (threads_.empty()) return loop_;
  last_thread_ = (last_thread_ + 1) % threads_.size();
  return *threads_[last_thread_];
}

void Flows::accept(sip::Protocol protocol, TcpSocket socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error);
  if (error || !is_accepting_) return;
  const sip::Endpoint remote = from_asio(protocol, address);
  auto [slot, refusal] = budget_.admit(steady_now(), remote);
  if (!slot) {
    spdlog::debug("turned away {}: {}", to_text(remote), refusal);
    return loop_.events().turned_away(refusal);
  }
  const auto family = address.protocol();
  const int descriptor = socket.release(error);
  if (error) return;
  IoLoop& loop = next_loop();
  asio::post(loop.context(), [this, &loop, family, descriptor, remote, slot = std::move(slot),
                              settings = settings_]() mutable {
    TcpSocket accepted(loop.context());
    error_code problem;
    if (accepted.assign(family, descriptor, problem)) {
      ::close(descriptor);
      return;
    }
    take(loop, std::move(accepted), std::move(slot), remote, settings);
  });
}

void Flows::take(IoLoop& loop, TcpSocket socket, SharedBudget::Slot slot, const sip::Endpoint& remote,
                 const Settings& settings) {
  const auto secure = [&] { return TlsStream(std::move(socket), settings->identity->context()); };
  switch (remote.protocol) {
    case sip::Protocol::tcp: return take_stream(loop, std::move(socket), std::move(slot), remote, *settings);
    case sip::Protocol::tls: return take_stream(loop, secure(), std::move(slot), remote, *settings);
    case sip::Protocol::ws: return take_http(loop, std::move(socket), std::move(slot), remote, settings);
    case sip::Protocol::wss: return take_http(loop, secure(), std::move(slot), remote, settings);
    case sip::Protocol::udp: return;  // accepts nothing
  }
}

template <class Stream>
void Flows::take_stream(IoLoop& loop, Stream stream, SharedBudget::Slot slot, const sip::Endpoint& remote,
                        const FlowSettings& settings) {
  const sip::Peer peer{next_flow(), remote};
  const auto session = std::make_shared<StreamSession<Stream>>(loop, std::move(stream), std::move(slot), peer,
                                                               settings.intake);
  loop.events().begun(session);
  session->start();
}

template <class Stream>
void Flows::take_http(IoLoop& loop, Stream stream, SharedBudget::Slot slot, const sip::Endpoint& remote,
                      const Settings& settings) {
  const auto upgrade = [this, &loop, remote, settings](Stream upgraded, SharedBudget::Slot held,
                                                       const UpgradeRequest& request) {
    if (!is_accepting_) return;
    const sip::Peer peer{next_flow(), remote};
    const auto session = std::make_shared<WsSession<Stream>>(loop, std::move(upgraded), std::move(held), peer,
                                                             settings->intake, settings->compression);
    loop.events().begun(session);
    session->start(request);
  };
  std::make_shared<HttpSession<Stream>>(std::move(stream), std::move(slot), files_, loop.events(), settings,
                                        upgrade)
      ->start();
}

void Flows::reuse(sip::FlowId flow, const sip::Endpoint& address) {
  if (!connections_.contains(flow)) return;
  const sip::Peer alias{sip::FlowId::none, address};
  if (const auto old = aliases_.find(flow); old != aliases_.end()) forget_stream(old->second, flow);
  aliases_.insert_or_assign(flow, alias);
  streams_.insert_or_assign(address_of(alias), flow);
}

std::vector<sip::Peer> Flows::forget(const sip::Peer& peer) {
  auto reached = forget_addresses(peer);
  opened_.erase(peer.flow);
  over_.erase(peer.flow);
  connections_.erase(peer.flow);
  return reached;
}

std::vector<sip::Peer> Flows::forget_addresses(const sip::Peer& peer) {
  std::vector<sip::Peer> reached;
  if (forget_stream(peer, peer.flow)) reached.push_back(peer);
  if (const auto alias = aliases_.extract(peer.flow); alias && forget_stream(alias.mapped(), peer.flow))
    reached.push_back(alias.mapped());
  return reached;
}

/// False where another connection has taken its place.
bool Flows::forget_stream(const sip::Peer& address, sip::FlowId flow) {
  const auto stream = streams_.find(address_of(address));
  if (stream == streams_.end() || stream->second != flow) return false;
  streams_.erase(stream);
  return true;
}

void Flows::adjust(FlowSettings settings) {
  settings_ = std::make_shared<const FlowSettings>(std::move(settings));
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
      stage(connection, IoCommand::GoAway{});
}

void Flows::go_away() {
  for (const auto& [flow, connection] : connections_) stage(connection, IoCommand::GoAway{});
  flush();
  for (const auto& socket : udp_sockets_) socket->close();
}

}  // namespace relay
