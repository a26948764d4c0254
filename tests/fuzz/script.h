#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ascii.h"

/// Reads a fuzz input as a script of events: each starts with a line "@name number", what follows up to the
/// next line that starts with '@' is its text. Readable seeds, and mutations that keep their shape.
class Script {
 public:
  Script(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  struct Event {
    char name = ' ';           ///< first letter behind '@'
    std::uint64_t number = 0;  ///< 0..65535
    std::string_view text;
  };
  std::optional<Event> next() {
    if (rest_.empty()) return std::nullopt;
    std::string_view event = rest_;
    const std::size_t end = rest_.find("\n@", 1);
    if (end == std::string_view::npos) {
      rest_ = {};
    } else {
      event = rest_.substr(0, end);
      rest_ = rest_.substr(end + 1);
    }
    const std::size_t line_end = event.find('\n');
    const std::string_view line = event.substr(0, line_end);
    Event result;
    if (line.size() > 1 && line[0] == '@') result.name = line[1];
    if (const std::size_t space = line.find(' '); space != std::string_view::npos)
      result.number = sip::parse_decimal(line.substr(space + 1), 65535).value_or(0);
    if (line_end != std::string_view::npos) result.text = event.substr(line_end + 1);
    return result;
  }

 private:
  std::string_view rest_;
};
