#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "logic/intake.h"
#include "message/framer.h"
#include "net/connection.h"
#include "net/shared_budget.h"
#include "net/stream.h"

namespace relay {

/// SIP over one TCP or TLS connection (RFC 3261 18.3), accepted or made by us.
template <class Stream>
class StreamSession : public Connection, public std::enable_shared_from_this<StreamSession<Stream>> {
 public:
  StreamSession(IoLoop& loop, Stream stream, SharedBudget::Slot slot, const sip::Peer& peer,
                const IntakeLimits& intake);

  /// For an accepted connection.
  void start();
  /// For one of ours: what is sent before it stands waits for it.
  void connect();

  bool send(sip::Peer to, std::string bytes) override;
  void flush() override;
  void hang_up(Ground, std::string_view why) override { begin_closing(why); }
  void go_away() override { begin_closing("the relay ends"); }
  void give_up() override;

 private:
  enum class State : std::uint8_t { connecting, open, closing, closed };

  void connected();
  void opened();
  void read_next();
  void read_after(sip::Milliseconds pause);
  std::size_t take(std::string_view bytes);
  void watch_arrival(std::size_t messages);
  void write_next();
  void begin_closing(std::string_view why);
  void finish_closing();
  void close_after(std::chrono::seconds limit);
  void forget_limit();
  void close() override;

  Stream stream_;
  boost::asio::steady_timer limit_;
  boost::asio::steady_timer pause_;  ///< until more is read
  Intake intake_;
  std::chrono::seconds arrival_limit_;
  SharedBudget::Slot slot_;
  FlowEvents& events_;
  State state_ = State::connecting;
  bool heard_ = false;        ///< whether anything whole has been received
  bool is_unframed_ = false;  ///< nothing more can be told apart
  bool is_partial_ = false;   ///< whether a message has begun to arrive
  sip::Framer framer_;
  std::array<char, 8192> buffer_{};
  bool may_write_ = false;  ///< it has been open
  bool is_writing_ = false;
};

extern template class StreamSession<TcpSocket>;
extern template class StreamSession<TlsStream>;

}  // namespace relay
