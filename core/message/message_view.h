#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/bounded_list.h"
#include "base/result.h"
#include "message/header_name.h"

namespace sip {

/// More than any sane message carries (a deep proxy chain has some 40), few enough to index on the stack.
inline constexpr std::size_t max_header_fields = 128;
/// The largest message any transport may hand in: what a UDP datagram can carry (RFC 3261 18.1.1).
inline constexpr std::size_t max_message_size = 65535;
/// The longest header field, folds and CRLF included. The longest known ones, a signed Identity (RFC 8224)
/// and a Route set of ten proxies, have some 2000 bytes; HTTP servers commonly stop at 8192.
inline constexpr std::size_t max_header_field_size = 8192;

struct HeaderField {
  HeaderName name = HeaderName::other;
  std::string_view name_text;  ///< as written; empty for a line that is no header field
  std::string_view value;      ///< trimmed, folds left in
  std::string_view line;       ///< the whole field with its CRLF
};

/// A SIP message taken apart into start line, header fields and body (RFC 3261 7). It borrows the text and
/// allocates nothing.
class MessageView {
 public:
  /// Fails only where no response could be formed: the start line is none, the header does not end, or a
  /// limit is passed. What a single header field holds is judged by its own type, a line that is no field by
  /// MandatoryHeaders.
  static Result<MessageView> parse(std::string_view text);
  /// Of a message past a limit (Errc::too_large) the start line and the fields that a response copies, so
  /// that it can be answered 513 (RFC 3261 21.5.7); its body is empty. An error where these pass the limits
  /// too.
  static Result<MessageView> parse_overlarge(std::string_view text);

  bool is_request() const { return status_ == 0; }
  std::string_view method() const { return method_; }
  std::string_view request_uri() const { return request_uri_; }
  /// SIP-Version as written; "SIP/2.0" for every response.
  std::string_view version() const { return version_; }
  /// 100..699, 0 for a request.
  int status() const { return status_; }
  std::string_view reason() const { return reason_; }

  std::span<const HeaderField> fields() const { return fields_.items(); }
  /// Value of the first field of that name.
  std::optional<std::string_view> value(HeaderName name) const;
  std::size_t count(HeaderName name) const;

  std::string_view text() const { return text_; }
  /// Everything behind the empty line; trim_body() has cut it to Content-Length.
  std::string_view body() const { return body_; }

  /// How the transport delimits messages, for the meaning of Content-Length (RFC 3261 18.3, RFC 7118 5).
  enum class Framing : std::uint8_t {
    datagram,  ///< bytes past Content-Length are dropped, missing ones are an error
    exact,     ///< a WebSocket frame holds one message and nothing else
  };
  /// Judges Content-Length and cuts the body to it.
  std::optional<Error> trim_body(Framing framing);

 private:
  /// Which header fields are kept.
  enum class Keep : std::uint8_t { every_field, what_a_response_copies };
  explicit MessageView(std::string_view text) : text_(text) {}
  static Result<MessageView> parse(std::string_view text, Keep keep);
  std::optional<Error> read(Keep keep);
  std::optional<Error> parse_start_line(std::string_view line);

  std::string_view text_;
  std::string_view method_;
  std::string_view request_uri_;
  std::string_view version_;
  std::string_view reason_;
  std::string_view body_;
  int status_ = 0;
  BoundedList<HeaderField, max_header_fields> fields_;
};

/// Whether a response copies the field from its request (RFC 3261 8.2.6.2).
constexpr bool is_copied_into_responses(HeaderName name) {
  return name == HeaderName::via || name == HeaderName::from || name == HeaderName::to ||
         name == HeaderName::call_id || name == HeaderName::cseq;
}

/// Reads the comma-separated values of every field of one name, in order (RFC 3261 7.3.1).
class ValueReader {
 public:
  ValueReader(const MessageView& message, HeaderName name) : fields_(message.fields()), name_(name) {}
  std::optional<std::string_view> next();

 private:
  std::span<const HeaderField> fields_;
  HeaderName name_;
  std::string_view rest_;
};

/// take_value() of a list with a comma.
std::string_view take_first_of_several(std::string_view& list);

/// Splits the first value off a comma-separated list; commas in quotes and angle brackets do not count.
inline std::string_view take_value(std::string_view& list) {
  // Most lists have one value.
  const bool is_one = list.find(',') == std::string_view::npos;
  return is_one ? trim(std::exchange(list, {})) : take_first_of_several(list);
}

}  // namespace sip
