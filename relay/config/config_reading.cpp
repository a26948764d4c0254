#include "config/config_reading.h"

#include <algorithm>

namespace relay {

void ConfigReading::set(std::string_view key, std::span<const std::string> values, const std::string& where) {
  refused.erase(std::string(key));  // whatever was said of it before
  const std::string place = where + " ";
  for (const std::string& problem : assign(config, key, values)) refuse(key, place + problem);
}

void ConfigReading::refuse(std::string_view key, const std::string& line) {
  error.add(line);
  refused.emplace(key);
}

void ConfigReading::refuse_all(const std::string& line) {
  error.add(line);
  refused.insert(config_keys.begin(), config_keys.end());
}

bool ConfigReading::knows(std::initializer_list<std::string_view> keys) const {
  return std::none_of(keys.begin(), keys.end(),
                      [this](std::string_view key) { return refused.contains(key); });
}

}  // namespace relay
