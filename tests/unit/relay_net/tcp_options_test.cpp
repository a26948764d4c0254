#include "net/tcp_options.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

namespace tcp_options_test {

using namespace relay;

namespace {

int option(TcpSocket& socket, int level, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(socket.native_handle(), level, name, &value, &size) == 0);
  return value;
}

}  // namespace

TEST_CASE("bytes that nobody acknowledges end a connection in time for Timer F, and an idle one is tried") {
  boost::asio::io_context context;
  TcpSocket socket(context, boost::asio::ip::tcp::v4());
  set_tcp_options(socket);
  CHECK(option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT) == 20'000);
  CHECK(option(socket, SOL_SOCKET, SO_KEEPALIVE) != 0);
  CHECK(option(socket, IPPROTO_TCP, TCP_KEEPIDLE) == 120);
  CHECK(option(socket, IPPROTO_TCP, TCP_KEEPINTVL) == 20);
  CHECK(option(socket, IPPROTO_TCP, TCP_NODELAY) != 0);
}

}  // namespace tcp_options_test
