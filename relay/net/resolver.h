#pragma once

#include <ares.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "logic/dns.h"
#include "transport/endpoint.h"

namespace relay {

/// Asks the DNS by c-ares, whose sockets and timer are waited for on the reactor's loop.
class Resolver {
 public:
  using Reply = std::function<void(DnsAnswer)>;

  explicit Resolver(boost::asio::io_context& context) : context_(context), timer_(context) {}
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  /// To be called once, before ask(). The system's name servers, or the one given. Gives a sentence when it
  /// can't.
  std::optional<std::string> open(const std::optional<sip::Endpoint>& server);
  /// Replies in any case within some seconds, and perhaps before it returns.
  void ask(const DnsQuestion& question, Reply reply);
  /// What has not been replied to will not be, and nothing is waited for any more.
  void close();
  /// Questions that have not been replied to.
  std::size_t waiting() const { return questions_.size(); }

 private:
  struct Asked;
  /// One of c-ares' sockets, which c-ares opens and closes.
  struct Socket {
    boost::asio::posix::stream_descriptor descriptor;
    bool is_read_awaited = false;
    bool is_written_awaited = false;
    bool is_reading = false;
    bool is_writing = false;
  };
  static void on_socket_state(void* self, ares_socket_t socket, int is_read, int is_written);
  static void on_answer(void* asked, int status, int timeouts, unsigned char* bytes, int size);
  void await(ares_socket_t descriptor, const std::shared_ptr<Socket>& socket);
  void process(ares_socket_t readable, ares_socket_t writable);
  void set_timer();
  void reply(std::uint64_t number, DnsAnswer answer);

  struct Question {
    Reply reply;
    std::unique_ptr<boost::asio::steady_timer> limit;
  };

  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, std::shared_ptr<Socket>> sockets_;
  std::map<std::uint64_t, Question> questions_;  ///< not replied to
  std::uint64_t last_question_ = 0;
};

}  // namespace relay
