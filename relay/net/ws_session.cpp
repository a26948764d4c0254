#include "net/ws_session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <chrono>
#include <utility>

#include "base/utf8.h"
#include "net/io_loop.h"
#include "net/steady_time.h"
#include "ops/log_field.h"

namespace relay {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

namespace {

constexpr std::string_view subprotocol = "sip";

/// Past it, counted as inflated, the connection is closed with 1009. The core takes messages of up to 65535
/// bytes.
constexpr std::size_t max_message_size = 65536;

constexpr std::size_t usual_message_size = 2048;

/// A part of a message counts as so many bytes at least, whoever sends it byte by byte.
constexpr std::size_t least_part = 512;

/// How far ahead of its limit a connection may be by control frames, and by others that bear nothing.
constexpr sip::Milliseconds patience{2000};

/// How often it is looked whether the other end says anything; the second time that it has not it is pinged,
/// the third time it is gone. So a browser that vanished is noticed, and its binding gone, within two
/// minutes. One that does not even take one message from one time to the next is given up. Beast would set a
/// timer anew for every message.
constexpr std::chrono::seconds silence_watch{40};

/// RFC 7692. Each message for itself: by what the one before had in common with it, whoever sees lengths and
/// may send messages could guess what stood in those of others. So a small window does, and its memory.
websocket::permessage_deflate deflate() {
  websocket::permessage_deflate deflate;
  deflate.server_enable = true;
  deflate.server_no_context_takeover = true;
  deflate.client_no_context_takeover = true;
  deflate.server_max_window_bits = 11;
  deflate.client_max_window_bits = 11;  // of clients that leave it to us
  deflate.compLevel = 6;
  deflate.msg_size_threshold = 256;
  return deflate;
}

/// RFC 6455 7.4.1.
websocket::close_code status_code(Ground ground) {
  switch (ground) {
    case Ground::protocol: return websocket::close_code::protocol_error;
    case Ground::policy: return websocket::close_code::policy_error;
  }
  return websocket::close_code::policy_error;
}

}  // namespace

template <class Stream>
WsSession<Stream>::WsSession(IoLoop& loop, Stream stream, SharedBudget::Slot slot, const sip::Peer& peer,
                             const IntakeLimits& intake, Compression compression)
    : Connection(loop, peer),
      stream_(std::move(stream)),
      limit_(stream_.get_executor()),
      pause_(stream_.get_executor()),
      intake_(intake),
      slot_(std::move(slot)),
      events_(loop.events()) {
  auto timeout = websocket::stream_base::timeout::suggested(beast::role_type::server);
  timeout.idle_timeout = websocket::stream_base::none();
  timeout.keep_alive_pings = false;
  stream_.set_option(timeout);
  if (compression == Compression::deflate) stream_.set_option(deflate());
  stream_.control_callback([this](websocket::frame_type, beast::string_view) { heard_control_frame(); });
  stream_.next_layer().before_read([this] { count_excess(); });
  stream_.read_message_max(max_message_size);
  stream_.auto_fragment(false);
}

bool offers_sip(const UpgradeRequest& request) {
  // RFC 6455 11.3.4: the field may come more than once; names of subprotocols know case.
  const auto [begin, end] = request.equal_range(beast::http::field::sec_websocket_protocol);
  for (auto field = begin; field != end; ++field)
    for (const auto& offered : beast::http::token_list(field->value()))
      if (offered == subprotocol) return true;
  return false;
}

template <class Stream>
void WsSession<Stream>::start(const UpgradeRequest& request) {
  stream_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
    response.set(beast::http::field::sec_websocket_protocol, subprotocol);
    response.set(beast::http::field::server, "sipmsg-relay");
  }));
  // With an HTTP error in place of the upgrade when the request is none.
  stream_.async_accept(request, [self = this->shared_from_this()](error_code error) {
    if (self->state_ == State::closed) return;
    if (error || self->state_ != State::handshaking) return self->close();
    self->or_close([&] { self->accepted(); });
  });
}

template <class Stream>
void WsSession<Stream>::accepted() {
  state_ = State::open;
  events_.opened(peer());
  watch_silence();
  read_next();
}

template <class Stream>
void WsSession<Stream>::watch_silence() {
  liveness_.watch();
  limit_.expires_after(silence_watch);
  limit_.async_wait([self = this->shared_from_this()](error_code error) {
    if (error || self->state_ != State::open || self->is_partial_) return;
    switch (self->liveness_.look()) {
      case Liveness::Sign::none: break;
      case Liveness::Sign::silent: self->ping(); break;
      case Liveness::Sign::stalled: return self->give_up();
      case Liveness::Sign::gone: return self->close();
    }
    self->watch_silence();
  });
}

template <class Stream>
void WsSession<Stream>::ping() {
  liveness_.asks();
  stream_.async_ping({}, [self = this->shared_from_this()](error_code error) {
    if (!error) self->liveness_.has_asked();
  });
}

/// They are answered and dealt with in the midst of a read, which can't be put off: who sends many more of
/// them than may be messages has no need for a connection.
template <class Stream>
void WsSession<Stream>::heard_control_frame() {
  liveness_.heard();
  if (intake_.took(steady_now(), 0, 1) <= patience || state_ != State::open) return;
  boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
    self->close_with({websocket::close_code::policy_error, "too many pings"});
  });
}

/// Empty parts come in the midst of a read, too, and in any number.
template <class Stream>
void WsSession<Stream>::count_excess() {
  auto& counted = stream_.next_layer();
  const std::size_t excess = counted.excess();
  if (excess < least_part) return;
  counted.account_for(excess);
  if (intake_.took(steady_now(), excess, 0) <= patience) return;
  log_flow(spdlog::level::debug, peer().flow, "closed: too many frames that bear nothing");
  boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->close(); });
}

template <class Stream>
void WsSession<Stream>::read_next() {
  stream_.async_read_some(buffer_, 0, [self = this->shared_from_this()](error_code error, std::size_t size) {
    if (self->state_ == State::closed) return;
    if (!error) return self->or_close([&] { self->take(size); });
    log_flow(spdlog::level::debug, self->peer().flow, "ended: {}", error.message());
    self->close();
  });
}

/// A message, or a part of one.
template <class Stream>
void WsSession<Stream>::take(std::size_t size) {
  liveness_.heard();
  const bool is_whole = stream_.is_message_done();
  const std::size_t counted = is_whole ? size : std::max(size, least_part);
  stream_.next_layer().account_for(counted);
  const auto pause = intake_.took(steady_now(), counted, is_whole ? 1 : 0);
  if (is_whole) {
    inflate_anew(stream_);
    deliver();
  } else {
    await_rest();
  }
  read_after(pause);
}

template <class Stream>
void WsSession<Stream>::deliver() {
  const auto data = buffer_.cdata();
  if (state_ == State::open) events_.received(peer(), {static_cast<const char*>(data.data()), data.size()});
  buffer_.consume(buffer_.size());
  // Few messages are longer; an idle connection need not keep the room of one that was.
  if (buffer_.capacity() > usual_message_size) buffer_.shrink_to_fit();
  if (std::exchange(is_partial_, false) && state_ == State::open) watch_silence();
}

/// The rest of a message has to come in time, whatever comes beside it.
template <class Stream>
void WsSession<Stream>::await_rest() {
  if (state_ != State::open || std::exchange(is_partial_, true)) return;
  limit_.expires_after(intake_.arrival());
  limit_.async_wait([self = this->shared_from_this()](error_code error) {
    if (!error && self->state_ == State::open && self->is_partial_) self->close();
  });
}

/// What has not been read yet waits at its sender.
template <class Stream>
void WsSession<Stream>::read_after(sip::Milliseconds pause) {
  if (pause == sip::Milliseconds(0)) return read_next();
  pause_.expires_after(pause);
  pause_.async_wait([self = this->shared_from_this()](error_code error) {
    if (!error && self->state_ != State::closed) self->or_close([&] { self->read_next(); });
  });
}

template <class Stream>
bool WsSession<Stream>::send(sip::Peer to, std::string bytes) {
  if (state_ != State::open) {
    queue().release(bytes.size());
    return false;
  }
  const bool is_first = queue().is_empty();
  queue().push({std::move(to), std::move(bytes)});
  return is_first;
}

template <class Stream>
void WsSession<Stream>::flush() {
  if (state_ != State::open && state_ != State::draining) return;
  if (!liveness_.is_writing() && !queue().is_empty()) write_next();
}

template <class Stream>
void WsSession<Stream>::write_next() {
  liveness_.writes();
  // RFC 7118 5: text frames for what is UTF-8, binary ones for the rest.
  stream_.text(sip::is_utf8(queue().front()));
  stream_.async_write(asio::buffer(queue().front()),
                      [self = this->shared_from_this()](error_code error, std::size_t) {
                        if (self->state_ == State::closed) return;
                        if (error) return;  // the read that is always under way fails as well, and ends it
                        self->liveness_.has_written();
                        self->queue().pop();
                        if (!self->queue().is_empty()) return self->write_next();
                        if (self->state_ == State::draining) self->send_close();
                      });
}

template <class Stream>
void WsSession<Stream>::hang_up(Ground ground, std::string_view why) {
  close_with({status_code(ground), why});
}

template <class Stream>
void WsSession<Stream>::go_away() {
  close_with({websocket::close_code::going_away, "the relay ends"});
}

template <class Stream>
void WsSession<Stream>::give_up() {
  if (state_ != State::open) return;
  events_.turned_away("reads too slowly");
  log_flow(spdlog::level::warn, peer().flow, "does not read what is sent: closed");
  close_with({websocket::close_code::policy_error, "too much is unread"});
}

template <class Stream>
void WsSession<Stream>::close_with(const websocket::close_reason& reason) {
  if (state_ != State::open && state_ != State::handshaking) return;
  log_flow(spdlog::level::debug, peer().flow, "closed: {}",
           std::string_view(reason.reason.data(), reason.reason.size()));
  const bool was_open = state_ == State::open;
  state_ = State::draining;
  reason_ = reason;
  limit_.expires_after(close_limit);
  limit_.async_wait([self = this->shared_from_this()](error_code error) {
    if (!error) self->close();
  });
  if (was_open && queue().is_empty()) send_close();
}

template <class Stream>
void WsSession<Stream>::send_close() {
  state_ = State::closing;
  stream_.async_close(reason_, [self = this->shared_from_this()](error_code) { self->close(); });
}

template <class Stream>
void WsSession<Stream>::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  limit_.cancel();
  pause_.cancel();
  relay::close(stream_);
  queue().take();
  events_.closed(peer());
}

template class WsSession<TcpSocket>;
template class WsSession<TlsStream>;

}  // namespace relay
