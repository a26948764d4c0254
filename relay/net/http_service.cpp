#include "net/http_service.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "net/asio_endpoint.h"
#include "net/steady_time.h"

namespace relay {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

/// For the first request to come: whoever connects has one.
constexpr std::chrono::seconds first_request_limit{10};
/// For the next one, and for an answer to be taken. Programs that ask every minute keep their connection.
constexpr std::chrono::seconds keep_alive_limit{90};
/// For an answer to be found: a disk that hangs is an answer, too.
constexpr std::chrono::seconds answer_limit{5};
constexpr std::uint32_t max_request_header_size = 8192;
constexpr std::uint64_t max_body_size = 65536;

std::string text(const http::request<http::string_body>& request, http::field name) {
  const auto value = request[name];
  return {value.data(), value.size()};
}

HttpRequest read(http::request<http::string_body> request) {
  return {.method = std::string(request.method_string()),
          .target = std::string(request.target()),
          .host = text(request, http::field::host),
          .origin = text(request, http::field::origin),
          .authorization = text(request, http::field::authorization),
          .content_type = text(request, http::field::content_type),
          .body = std::move(request.body())};
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(TcpSocket socket, SharedBudget::Slot slot, std::shared_ptr<const HttpHandler> handler)
      : socket_(std::move(socket)),
        limit_(socket_.get_executor()),
        slot_(std::move(slot)),
        handler_(std::move(handler)) {}

  void start() { read_next(first_request_limit); }

 private:
  void read_next(std::chrono::seconds limit) {
    parser_.emplace();
    parser_->header_limit(max_request_header_size);
    parser_->body_limit(max_body_size);
    wait_for(limit);
    http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->take(self->parser_->release());
    });
  }

  void take(http::request<http::string_body> request) {
    keeps_alive_ = request.keep_alive();
    has_body_ = request.method() != http::verb::head;
    is_waiting_ = true;
    wait_for(answer_limit);
    // Whatever thread answers: the session ends on its own one, so nobody else may hold it after that.
    const auto held = std::make_shared<std::shared_ptr<Session>>(shared_from_this());
    (*handler_)(read(std::move(request)), [held](HttpAnswer answer) {
      const auto executor = (*held)->socket_.get_executor();
      boost::asio::post(executor,
                        [self = std::move(*held), answer = std::move(answer)] { self->answer(answer); });
    });
  }

  void answer(const HttpAnswer& answer) {
    if (!std::exchange(is_waiting_, false)) return;
    response_.emplace(static_cast<http::status>(answer.status), 11);
    response_->set(http::field::server, "sipmsg-relay");
    response_->set(http::field::cache_control, "no-store");
    response_->set("X-Content-Type-Options", "nosniff");
    response_->set(http::field::content_type, answer.content_type);
    if (answer.status == 401)
      response_->set(http::field::www_authenticate, "Bearer realm=\"sipmsg-relay\"");  // RFC 6750 3
    response_->keep_alive(keeps_alive_);
    if (has_body_) response_->body() = answer.body;
    response_->prepare_payload();
    if (!has_body_) response_->content_length(answer.body.size());
    wait_for(keep_alive_limit);
    http::async_write(socket_, *response_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error && self->keeps_alive_) return self->read_next(keep_alive_limit);
      self->end();
    });
  }

  /// A handler that still has to answer holds the session, but neither its connection nor its slot.
  void end() {
    error_code ignored;
    socket_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
    limit_.cancel();
    close(socket_);
    slot_.reset();
  }

  /// Then the other end, or the handler, has taken too long.
  void wait_for(std::chrono::seconds limit) {
    limit_.expires_after(limit);
    limit_.async_wait([weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      // A timer that ran out just before it was set anew still calls.
      if (error || !self || self->limit_.expiry() > std::chrono::steady_clock::now()) return;
      if (!self->is_waiting_) return close(self->socket_);
      // What the handler has yet to say must not become the answer to the next request.
      self->keeps_alive_ = false;
      self->answer({.status = 503, .body = "no answer came in time\n"});
    });
  }

  TcpSocket socket_;
  boost::asio::steady_timer limit_;
  SharedBudget::Slot slot_;
  std::shared_ptr<const HttpHandler> handler_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  bool keeps_alive_ = false;
  bool has_body_ = true;  ///< whether the answer may have one
  bool is_waiting_ = false;
};

}  // namespace

HttpService::HttpService(boost::asio::io_context& context, SharedBudget& budget, HttpHandler handler,
                         std::function<void()> turned_away) {
  const auto accepted = [&budget, handler = std::make_shared<const HttpHandler>(std::move(handler)),
                         turned_away = std::move(turned_away)](TcpSocket socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;
    SharedBudget::Slot slot = budget.admit(steady_now(), from_asio(sip::Protocol::tcp, remote)).slot;
    if (!slot) return turned_away();
    std::make_shared<Session>(std::move(socket), std::move(slot), handler)->start();
  };
  listener_ = std::make_shared<Listener>(context, sip::Protocol::tcp, accepted);
}

}  // namespace relay
