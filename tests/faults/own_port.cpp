// Loaded before a program, it has each of the program's TCP connections to an IPv4 address leave from the
// very port that it goes to, and says so. Where nobody listens there, the program connects to itself.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" {

int connect(int file, const sockaddr* address, socklen_t size) {
  int type = 0;
  socklen_t type_size = sizeof type;
  getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &type_size);
  if (address->sa_family == AF_INET && type == SOCK_STREAM) {
    if (bind(file, address, size) != 0) std::abort();
    sockaddr_in own{};
    std::memcpy(&own, address, sizeof own);
    dprintf(STDERR_FILENO, "connecting from port %d to it\n", ntohs(own.sin_port));
  }
  return static_cast<int>(syscall(SYS_connect, file, address, size));
}

}  // extern "C"
