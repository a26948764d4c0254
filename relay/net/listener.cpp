#include "net/listener.h"

#include <spdlog/spdlog.h>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/socket_base.hpp>
#include <chrono>
#include <utility>

#include "net/asio_endpoint.h"
#include "net/tcp_options.h"
#include "ops/endpoint_text.h"

namespace relay {

namespace asio = boost::asio;
using boost::system::error_code;

error_code Listener::bind(const sip::Endpoint& endpoint) {
  const auto local = to_tcp(endpoint);
  error_code error;
  if (acceptor_.open(local.protocol(), error)) return error;
  // Or a restarted relay would wait for the last connections of its predecessor to time out.
  if (acceptor_.set_option(asio::socket_base::reuse_address(true), error)) return error;
  // [::] is every IPv6 address, and leaves IPv4 to a listener at 0.0.0.0.
  if (local.address().is_v6() && acceptor_.set_option(asio::ip::v6_only(true), error)) return error;
  if (acceptor_.bind(local, error)) return error;
  acceptor_.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

sip::Endpoint Listener::local() const {
  error_code ignored;
  return from_asio(protocol_, acceptor_.local_endpoint(ignored));
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void Listener::accept_next() {
  acceptor_.async_accept(context_, [self = shared_from_this()](error_code error, TcpSocket socket) {
    if (!self->acceptor_.is_open()) return;
    // Those who left before they were accepted are no reason to wait.
    if (error && error != asio::error::connection_aborted) {
      spdlog::warn("cannot accept on {}: {}", to_text(self->local()), error.message());
      return self->accept_later();
    }
    self->accept_next();
    if (!error) self->accept(std::move(socket));
  });
}

void Listener::accept(TcpSocket socket) {
  set_tcp_options(socket);
  accepted_(std::move(socket));
}

/// Without descriptors or memory the next attempt would fail at once as well, and the loop would spin.
void Listener::accept_later() {
  pause_.expires_after(std::chrono::milliseconds(200));
  pause_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && self->acceptor_.is_open()) self->accept_next();
  });
}

}  // namespace relay
