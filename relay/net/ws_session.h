#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "logic/intake.h"
#include "net/connection.h"
#include "net/flow_settings.h"
#include "net/liveness.h"
#include "net/shared_budget.h"
#include "net/stream.h"
#include "net/ws_inflation.h"

namespace relay {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::empty_body>;

/// Whether an upgrade request offers the subprotocol `sip` (RFC 7118 4.1, 4.2).
bool offers_sip(const UpgradeRequest& request);

/// SIP over one WebSocket (RFC 7118), over TLS or not: one message a frame.
template <class Stream>
class WsSession : public Connection, public std::enable_shared_from_this<WsSession<Stream>> {
 public:
  WsSession(IoLoop& loop, Stream stream, SharedBudget::Slot slot, const sip::Peer& peer,
            const IntakeLimits& intake, Compression compression);

  /// Answers the upgrade request, which offers_sip, and begins.
  void start(const UpgradeRequest& request);

  bool send(sip::Peer to, std::string bytes) override;
  void flush() override;
  void hang_up(Ground ground, std::string_view why) override;
  void go_away() override;
  void give_up() override;

 private:
  enum class State : std::uint8_t { handshaking, open, draining, closing, closed };

  void accepted();
  void watch_silence();
  void ping();
  void heard_control_frame();
  void count_excess();
  void read_next();
  void take(std::size_t size);
  void deliver();
  void await_rest();
  void read_after(sip::Milliseconds pause);
  void write_next();
  void close_with(const boost::beast::websocket::close_reason& reason);
  void send_close();
  void close() override;

  WsStream<Stream> stream_;
  boost::asio::steady_timer
      limit_;  ///< of silence or of a message's arrival while it is open, then of its end
  boost::asio::steady_timer pause_;  ///< until more is read
  Intake intake_;
  SharedBudget::Slot slot_;
  FlowEvents& events_;
  State state_ = State::handshaking;
  boost::beast::websocket::close_reason reason_;
  boost::beast::flat_buffer buffer_;
  bool is_partial_ = false;  ///< whether a message has begun to arrive
  Liveness liveness_;
};

extern template class WsSession<TcpSocket>;
extern template class WsSession<TlsStream>;

}  // namespace relay
