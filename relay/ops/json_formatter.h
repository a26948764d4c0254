#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace relay {

/// A log entry as one line of JSON: {"time": RFC 3339 in UTC, "level", "message"},
/// and what LogFields there are.
class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override;
  std::unique_ptr<formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

}  // namespace relay
