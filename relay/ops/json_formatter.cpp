#include "ops/json_formatter.h"

#include <spdlog/details/log_msg.h>
#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "ops/log_field.h"

namespace relay {

void JsonFormatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) {
  using std::chrono::milliseconds;
  const auto since = std::chrono::floor<milliseconds>(message.time).time_since_epoch();
  const auto level = spdlog::level::to_string_view(message.level);
  nlohmann::ordered_json entry;
  entry["time"] = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                              fmt::gmtime(std::chrono::floor<std::chrono::seconds>(message.time)),
                              (since % std::chrono::seconds(1)).count());
  entry["level"] = std::string(level.data(), level.size());
  entry["message"] = std::string(message.payload.data(), message.payload.size());
  for (const auto& [name, value] : LogField::of_this_thread()) entry[std::string(name)] = value;
  // What came from the network need not be UTF-8.
  const std::string text = entry.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  line.append(text.data(), text.data() + text.size());
}

}  // namespace relay
