#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "net/stream.h"
#include "transport/endpoint.h"

namespace relay {

/// Accepts connections at one address.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using Accepted = std::function<void(TcpSocket)>;

  Listener(boost::asio::io_context& context, sip::Protocol protocol, Accepted accepted)
      : context_(context),
        acceptor_(context),
        pause_(context),
        protocol_(protocol),
        accepted_(std::move(accepted)) {}

  boost::system::error_code bind(const sip::Endpoint& endpoint);
  /// With the port that was really taken.
  sip::Endpoint local() const;
  void start() { accept_next(); }
  void close();

 private:
  void accept_next();
  void accept(TcpSocket socket);
  void accept_later();

  boost::asio::io_context& context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  sip::Protocol protocol_;
  Accepted accepted_;
};

}  // namespace relay
