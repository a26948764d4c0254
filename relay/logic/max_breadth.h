#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "message/message_view.h"

namespace relay {

/// How many branches a request may have at a time, all proxies taken together (RFC 5393 5).
class MaxBreadth {
 public:
  /// 5.3.3: what a request without the field starts with, and the most that any gets.
  static constexpr unsigned largest = 60;

  /// Of a received request; none where the field is malformed or there are several.
  static std::optional<MaxBreadth> incoming(const sip::MessageView& request);

  /// How many branches that makes at most.
  std::size_t branches() const { return value_; }
  /// A share for each of so many branches, all of them together as much as came in. Empty when there is not
  /// one for each.
  std::vector<unsigned> divided(std::size_t branches) const;

 private:
  explicit MaxBreadth(unsigned value) : value_(value) {}

  unsigned value_;
};

}  // namespace relay
