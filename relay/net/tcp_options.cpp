#include "net/tcp_options.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/socket_base.hpp>

namespace relay {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// How long bytes may be unacknowledged, or a window closed: shorter than Timer F, so that a request still
/// finds another way. Linux would try for 15 minutes.
constexpr int user_timeout_ms = 20'000;

/// A connection that nothing passes is tried after so many seconds. Linux lets the user timeout count for
/// these probes, too: a second one that is due while the first is unanswered ends the connection.
constexpr int probe_after = 120;
constexpr int probe_again_after = 20;
constexpr int most_probes = 3;  ///< where there is no user timeout

void set_tcp_option(TcpSocket& socket, int option, int value) {
  // One that is not known to the system leaves things as they were.
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
}

}  // namespace

void set_tcp_options(TcpSocket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  set_tcp_option(socket, TCP_KEEPIDLE, probe_after);
  set_tcp_option(socket, TCP_KEEPINTVL, probe_again_after);
  set_tcp_option(socket, TCP_KEEPCNT, most_probes);
  set_tcp_option(socket, TCP_USER_TIMEOUT, user_timeout_ms);
}

}  // namespace relay
