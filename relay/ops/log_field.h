#pragma once

#include <spdlog/spdlog.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "transport/endpoint.h"

namespace relay {

/// A field that the JSON entries of this thread have as long as it lives, to be found by; in text entries the
/// sentence says it.
class LogField {
 public:
  using Fields = std::vector<std::pair<std::string_view, std::string>>;

  /// `name` is a literal.
  LogField(std::string_view name, std::string value) { fields_.emplace_back(name, std::move(value)); }
  ~LogField() { fields_.pop_back(); }
  LogField(const LogField&) = delete;
  LogField& operator=(const LogField&) = delete;

  static const Fields& of_this_thread() { return fields_; }

 private:
  static inline thread_local Fields fields_;
};

/// Logs what happens to a flow.
template <class... Args>
void log_flow(spdlog::level::level_enum level, sip::FlowId flow, spdlog::format_string_t<Args...> what,
              Args&&... args) {
  if (!spdlog::should_log(level)) return;
  const std::string number = std::to_string(static_cast<std::uint64_t>(flow));
  const LogField field("flow", number);
  spdlog::log(level, "flow {} {}", number, fmt::format(what, std::forward<Args>(args)...));
}

}  // namespace relay
