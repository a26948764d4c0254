#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "logic/connection_budget.h"
#include "net/connection.h"
#include "net/stream.h"
#include "net/web_site.h"

namespace relay {

/// HTTP, over TLS or not, until the connection becomes a WebSocket: gives out the files of the page.
template <class Stream>
class HttpSession : public std::enable_shared_from_this<HttpSession<Stream>> {
 public:
  using Request = boost::beast::http::request<boost::beast::http::empty_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;
  /// Takes over a connection whose upgrade request offers the subprotocol `sip`.
  using Upgrade = std::function<void(Stream, ConnectionBudget::Slot, const Request&)>;

  /// `site`, `events` and what `upgrade` refers to must outlive the session.
  HttpSession(Stream stream, ConnectionBudget::Slot slot, const WebSite& site, FlowEvents& events,
              std::chrono::seconds arrival_limit, Upgrade upgrade);

  void start();

 private:
  void read_next();
  void take(const Request& request);
  void upgrade(const Request& request);
  void refuse(boost::beast::http::status status, std::string sentence);
  void write(Response response);
  void end();
  void drain();

  Stream stream_;
  ConnectionBudget::Slot slot_;
  const WebSite& site_;
  FlowEvents& events_;
  std::chrono::seconds arrival_limit_;  ///< of TLS handshakes and of requests
  Upgrade take_over_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
  std::optional<Response> response_;  ///< being written
};

extern template class HttpSession<TcpStream>;
extern template class HttpSession<TlsStream>;

}  // namespace relay
