// The least that a relay from WebSocket to WebSocket could do here: one thread takes the mask off, finds the
// user in the start line of a request or the From of a response, and passes the bytes on as they are. It
// reads no Via, keeps no transaction, checks nothing.
//   bench_floor PORT
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <unordered_map>
#include <vector>

#include "web_socket.h"

namespace load {
namespace {

struct Connection {
  explicit Connection(int accepted) : socket(accepted) {}
  int socket;
  bool is_open = false;
  std::string received;
  std::string unsent;
};

/// The value of a header field in its long form.
std::string_view field(std::string_view text, std::string_view name) {
  const std::size_t start = text.find(name);
  if (start == text.npos) return {};
  const std::size_t value = start + name.size();
  return text.substr(value, text.find("\r\n", value) - value);
}

std::string_view user_of(std::string_view text) {
  const std::size_t start = text.find("sip:");
  if (start == text.npos) return {};
  return text.substr(start + 4, text.find('@', start) - start - 4);
}

void flush(Connection& connection) {
  while (!connection.unsent.empty()) {
    const ssize_t sent =
        ::send(connection.socket, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    connection.unsent.erase(0, static_cast<std::size_t>(sent));
  }
}

class Floor {
 public:
  explicit Floor(int listener) : listener_(listener), epoll_(epoll_create1(0)) { watch(listener_); }

  void run() {
    std::vector<epoll_event> events(512);
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        auto* connection = static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (connection == &listener_)
          accept_all();
        else
          read(connection);
      }
    }
  }

 private:
  void watch(Connection& connection) {
    epoll_event event{EPOLLIN, {.ptr = &connection}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event);
  }

  void accept_all() {
    const int on = 1;
    for (int socket = 0; (socket = accept4(listener_.socket, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch(*new Connection(socket));  // deleted by close()
    }
  }

  void close(Connection* connection) {
    ::close(connection->socket);
    std::erase_if(users_, [&](const auto& user) { return user.second == connection; });
    delete connection;
  }

  void read(Connection* connection) {
    static std::vector<char> buffer(65536);
    const ssize_t count = recv(connection->socket, buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return close(connection);
    connection->received.append(buffer.data(), static_cast<std::size_t>(count));
    if (!connection->is_open) open(*connection);
    if (connection->is_open) read_frames(*connection);
  }

  static void open(Connection& connection) {
    const std::size_t end = connection.received.find("\r\n\r\n");
    if (end == std::string::npos) return;
    connection.unsent +=
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Accept: ";
    connection.unsent += accept_key(field(connection.received, "Sec-WebSocket-Key: "));
    connection.unsent += "\r\n\r\n";
    flush(connection);
    connection.received.erase(0, end + 4);
    connection.is_open = true;
  }

  void read_frames(Connection& connection) {
    std::size_t at = 0;
    std::string& bytes = connection.received;
    while (auto head = read_frame_head(std::string_view(bytes).substr(at))) {
      if (bytes.size() - at < head->size + head->payload) break;
      char* payload = bytes.data() + at + head->size;
      std::uint32_t mask = 0;
      std::memcpy(&mask, payload - 4, 4);
      apply_mask(payload, head->payload, mask);
      if (head->opcode == Opcode::text) pass_on(connection, {payload, head->payload});
      at += head->size + head->payload;
    }
    bytes.erase(0, at);
  }

  void pass_on(Connection& from, std::string_view text) {
    if (text.starts_with("REGISTER")) return answer(from, text);
    const std::string_view line =
        text.starts_with("SIP/2.0 ") ? field(text, "\r\nFrom: ") : text.substr(0, text.find('\r'));
    const auto found = users_.find(std::string(user_of(line)));
    if (found != users_.end()) send(*found->second, text);
  }

  void answer(Connection& from, std::string_view text) {
    users_[std::string(user_of(field(text, "\r\nFrom: ")))] = &from;
    std::string response = "SIP/2.0 200 OK\r\nTo: ";
    response += field(text, "\r\nTo: ");
    response += ";tag=f";
    for (std::string_view name : {"\r\nVia: ", "\r\nFrom: ", "\r\nCall-ID: ", "\r\nCSeq: ", "\r\nContact: "})
      response.append(name).append(field(text, name));
    response += ";expires=600\r\nContent-Length: 0\r\n\r\n";
    send(from, response);
  }

  static void send(Connection& to, std::string_view text) {
    append_frame(to.unsent, Opcode::text, text);
    flush(to);
  }

  Connection listener_;
  int epoll_;
  std::unordered_map<std::string, Connection*> users_;
};

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_bound = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  return is_bound && listen(listener, 4096) == 0 ? listener : -1;
}

}  // namespace
}  // namespace load

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("bench_floor PORT\n", stderr);
    return 2;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const int listener = load::listen_on(static_cast<std::uint16_t>(load::number(arguments[1])));
  if (listener < 0) {
    std::perror("bench_floor");
    return 1;
  }
  load::Floor(listener).run();
}
