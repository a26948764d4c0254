#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "logic/request.h"
#include "message/name_addr.h"

namespace relay {

/// The Path of a REGISTER: the proxies that requests to the contact must pass (RFC 3327 5.3).
struct Path {
  /// A path is a few proxies deep; each becomes a Route in every request, of which 1300 bytes may be a
  /// datagram.
  static constexpr std::size_t max_values = 8;
  static constexpr std::size_t max_size = 1024;

  std::vector<std::string> values;  ///< in order, without line breaks

  /// Or the answer where the path can't be taken: 420 where the client did not say that it knows of paths,
  /// and so may not know who is in between (5.3); 400 for one that is malformed, not loose, or too long.
  static std::variant<Path, Answer> read(const Request& request);

  /// As the value of one header field.
  std::string text() const;
  /// Borrows from the values; none where there are none.
  std::optional<sip::NameAddr> first() const;
  bool operator==(const Path&) const = default;
};

/// Whether a header field of option tags lists this one.
bool lists_option(const sip::MessageView& message, sip::HeaderName name, std::string_view option);

}  // namespace relay
