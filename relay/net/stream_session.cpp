#include "net/stream_session.h"

#include <spdlog/spdlog.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

#include "net/asio_endpoint.h"
#include "net/io_loop.h"
#include "net/steady_time.h"
#include "net/tcp_options.h"
#include "ops/endpoint_text.h"
#include "ops/log_field.h"
#include "transport/keepalive.h"

namespace relay {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Shorter than a transaction lives, so that another server, or a datagram, can still be tried.
constexpr std::chrono::seconds connect_limit{4};
constexpr std::chrono::seconds handshake_limit{6};

/// On one machine, where nobody listens at a port of those that connecting sockets are given, one may be
/// given that port itself, and TCP connects it to itself (RFC 9293 3.5, simultaneous open).
bool is_its_own_peer(const TcpSocket& socket) {
  error_code error;
  return socket.local_endpoint(error) == socket.remote_endpoint(error) && !error;
}

}  // namespace

template <class Stream>
StreamSession<Stream>::StreamSession(IoLoop& loop, Stream stream, SharedBudget::Slot slot,
                                     const sip::Peer& peer, const IntakeLimits& intake)
    : Connection(loop, peer),
      stream_(std::move(stream)),
      limit_(stream_.get_executor()),
      pause_(stream_.get_executor()),
      intake_(intake),
      arrival_limit_(intake.arrival),
      slot_(std::move(slot)),
      events_(loop.events()) {}

template <class Stream>
void StreamSession<Stream>::start() {
  if constexpr (is_tls<Stream>) {
    close_after(arrival_limit_);
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = this->shared_from_this()](error_code error) {
                              if (self->state_ == State::closed) return;
                              if (error || self->state_ != State::connecting) return self->close();
                              self->close_after(self->arrival_limit_);
                              self->opened();
                            });
  } else {
    close_after(arrival_limit_);
    opened();
  }
}

template <class Stream>
void StreamSession<Stream>::connect() {
  close_after(connect_limit);
  heard_ = true;  // nobody has to say anything to us who is asked nothing
  socket_of(stream_).async_connect(
      to_tcp(peer().endpoint), [self = this->shared_from_this()](error_code error) {
        if (self->state_ == State::closed) return;
        if (self->state_ != State::connecting) return self->close();
        TcpSocket& socket = socket_of(self->stream_);
        if (!error && is_its_own_peer(socket)) error = asio::error::connection_refused;
        if (error) {
          spdlog::info("cannot connect to {}: {}", to_text(self->peer().endpoint), error.message());
          return self->close();
        }
        set_tcp_options(socket);
        self->connected();
      });
}

template <class Stream>
void StreamSession<Stream>::connected() {
  heard_ = true;  // our own wish, so there is no hurry
  if constexpr (is_tls<Stream>) {
    close_after(handshake_limit);
    stream_.async_handshake(asio::ssl::stream_base::client,
                            [self = this->shared_from_this()](error_code error) {
                              if (self->state_ == State::closed) return;
                              if (error)
                                spdlog::warn("no TLS with {} for {}: {}", to_text(self->peer().endpoint),
                                             self->peer().name, error.message());
                              if (error || self->state_ != State::connecting) return self->close();
                              self->forget_limit();
                              self->opened();
                            });
  } else {
    forget_limit();
    opened();
  }
}

template <class Stream>
void StreamSession<Stream>::opened() {
  state_ = State::open;
  may_write_ = true;
  or_close([this] {
    events_.opened(peer());
    flush();
    read_next();
  });
}

template <class Stream>
bool StreamSession<Stream>::send(sip::Peer to, std::string bytes) {
  if (state_ != State::connecting && state_ != State::open) {
    queue().release(bytes.size());
    events_.unreachable(to);
    return false;
  }
  const bool is_first = queue().is_empty();
  queue().push({std::move(to), std::move(bytes)});
  return is_first && state_ == State::open;
}

template <class Stream>
void StreamSession<Stream>::flush() {
  if (state_ == State::closed || !may_write_) return;
  if (!is_writing_ && !queue().is_empty()) write_next();
}

template <class Stream>
void StreamSession<Stream>::begin_closing(std::string_view why) {
  if (state_ != State::connecting && state_ != State::open) return;
  log_flow(spdlog::level::debug, peer().flow, "hung up: {}", why);
  const bool was_open = state_ == State::open;
  state_ = State::closing;
  close_after(was_open ? close_limit : std::chrono::seconds(0));
  if (was_open && queue().is_empty()) finish_closing();
}

template <class Stream>
void StreamSession<Stream>::give_up() {
  if (state_ != State::connecting && state_ != State::open) return;
  events_.turned_away("reads too slowly");
  log_flow(spdlog::level::warn, peer().flow, "does not read what is sent: closed");
  state_ = State::closing;
  close_after(std::chrono::seconds(0));
}

template <class Stream>
void StreamSession<Stream>::read_next() {
  stream_.async_read_some(asio::buffer(buffer_),
                          [self = this->shared_from_this()](error_code error, std::size_t size) {
                            if (self->state_ == State::closed) return;
                            if (error) return self->close();
                            self->use();
                            self->or_close([&] {
                              const std::size_t messages = self->take({self->buffer_.data(), size});
                              self->watch_arrival(messages);
                              self->read_after(self->intake_.took(steady_now(), size, messages));
                            });
                          });
}

/// The rest of a message has to come in time, however many bytes of it come one by one.
template <class Stream>
void StreamSession<Stream>::watch_arrival(std::size_t messages) {
  if (state_ != State::open || !heard_) return;
  const bool was_partial = is_partial_ && messages == 0;
  // A line break alone may be one half of a keep-alive.
  is_partial_ = framer_.pending().find_first_not_of("\r\n") != std::string_view::npos;
  if (!is_partial_) return forget_limit();
  if (!was_partial) close_after(arrival_limit_);
}

/// What has not been read yet waits at its sender.
template <class Stream>
void StreamSession<Stream>::read_after(sip::Milliseconds pause) {
  if (pause == sip::Milliseconds(0)) return read_next();
  pause_.expires_after(pause);
  pause_.async_wait([self = this->shared_from_this()](error_code error) {
    if (!error && self->state_ != State::closed) self->or_close([&] { self->read_next(); });
  });
}

/// Cuts what has arrived into messages, and gives how many.
template <class Stream>
std::size_t StreamSession<Stream>::take(std::string_view bytes) {
  if (state_ != State::open || is_unframed_) return 0;
  std::size_t messages = 0;
  framer_.feed(bytes);
  for (;; ++messages) {
    auto frame = framer_.next();
    if (!frame) {
      is_unframed_ = true;
      events_.received_unframed(peer(), framer_.pending());
    }
    if (!frame || !*frame) return messages;
    heard_ = true;
    switch ((*frame)->kind) {
      case sip::Framer::Kind::message: events_.received(peer(), (*frame)->text); break;
      case sip::Framer::Kind::ping: events_.received(peer(), sip::ping); break;
      case sip::Framer::Kind::pong: events_.received(peer(), sip::pong); break;
    }
  }
}

template <class Stream>
void StreamSession<Stream>::write_next() {
  is_writing_ = true;
  asio::async_write(stream_, asio::buffer(queue().front()),
                    [self = this->shared_from_this()](error_code error, std::size_t) {
                      if (self->state_ == State::closed) return;
                      // What has arrived counts: the read that is under way meets the end behind it.
                      if (error) return self->close_after(close_limit);
                      self->is_writing_ = false;
                      self->queue().pop();
                      if (!self->queue().is_empty()) return self->write_next();
                      if (self->state_ == State::closing) self->finish_closing();
                    });
}

/// Everything is written. Closing at once could take the last of it from the peer, should bytes of it be
/// unread here.
template <class Stream>
void StreamSession<Stream>::finish_closing() {
  if constexpr (is_tls<Stream>) {
    stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->close(); });
  } else {
    error_code ignored;
    stream_.shutdown(asio::socket_base::shutdown_send, ignored);
  }
}

template <class Stream>
void StreamSession<Stream>::close_after(std::chrono::seconds limit) {
  limit_.expires_after(limit);
  limit_.async_wait([self = this->shared_from_this()](error_code error) {
    // A timer that ran out just before it was set anew still calls.
    if (!error && self->limit_.expiry() <= std::chrono::steady_clock::now()) self->close();
  });
}

template <class Stream>
void StreamSession<Stream>::forget_limit() {
  limit_.expires_at(std::chrono::steady_clock::time_point::max());
}

template <class Stream>
void StreamSession<Stream>::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  forget_limit();
  pause_.cancel();
  relay::close(stream_);
  const auto& unsent = queue().take();
  events_.closed(peer());
  for (const WriteQueue::Item& item : unsent) events_.unreachable(item.to);
}

template class StreamSession<TcpSocket>;
template class StreamSession<TlsStream>;

}  // namespace relay
