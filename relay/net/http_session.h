#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "logic/intake.h"
#include "net/connection.h"
#include "net/flow_settings.h"
#include "net/shared_budget.h"
#include "net/static_files.h"
#include "net/stream.h"

namespace relay {

/// HTTP, over TLS or not, until the connection becomes a WebSocket: gives out the files of the page.
template <class Stream>
class HttpSession : public std::enable_shared_from_this<HttpSession<Stream>> {
 public:
  using Request = boost::beast::http::request<boost::beast::http::empty_body>;
  /// Takes over a connection whose upgrade request offers the subprotocol `sip`.
  using Upgrade = std::function<void(Stream, SharedBudget::Slot, const Request&)>;

  /// `files`, `events` and what `upgrade` refers to must outlive the session.
  HttpSession(Stream stream, SharedBudget::Slot slot, const StaticFiles& files, FlowEvents& events,
              std::shared_ptr<const FlowSettings> settings, Upgrade upgrade);

  void start();

 private:
  void read_next();
  void take(const Request& request);
  void upgrade(const Request& request);
  void refuse(boost::beast::http::status status, std::string sentence);
  void give_out(const Request& request, const StaticFiles::File& file);
  template <class Body>
  boost::beast::http::response<Body> response(boost::beast::http::status status) const;
  template <class Body>
  void answer(boost::beast::http::response<Body> response, std::uint64_t size);
  template <class Body>
  void write(boost::beast::http::response<Body> response);
  void read_after(sip::Milliseconds pause);
  void end();
  void drain();
  void close_after(std::chrono::seconds limit);

  Stream stream_;
  boost::asio::steady_timer limit_;  ///< of what is waited for
  SharedBudget::Slot slot_;
  const StaticFiles& files_;
  FlowEvents& events_;
  std::shared_ptr<const FlowSettings> settings_;
  Intake intake_;
  Upgrade take_over_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
};

extern template class HttpSession<TcpSocket>;
extern template class HttpSession<TlsStream>;

}  // namespace relay
