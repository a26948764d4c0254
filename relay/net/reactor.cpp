#include "net/reactor.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <utility>
#include <variant>

#include "net/asio_endpoint.h"
#include "net/http_session.h"
#include "net/stream_session.h"
#include "net/ws_session.h"

namespace relay {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// For close frames to reach the browsers when the relay ends.
constexpr std::chrono::seconds ending_limit{2};

sip::Now read_clocks() {
  const auto mono = std::chrono::steady_clock::now().time_since_epoch();
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {sip::Instant(std::chrono::duration_cast<sip::Milliseconds>(mono)),
          sip::UnixTime(std::chrono::duration_cast<sip::Milliseconds>(wall))};
}

std::uint64_t number(sip::FlowId flow) { return static_cast<std::uint64_t>(flow); }

/// The first line of a message, fit for a log: bodies hold what people write to each other.
std::string start_line(std::string_view text) {
  std::string line(text.substr(0, std::min<std::size_t>(text.find_first_of("\r\n"), 120)));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return line;
}

}  // namespace

Reactor::Reactor(WebSite site, std::optional<TlsIdentity> tls)
    : site_(std::move(site)),
      context_(1),
      resolver_(context_),
      timer_(context_),
      ending_limit_(context_),
      signals_(context_),
      hangups_(context_),
      tls_(std::move(tls)) {}

std::optional<std::string> Reactor::listen(const sip::Endpoint& endpoint) {
  error_code error;
  if (endpoint.protocol == sip::Protocol::udp) {
    auto socket = std::make_shared<UdpSocket>(context_, next_flow(), events());
    error = socket->bind(endpoint);
    if (!error) udp_sockets_.push_back(std::move(socket));
  } else {
    auto listener = std::make_shared<Listener>(
        context_, endpoint.protocol, budget_,
        [this, protocol = endpoint.protocol](asio::ip::tcp::socket socket, ConnectionBudget::Slot slot) {
          accept(protocol, std::move(socket), std::move(slot));
        });
    error = listener->bind(endpoint);
    if (!error) listeners_.push_back(std::move(listener));
  }
  if (!error) return std::nullopt;
  return "cannot listen on " + to_text(endpoint) + ": " + error.message();
}

std::optional<std::string> Reactor::prepare(const Elsewhere& elsewhere) {
  if (auto problem = resolver_.open(elsewhere.dns_server)) return problem;
  return elsewhere.trusted_authorities.empty() ? std::nullopt : trust_.add(elsewhere.trusted_authorities);
}

void Reactor::run(Settings settings, const sip::Seed& seed, Stores stores) {
  for (const auto& listener : listeners_) settings.listeners.push_back(listener->local());
  for (const auto& socket : udp_sockets_) settings.listeners.push_back(socket->local());
  for (const auto& endpoint : settings.listeners) spdlog::info("listening {}", to_text(endpoint));
  stores_ = std::move(stores);
  relay_.emplace(settings, seed);
  wait_for_signal();
  wait_for_hangup();
  start_listening();
  spdlog::info("ready");
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& exception) {
      // One input came to nothing; the others must not suffer.
      spdlog::error("an input could not be dealt with: {}", exception.what());
    }
  }
}

void Reactor::start_listening() {
  for (const auto& socket : udp_sockets_) {
    opened({socket->flow(), socket->local()});
    socket->start();
  }
  for (const auto& listener : listeners_) listener->start();
}

/// Exactly one input, then every output, then one timer. Nothing that carries out an output may feed.
template <class Input>
void Reactor::feed(Input input) {
  if (is_ending_) return;
  input(*relay_, read_clocks());
  while (auto output = relay_->poll())
    std::visit([this](auto&& each) { this->carry_out(std::forward<decltype(each)>(each)); },
               *std::move(output));
  set_timer();
}

void Reactor::set_timer() {
  const sip::Deadline deadline = relay_->deadline();
  if (!deadline) {
    timer_.cancel();
    return;
  }
  timer_.expires_at(std::chrono::steady_clock::time_point(deadline->time_since_epoch()));
  timer_.async_wait([this](error_code error) {
    if (!error) feed([](Relay& relay, sip::Now now) { relay.advance(now); });
  });
}

void Reactor::carry_out(Relay::SendTo&& output) {
  spdlog::trace("flow {} <- {}", number(output.to.flow), start_line(output.bytes));
  const auto connection = connections_.find(output.to.flow);
  if (connection != connections_.end()) return connection->second->send(output.to, std::move(output.bytes));
  switch (output.to.endpoint.protocol) {
    case sip::Protocol::udp: return send_datagram(output.to, output.bytes);
    case sip::Protocol::tcp:
    case sip::Protocol::tls: return send_by_stream(output.to, std::move(output.bytes));
    case sip::Protocol::ws:
    case sip::Protocol::wss: return fail_later(output.to);  // these are only ever opened by the other end
  }
}

template <class Answer>
Reactor::Reply<Answer> Reactor::reply_to(sip::JobId job) {
  return [this, job](Answer answer) {
    asio::post(context_, [this, job, answer = std::move(answer)] {
      feed([&](Relay& relay, sip::Now now) { relay.answer(now, job, answer); });
    });
  };
}

void Reactor::carry_out(Relay::FindUser&& output) {
  const sip::JobId job = output.job;
  stores_.find_user(std::move(output), reply_to<Relay::UserFound>(job));
}

void Reactor::carry_out(StoreMessage&& output) {
  const sip::JobId job = output.job;
  stores_.store_message(std::move(output), reply_to<Stored>(job));
}

void Reactor::carry_out(LoadMessage&& output) {
  const sip::JobId job = output.job;
  stores_.load_message(std::move(output), reply_to<Loaded>(job));
}

void Reactor::carry_out(LoadExpired&& output) { stores_.load_expired(output, reply_to<Loaded>(output.job)); }

void Reactor::carry_out(ForgetMessage&& output) { stores_.forget_message(output); }

void Reactor::carry_out(Relay::LookUp&& output) {
  resolver_.ask(output.question, reply_to<DnsAnswer>(output.job));
}

void Reactor::carry_out(Relay::Hangup&& output) {
  const auto connection = connections_.find(output.flow);
  if (connection != connections_.end()) connection->second->hang_up(output.why);
}

void Reactor::send_datagram(const sip::Peer& to, std::string_view bytes) {
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

void Reactor::send_by_stream(const sip::Peer& to, std::string bytes) {
  const auto known = streams_.find(address_of(to));
  if (known != streams_.end()) return connections_.at(known->second)->send(to, std::move(bytes));
  ConnectionBudget::Slot slot = budget_.take();
  const bool is_secure = to.endpoint.protocol == sip::Protocol::tls;
  // Nobody can tell who it is that a connection without a name leads to.
  if (!slot || to.endpoint.port == 0 || (is_secure && to.name.empty())) return fail_later(to);
  TcpStream stream(context_);
  if (is_secure)
    return connect(trust_.stream_to(std::move(stream), to.name), std::move(slot), to, std::move(bytes));
  connect(std::move(stream), std::move(slot), to, std::move(bytes));
}

template <class Stream>
void Reactor::connect(Stream stream, ConnectionBudget::Slot slot, const sip::Peer& to, std::string bytes) {
  const sip::Peer peer{next_flow(), to.endpoint, to.name};
  const auto session =
      std::make_shared<StreamSession<Stream>>(std::move(stream), std::move(slot), peer, events());
  connections_.emplace(peer.flow, session);
  streams_.emplace(address_of(peer), peer.flow);
  session->send(to, std::move(bytes));
  session->connect();
}

void Reactor::fail_later(const sip::Peer& to) {
  asio::post(context_, [this, to] { unreachable(to); });
}

void Reactor::accept(sip::Protocol protocol, asio::ip::tcp::socket socket, ConnectionBudget::Slot slot) {
  error_code error;
  const auto address = socket.remote_endpoint(error);
  if (error || is_ending_) return;
  const sip::Endpoint remote = from_asio(protocol, address);
  TcpStream stream(std::move(socket));
  switch (protocol) {
    case sip::Protocol::tcp: return take_stream(std::move(stream), std::move(slot), remote);
    case sip::Protocol::tls:
      return take_stream(TlsStream(std::move(stream), tls_->context()), std::move(slot), remote);
    case sip::Protocol::ws: return take_http(std::move(stream), std::move(slot), remote);
    case sip::Protocol::wss:
      return take_http(TlsStream(std::move(stream), tls_->context()), std::move(slot), remote);
    case sip::Protocol::udp: return;  // accepts nothing
  }
}

template <class Stream>
void Reactor::take_stream(Stream stream, ConnectionBudget::Slot slot, const sip::Endpoint& remote) {
  const sip::Peer peer{next_flow(), remote};
  const auto session =
      std::make_shared<StreamSession<Stream>>(std::move(stream), std::move(slot), peer, events());
  connections_.emplace(peer.flow, session);
  streams_.insert_or_assign(address_of(peer), peer.flow);
  session->start();
}

template <class Stream>
void Reactor::take_http(Stream stream, ConnectionBudget::Slot slot, const sip::Endpoint& remote) {
  const auto upgrade = [this, remote](Stream upgraded, ConnectionBudget::Slot held,
                                      const UpgradeRequest& request) {
    if (is_ending_) return;
    const sip::Peer peer{next_flow(), remote};
    const auto session =
        std::make_shared<WsSession<Stream>>(std::move(upgraded), std::move(held), peer, events());
    connections_.emplace(peer.flow, session);
    session->start(request);
  };
  std::make_shared<HttpSession<Stream>>(std::move(stream), std::move(slot), site_, upgrade)->start();
}

void Reactor::opened(const sip::Peer& peer) {
  spdlog::debug("flow {} opened: {}", number(peer.flow), to_text(peer.endpoint));
  feed([&](Relay& relay, sip::Now now) { relay.flow_opened(now, peer); });
}

void Reactor::received(const sip::Peer& from, std::string_view text) {
  spdlog::trace("flow {} -> {}", number(from.flow), start_line(text));
  feed([&](Relay& relay, sip::Now now) { relay.receive(now, from, text); });
}

void Reactor::received_unframed(const sip::Peer& from, std::string_view text) {
  feed([&](Relay& relay, sip::Now now) { relay.receive_unframed(now, from, text); });
}

void Reactor::closed(const sip::Peer& peer) {
  spdlog::debug("flow {} closed", number(peer.flow));
  const auto stream = streams_.find(address_of(peer));
  if (stream != streams_.end() && stream->second == peer.flow) streams_.erase(stream);
  connections_.erase(peer.flow);
  feed([&](Relay& relay, sip::Now now) { relay.flow_closed(now, peer.flow); });
  end_when_alone();
}

void Reactor::unreachable(const sip::Peer& peer) {
  feed([&](Relay& relay, sip::Now now) { relay.unreachable(now, peer); });
}

void Reactor::wait_for_signal() {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](error_code error, int) {
    if (!error) end();
  });
}

/// SIGHUP: certificates are renewed every few weeks, and no flow should end for it.
void Reactor::wait_for_hangup() {
  error_code ignored;
  hangups_.add(SIGHUP, ignored);
  hangups_.async_wait([this](error_code error, int) {
    if (error) return;
    if (tls_) {
      if (const auto problem = tls_->load()) {
        spdlog::error("the certificate stays as it was: {}", *problem);
      } else {
        spdlog::info("the certificate is read anew");
      }
    }
    wait_for_hangup();
  });
}

void Reactor::end() {
  spdlog::info("ending");
  is_ending_ = true;
  timer_.cancel();
  resolver_.close();
  for (const auto& listener : listeners_) listener->close();
  for (const auto& socket : udp_sockets_) socket->close();
  for (const auto& [flow, connection] : connections_) connection->go_away();
  ending_limit_.expires_after(ending_limit);
  ending_limit_.async_wait([this](error_code) { context_.stop(); });
  // Whoever asks again is in a hurry.
  signals_.async_wait([this](error_code error, int) {
    if (!error) context_.stop();
  });
  end_when_alone();
}

void Reactor::end_when_alone() {
  if (is_ending_ && connections_.empty()) context_.stop();
}

}  // namespace relay
