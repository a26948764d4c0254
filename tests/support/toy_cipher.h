#pragma once

#include <string>
#include <string_view>

#include "im/question.h"

namespace sip::toy {

/// A toy for tests: it hides nothing from anybody. What is sealed is a line that names the recipient and the
/// sender, then every byte of type and body with its bits turned around, so that it is not UTF-8 any more.
inline constexpr std::string_view type = "application/pkcs7-mime;smime-type=toy";

inline std::string turned(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(~static_cast<unsigned char>(c));
  return out;
}

inline Sealed seal(std::string_view recipient, std::string_view sender, std::string_view content_type,
                   std::string_view body) {
  const std::string inside = std::string(content_type) + "\n" + std::string(body);
  return {std::string(type), std::string(recipient) + " " + std::string(sender) + "\n" + turned(inside)};
}

/// What `owner`, who has only their own key, finds inside.
inline Answer open(std::string_view owner, std::string_view body) {
  const std::size_t line_end = body.find('\n');
  const std::size_t space = body.find(' ');
  if (line_end == std::string_view::npos || space > line_end)
    return NotOpened{.reason = NotOpened::Reason::malformed};
  if (body.substr(0, space) != owner) return NotOpened{};
  const std::string inside = turned(body.substr(line_end + 1));
  const std::size_t type_end = inside.find('\n');
  if (type_end == std::string::npos) return NotOpened{.reason = NotOpened::Reason::malformed};
  return Opened{.content_type = inside.substr(0, type_end),
                .body = inside.substr(type_end + 1),
                .protection = Protection::signed_and_encrypted,
                .signer = std::string(body.substr(space + 1, line_end - space - 1))};
}

}  // namespace sip::toy
