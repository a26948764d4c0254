#include "message/framer.h"

#include "base/ascii.h"
#include "message/message_view.h"

namespace sip {
namespace {

/// 18.3, 20.14: over a stream Content-Length is mandatory. RFC 4475 3.3.9: lengths that contradict each other
/// leave no way to find the next message.
Result<std::size_t> body_length(const MessageView& message, std::size_t offset) {
  const auto value = message.value(HeaderName::content_length);
  if (!value) return Error{Errc::missing_header, offset, "Content-Length"};
  const auto length = parse_decimal(*value, max_message_size);
  bool is_agreed = length.has_value();
  for (const HeaderField& field : message.fields())
    if (field.name == HeaderName::content_length && field.value != *value) is_agreed = false;
  if (!is_agreed) return Error{Errc::bad_header, offset, "Content-Length"};
  return static_cast<std::size_t>(*length);
}

}  // namespace

void Framer::feed(std::string_view bytes) {
  buffer_.erase(0, start_);
  searched_ -= searched_ < start_ ? searched_ : start_;
  start_ = 0;
  buffer_ += bytes;
}

Framer::Frame Framer::take_keepalive(Kind kind, std::size_t size) {
  start_ += size;
  searched_ = start_;
  return {kind, {}};
}

/// Finds the end of the message at start_ once its header is complete.
std::optional<Error> Framer::measure() {
  const std::string_view rest = pending();
  const std::size_t from = searched_ > start_ + 3 ? searched_ - start_ - 3 : 0;
  const std::size_t header_end = rest.find("\r\n\r\n", from);
  if (header_end == std::string_view::npos) {
    searched_ = buffer_.size();
    if (rest.size() > max_message_size) return Error{Errc::too_large, rest.size(), "message"};
    return std::nullopt;
  }
  const auto message = MessageView::parse(rest.substr(0, header_end + 4));
  if (!message) return message.error();
  const auto length = body_length(*message, header_end);
  if (!length) return length.error();
  frame_size_ = header_end + 4 + *length;
  if (frame_size_ > max_message_size) return Error{Errc::too_large, header_end, "message"};
  return std::nullopt;
}

Result<std::optional<Framer::Frame>> Framer::next() {
  const std::string_view rest = pending();
  if (frame_size_ == 0 && rest.starts_with("\r\n")) {
    if (rest.starts_with("\r\n\r\n")) return std::optional(take_keepalive(Kind::ping, 4));
    if (rest.size() > 2 && rest != "\r\n\r") return std::optional(take_keepalive(Kind::pong, 2));
    return std::optional<Frame>();
  }
  if (frame_size_ == 0) {
    if (const auto error = measure()) return *error;
  }
  if (frame_size_ == 0 || rest.size() < frame_size_) return std::optional<Frame>();
  Frame frame{Kind::message, std::string(rest.substr(0, frame_size_))};
  start_ += frame_size_;
  searched_ = start_;
  frame_size_ = 0;
  return std::optional(std::move(frame));
}

}  // namespace sip
