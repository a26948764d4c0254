#include "network.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <stdexcept>

#include "web_socket.h"

namespace load {
namespace {

constexpr std::size_t most_udp_sockets = 16;
constexpr std::uint64_t udp_mark = std::uint64_t{1} << 63;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void watch(int epoll, int socket, std::uint64_t data, std::uint32_t events) {
  epoll_event event{events | EPOLLET, {.u64 = data}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

bool is_keep_alive(std::string_view text) { return text.find_first_not_of("\r\n") == text.npos; }

}  // namespace

Network::Network(const Options& options, Receiver& receiver, Random& random)
    : options_(options),
      receiver_(receiver),
      random_(random),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      lines_(options.users),
      buffer_(256 * 1024) {
  const bool has_messages = options.work == Work::messages;
  std::size_t udp_lines = 0;
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (has_messages) lines_[i].transport = i % 2 == 0 ? options.senders : options.recipients;
    if (lines_[i].transport == Transport::udp) lines_[i].udp_socket = udp_lines++ % most_udp_sockets;
  }
  open_udp_sockets(std::min(udp_lines, most_udp_sockets));
}

Network::~Network() {
  for (Line& line : lines_)
    if (line.socket >= 0) ::close(line.socket);
  for (UdpSocket& udp : udp_) ::close(udp.socket);
  ::close(epoll_);
}

void Network::open_udp_sockets(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int size = 4 << 20;
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(socket, reinterpret_cast<sockaddr*>(&address), length) != 0)
      throw std::runtime_error("no UDP port");
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
    for (Line& line : lines_)
      if (line.transport == Transport::udp && line.udp_socket == i)
        line.sent_by = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    udp_.push_back({socket, false, {}});
    watch(epoll_, socket, udp_mark | i, EPOLLIN);
  }
}

void Network::open(std::uint32_t index) {
  Line& line = lines_[index];
  if (line.transport == Transport::udp) {
    line.state = Line::State::open;
    receiver_.take({Event::Kind::opened, index, line.udp_socket, true, {}});
    return;
  }
  line.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  line.state = Line::State::connecting;
  if (line.socket < 0) return fail(index, std::strerror(errno));
  const int on = 1;
  setsockopt(line.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(options_.ws_port);
  if (connect(line.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS)
    return fail(index, std::strerror(errno));
  watch(epoll_, line.socket, index, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
}

void Network::begin_handshake(Line& line) {
  line.sent_by.clear();
  append_hex(line.sent_by, random_.next(), 12);
  line.sent_by += ".invalid";
  const std::array<std::uint64_t, 2> bytes{random_.next(), random_.next()};
  line.key = base64({reinterpret_cast<const char*>(bytes.data()), sizeof bytes});
  const std::string host = "127.0.0.1:" + std::to_string(options_.ws_port);
  line.unsent += "GET / HTTP/1.1\r\nHost: " + host +
                 "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://" + host +
                 "\r\nSec-WebSocket-Key: " + line.key +
                 "\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n";
  line.state = Line::State::handshake;
}

void Network::fail(std::uint32_t index, std::string_view why) {
  if (lines_[index].state == Line::State::closed) return;
  close(index);
  receiver_.take({Event::Kind::closed, index, 0, false, why});
}

void Network::close(std::uint32_t index) {
  Line& line = lines_[index];
  if (line.socket >= 0) ::close(line.socket);
  line.socket = -1;
  line.state = Line::State::closed;
  line.received.clear();
  line.unsent.clear();
  line.sent = 0;
}

void Network::send(std::uint32_t index, const std::string& sip) {
  Line& line = lines_[index];
  if (line.transport == Transport::udp) {
    UdpSocket& udp = udp_[line.udp_socket];
    udp.unsent.push_back(sip);
    if (!udp.has_unsent) unsent_udp_.push_back(line.udp_socket);
    udp.has_unsent = true;
  } else if (line.state == Line::State::open) {
    append_masked_frame(line.unsent, Opcode::text, sip, static_cast<std::uint32_t>(random_.next()));
    mark_unsent(index);
  }
}

void Network::mark_unsent(std::uint32_t index) {
  if (!lines_[index].has_unsent) unsent_lines_.push_back(index);
  lines_[index].has_unsent = true;
}

void Network::flush(std::uint32_t index) {
  Line& line = lines_[index];
  while (line.socket >= 0 && line.sent < line.unsent.size()) {
    const ssize_t sent =
        ::send(line.socket, line.unsent.data() + line.sent, line.unsent.size() - line.sent, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) return fail(index, std::strerror(errno));
    line.sent += static_cast<std::size_t>(sent);
  }
  line.unsent.clear();
  line.sent = 0;
}

void Network::flush(UdpSocket& udp) {
  sockaddr_in address = loopback(options_.udp_port);
  std::span<std::string> rest(udp.unsent);
  while (!rest.empty()) {
    std::array<mmsghdr, 64> messages{};
    std::array<iovec, 64> parts{};
    const std::size_t count = std::min(rest.size(), messages.size());
    for (std::size_t i = 0; i < count; ++i) {
      parts[i] = {rest[i].data(), rest[i].size()};
      messages[i].msg_hdr = {&address, sizeof address, &parts[i], 1, nullptr, 0, 0};
    }
    const int sent = sendmmsg(udp.socket, messages.data(), static_cast<unsigned>(count), 0);
    if (sent < 0 && errno != EAGAIN) break;  // as lost as a datagram may be
    if (sent < 0)
      usleep(50);
    else
      rest = rest.subspan(static_cast<std::size_t>(sent));
  }
  udp.unsent.clear();
}

void Network::flush() {
  std::swap(unsent_lines_, flushing_);  // a line that fails may want another one to send
  for (std::uint32_t index : flushing_) {
    lines_[index].has_unsent = false;
    flush(index);
  }
  flushing_.clear();
  for (std::size_t index : unsent_udp_) {
    udp_[index].has_unsent = false;
    flush(udp_[index]);
  }
  unsent_udp_.clear();
}

void Network::wait(Nanoseconds longest) {
  std::array<epoll_event, 512> events{};
  const timespec time{longest / second, longest % second};
  const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &time, nullptr);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 & udp_mark)
      read_udp(event.data.u64 & ~udp_mark);
    else
      take_stream_event(static_cast<std::uint32_t>(event.data.u64), event.events);
  }
  flush();
}

void Network::take_stream_event(std::uint32_t index, std::uint32_t events) {
  Line& line = lines_[index];
  if (line.socket < 0) return;
  if (line.state == Line::State::connecting) {
    if (!(events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) return;
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(line.socket, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) return fail(index, std::strerror(error));
    begin_handshake(line);
    mark_unsent(index);
  }
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) read_stream(index);
  if ((events & EPOLLOUT) && line.sent < line.unsent.size()) mark_unsent(index);
}

void Network::read_stream(std::uint32_t index) {
  Line& line = lines_[index];
  while (line.socket >= 0) {
    const ssize_t count = recv(line.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return fail(index, count == 0 ? "the relay closed it" : std::strerror(errno));
    std::string_view bytes(buffer_.data(), static_cast<std::size_t>(count));
    std::string joined;
    if (!line.received.empty()) {
      joined.swap(line.received);
      joined.append(bytes);
      bytes = joined;
    }
    while (!bytes.empty() && line.socket >= 0) {
      const std::size_t used =
          line.state == Line::State::handshake ? read_handshake(index, bytes) : read_frame(index, bytes);
      if (used == 0) break;
      bytes.remove_prefix(used);
    }
    if (line.socket >= 0) line.received.assign(bytes);
    if (static_cast<std::size_t>(count) < buffer_.size()) return;
  }
}

std::size_t Network::read_handshake(std::uint32_t index, std::string_view bytes) {
  Line& line = lines_[index];
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) return 0;
  const std::string_view head = bytes.substr(0, end);
  if (!head.starts_with("HTTP/1.1 101 ") || head.find(accept_key(line.key)) == head.npos) {
    fail(index, "no upgrade");
    return bytes.size();
  }
  std::string().swap(line.key);
  line.state = Line::State::open;
  receiver_.take({Event::Kind::opened, index, 0, false, {}});
  return end + 4;
}

/// How much of the bytes a whole frame takes; 0 if there is none.
std::size_t Network::read_frame(std::uint32_t index, std::string_view bytes) {
  const auto head = read_frame_head(bytes);
  if (!head) return 0;
  if (head->is_masked || head->payload > (1U << 24) || !head->is_final) {
    fail(index, "not a frame of a server that keeps messages whole");
    return bytes.size();
  }
  const std::size_t size = head->size + head->payload;
  if (bytes.size() < size) return 0;
  const std::string_view payload = bytes.substr(head->size, head->payload);
  switch (head->opcode) {
    case Opcode::text:
    case Opcode::binary:
      if (!is_keep_alive(payload)) receiver_.take({Event::Kind::text, index, 0, false, payload});
      break;
    case Opcode::ping:
      append_masked_frame(lines_[index].unsent, Opcode::pong, payload,
                          static_cast<std::uint32_t>(random_.next()));
      mark_unsent(index);
      break;
    case Opcode::pong: break;
    case Opcode::close:
    case Opcode::continuation: fail(index, "the relay said goodbye"); return bytes.size();
  }
  return size;
}

void Network::read_udp(std::size_t udp_socket) {
  constexpr std::size_t most = 16;
  constexpr std::size_t room = 16 * 1024;
  for (;;) {
    std::array<mmsghdr, most> messages{};
    std::array<iovec, most> parts{};
    for (std::size_t i = 0; i < most; ++i) {
      parts[i] = {buffer_.data() + i * room, room};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = recvmmsg(udp_[udp_socket].socket, messages.data(), most, MSG_DONTWAIT, nullptr);
    for (std::size_t i = 0; static_cast<int>(i) < count; ++i) {
      const std::string_view text(buffer_.data() + i * room, messages[i].msg_len);
      if (!is_keep_alive(text)) receiver_.take({Event::Kind::text, 0, udp_socket, true, text});
    }
    if (count < static_cast<int>(most)) return;
  }
}

}  // namespace load
