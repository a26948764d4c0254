#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <type_traits>

namespace relay {

/// What connections are made of. With the executor's own type: one that may be any is copied and called
/// indirectly a dozen times for each message.
using Executor = boost::asio::io_context::executor_type;
using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using TlsStream = boost::beast::ssl_stream<TcpSocket>;

template <class Stream>
inline constexpr bool is_tls = std::is_same_v<Stream, TlsStream>;

template <class Stream>
TcpSocket& socket_of(Stream& stream) {
  return boost::beast::get_lowest_layer(stream);
}

template <class Stream>
void close(Stream& stream) {
  boost::system::error_code ignored;
  socket_of(stream).close(ignored);
}

/// For the peer to take what was written and to close its side.
inline constexpr std::chrono::seconds close_limit{5};

}  // namespace relay
