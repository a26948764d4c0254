#include "net/http_session.h"

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/file_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "net/steady_time.h"
#include "net/ws_session.h"

namespace relay {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

/// For a whole answer to be taken.
constexpr std::chrono::seconds write_limit{30};
/// For the other end to take an answer that is the last.
constexpr std::chrono::seconds end_limit{2};
constexpr std::uint32_t max_header_size = 8192;

/// The page runs the WebAssembly module and its own scripts, and connects to relays; nothing else is let in.
constexpr const char* content_security_policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'";

void set_common_fields(http::fields& response) {
  response.set(http::field::server, "sipmsg-relay");
  response.set(http::field::cache_control, "no-cache");
  response.set("Content-Security-Policy", content_security_policy);
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  // What opens the page may not lead it to another sign-in (web/src/app/sign_in_link.ts).
  response.set("Cross-Origin-Opener-Policy", "same-origin");
  // A page from elsewhere may embed the chat: module scripts and the WebAssembly module are fetched with
  // CORS.
  response.set(http::field::access_control_allow_origin, "*");
  response.set("Cross-Origin-Resource-Policy", "cross-origin");
}

}  // namespace

template <class Stream>
HttpSession<Stream>::HttpSession(Stream stream, SharedBudget::Slot slot, const StaticFiles& files,
                                 FlowEvents& events, std::shared_ptr<const FlowSettings> settings,
                                 Upgrade upgrade)
    : stream_(std::move(stream)),
      limit_(stream_.get_executor()),
      slot_(std::move(slot)),
      files_(files),
      events_(events),
      settings_(std::move(settings)),
      intake_(settings_->intake),
      take_over_(std::move(upgrade)) {}

template <class Stream>
void HttpSession<Stream>::start() {
  if constexpr (is_tls<Stream>) {
    close_after(settings_->intake.arrival);
    stream_.async_handshake(boost::asio::ssl::stream_base::server,
                            [self = this->shared_from_this()](error_code error) {
                              if (!error) self->read_next();
                            });
  } else {
    read_next();
  }
}

template <class Stream>
void HttpSession<Stream>::read_next() {
  parser_.emplace();
  parser_->header_limit(max_header_size);
  close_after(settings_->intake.arrival);
  http::async_read_header(
      stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code error, std::size_t) {
        if (!error) return self->take(self->parser_->get());
        // Something arrived that is no HTTP: TLS perhaps, or SIP.
        if (error.category() == error_code(http::error::bad_method).category() &&
            error != http::error::end_of_stream && error != http::error::partial_message)
          self->refuse(http::status::bad_request, "This is no HTTP request, or its header is over 8 KiB.");
      });
}

template <class Stream>
void HttpSession<Stream>::take(const Request& request) {
  if (beast::websocket::is_upgrade(request)) return upgrade(request);
  if (request.method() != http::verb::get && request.method() != http::verb::head)
    return refuse(http::status::method_not_allowed, "Only GET and HEAD are served here.");
  const auto target = request.target();
  const auto file = files_.find({target.data(), target.size()});
  if (!file) return refuse(http::status::not_found, "There is no such page here.");
  give_out(request, *file);
}

/// A file goes from the disk to the connection piece by piece: who is slow to take it holds no copy of it.
template <class Stream>
void HttpSession<Stream>::give_out(const Request& request, const StaticFiles::File& file) {
  const auto fill = [&](auto response, std::uint64_t size) {
    response.set(http::field::content_type, file.content_type);
    // A body that nobody asked for would be read as the next request.
    response.keep_alive(parser_->is_done() && request.keep_alive());
    answer(std::move(response), size);
  };
  if (file.text) {
    auto answered = response<http::string_body>(http::status::ok);
    answered.body() = *file.text;
    return fill(std::move(answered), file.text->size());
  }
  auto answered = response<http::file_body>(http::status::ok);
  error_code error;
  answered.body().open(file.path.c_str(), beast::file_mode::scan, error);
  if (error) return refuse(http::status::not_found, "There is no such page here.");
  const std::uint64_t size = answered.body().size();
  fill(std::move(answered), size);
}

template <class Stream>
void HttpSession<Stream>::upgrade(const Request& request) {
  const auto text = [&](http::field name) {
    const auto value = request[name];
    return std::string_view(value.data(), value.size());
  };
  if (!offers_sip(request))
    return refuse(http::status::bad_request,
                  "This WebSocket speaks SIP (RFC 7118): offer the subprotocol \"sip\".");
  const auto known = is_tls<Stream> ? OriginPolicy::Host::certified : OriginPolicy::Host::resolved;
  if (!settings_->origins.allows(text(http::field::origin), text(http::field::host), known)) {
    events_.turned_away("origin not allowed");
    return refuse(http::status::forbidden,
                  "Pages from there may not connect: the relay's operator lists them by --origin.");
  }
  take_over_(std::move(stream_), std::move(slot_), request);
}

template <class Stream>
void HttpSession<Stream>::refuse(http::status status, std::string sentence) {
  const Request& request = parser_->get();
  auto answered = response<http::string_body>(status);
  answered.set(http::field::content_type, "text/plain; charset=utf-8");
  if (status == http::status::method_not_allowed) answered.set(http::field::allow, "GET, HEAD");
  answered.body() = std::move(sentence) + "\n";
  answered.keep_alive(status == http::status::not_found && parser_->is_done() && request.keep_alive());
  const std::size_t size = answered.body().size();
  answer(std::move(answered), size);
}

template <class Stream>
template <class Body>
http::response<Body> HttpSession<Stream>::response(http::status status) const {
  http::response<Body> response(status, 11);
  set_common_fields(response);
  return response;
}

/// RFC 9110 9.3.2: the answer to HEAD says the length of what GET would bring.
template <class Stream>
template <class Body>
void HttpSession<Stream>::answer(http::response<Body> response, std::uint64_t size) {
  response.content_length(size);
  if (parser_->get().method() != http::verb::head) return write(std::move(response));
  write(http::response<http::empty_body>(std::move(response.base())));
}

template <class Stream>
template <class Body>
void HttpSession<Stream>::write(http::response<Body> response) {
  const auto written = std::make_shared<http::response<Body>>(std::move(response));
  close_after(write_limit);
  http::async_write(stream_, *written,
                    [self = this->shared_from_this(), written](error_code error, std::size_t size) {
                      if (error) return;
                      if (!written->keep_alive()) return self->end();
                      self->read_after(self->intake_.took(steady_now(), size, 1));
                    });
}

/// What is asked for waits at its sender, as SIP does, when it is too much.
template <class Stream>
void HttpSession<Stream>::read_after(sip::Milliseconds pause) {
  if (pause == sip::Milliseconds(0)) return read_next();
  limit_.expires_after(pause);
  limit_.async_wait([self = this->shared_from_this()](error_code error) {
    if (!error) self->read_next();
  });
}

template <class Stream>
void HttpSession<Stream>::end() {
  close_after(end_limit);
  if constexpr (is_tls<Stream>) {
    // close_notify, so that the other end knows that it has everything; it answers the same.
    stream_.async_shutdown([self = this->shared_from_this()](error_code) {});
  } else {
    error_code ignored;
    stream_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
    drain();
  }
}

/// Reads the rest of what was sent until the other end closes as well: to close with bytes unread resets the
/// connection, and the answer may get lost.
template <class Stream>
void HttpSession<Stream>::drain() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(max_header_size),
                          [self = this->shared_from_this()](error_code error, std::size_t) {
                            if (!error) self->drain();
                          });
}

/// Unless it is said anew before; what it waits for then fails.
template <class Stream>
void HttpSession<Stream>::close_after(std::chrono::seconds limit) {
  limit_.expires_after(limit);
  limit_.async_wait([weak = this->weak_from_this()](error_code error) {
    const auto self = weak.lock();
    // A timer that ran out just before it was set anew still calls.
    if (!error && self && self->limit_.expiry() <= std::chrono::steady_clock::now()) close(self->stream_);
  });
}

template class HttpSession<TcpSocket>;
template class HttpSession<TlsStream>;

}  // namespace relay
