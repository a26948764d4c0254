#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sip {

/// Cuts a byte stream (TCP, TLS) into messages by Content-Length (RFC 3261 18.3) and keep-alives (RFC
/// 5626 4.4.1).
class Framer {
 public:
  enum class Kind : std::uint8_t {
    message,
    ping,  ///< double CRLF
    pong,  ///< single CRLF with something else behind it
  };
  struct Frame {
    Kind kind;
    std::string text;  ///< empty for ping and pong
  };

  /// Appends bytes from the stream. Call next() until it is empty after each: only a partial message is kept
  /// then.
  void feed(std::string_view bytes);
  /// The next whole frame, none while more bytes are needed, or the error after which the stream can't go on:
  /// no Content-Length, a malformed one, or a message over the limit.
  Result<std::optional<Frame>> next();
  /// What has arrived of the message that could not be framed: enough to answer 400 with.
  std::string_view pending() const { return std::string_view(buffer_).substr(start_); }

 private:
  Frame take_keepalive(Kind kind, std::size_t size);
  std::optional<Error> measure();

  std::string buffer_;
  std::size_t start_ = 0;
  std::size_t searched_ = 0;    ///< no end of header before this position
  std::size_t frame_size_ = 0;  ///< of the message at start_, 0 while unknown
};

}  // namespace sip
