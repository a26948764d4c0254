#pragma once
#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base.h"
#include "options.h"

namespace load {

/// One user's way to the relay: a WebSocket, or a share of one of a few UDP sockets.
struct Line {
  enum class State : std::uint8_t { closed, connecting, handshake, open };
  State state = State::closed;
  Transport transport = Transport::ws;
  bool has_unsent = false;
  int socket = -1;             // of a WebSocket
  std::size_t udp_socket = 0;  // or which of those
  std::string sent_by;
  std::string key;
  std::string received;  // what is no whole frame yet
  std::string unsent;
  std::size_t sent = 0;  // of `unsent`
};

/// What came; the text lives until the next one is asked for.
struct Event {
  enum class Kind : std::uint8_t { opened, text, closed };
  Kind kind;
  std::uint32_t line;      // with UDP the first line of its socket
  std::size_t udp_socket;  // where it came over UDP
  bool is_udp;
  std::string_view text;  // SIP, or why it closed
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void take(const Event& event) = 0;
};

/// The sockets of all users, on 127.0.0.1 alone, in one thread.
class Network {
 public:
  Network(const Options& options, Receiver& receiver, Random& random);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  void open(std::uint32_t line);
  void send(std::uint32_t line, const std::string& sip);
  void close(std::uint32_t line);
  /// Waits for so long at most, gives what came to the receiver, and sends what that wants sent.
  void wait(Nanoseconds longest);
  void flush();

  const Line& line(std::uint32_t index) const { return lines_[index]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(lines_.size()); }

 private:
  struct UdpSocket {
    int socket;
    bool has_unsent = false;
    std::vector<std::string> unsent;
  };

  void open_udp_sockets(std::size_t count);
  void begin_handshake(Line& line);
  void fail(std::uint32_t index, std::string_view why);
  void mark_unsent(std::uint32_t index);
  void flush(std::uint32_t index);
  void flush(UdpSocket& udp);
  void take_stream_event(std::uint32_t index, std::uint32_t events);
  void read_stream(std::uint32_t index);
  void read_udp(std::size_t udp_socket);
  std::size_t read_handshake(std::uint32_t index, std::string_view bytes);
  std::size_t read_frame(std::uint32_t index, std::string_view bytes);

  const Options& options_;
  Receiver& receiver_;
  Random& random_;
  int epoll_;
  std::vector<Line> lines_;
  std::vector<UdpSocket> udp_;
  std::vector<std::uint32_t> unsent_lines_;
  std::vector<std::uint32_t> flushing_;
  std::vector<std::size_t> unsent_udp_;
  std::vector<char> buffer_;
};

}  // namespace load
