#include "config/config_file.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace relay {
namespace {

using Json = nlohmann::json;

ConfigError wrong_key(const std::string& name, const std::string& key, const std::string& why) {
  return {name + ": \"" + key + "\" " + why};
}

/// nlohmann/json begins its messages with "[json.exception.parse_error.101] ".
std::string without_exception_id(std::string_view what) {
  const std::size_t end = what.find("] ");
  return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

/// A string, or the strings of an array; none for anything else.
std::vector<std::string> strings_of(const Json& value) {
  if (value.is_string()) return {value.get<std::string>()};
  if (!value.is_array()) return {};
  std::vector<std::string> strings;
  for (const Json& each : value) {
    if (!each.is_string()) return {};
    strings.push_back(each.get<std::string>());
  }
  return strings;
}

std::optional<ConfigError> read_object(const std::string& name, const Json& object, Config& config) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(config_keys.begin(), config_keys.end(), key) == config_keys.end())
      return wrong_key(name, key, "is unknown");
    const auto values = strings_of(value);
    if (values.empty())
      return wrong_key(name, key,
                       is_list(key) ? "must be a string or an array of strings" : "must be a string");
    if (const auto problem = assign(config, key, values)) return wrong_key(name, key, *problem);
  }
  return std::nullopt;
}

}  // namespace

Configured<std::string> read_config_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::string text;
  std::array<char, 4096> part{};
  while (file.read(part.data(), part.size()) || file.gcount() > 0)
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  if (!file.is_open() || file.bad()) return ConfigError{"config: cannot read \"" + name + "\""};
  return text;
}

Configured<Config> parse_config_file(const std::string& name, std::string_view text, Config base) {
  std::set<std::string> keys;
  std::optional<std::string> repeated;
  const auto note_repeats = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (event != Json::parse_event_t::key || depth != 1) return true;
    if (!keys.insert(parsed.get<std::string>()).second) repeated = parsed.get<std::string>();
    return true;
  };
  try {
    const Json object = Json::parse(text, note_repeats);
    if (!object.is_object()) return ConfigError{name + ": must be a JSON object"};
    if (repeated) return wrong_key(name, *repeated, "is given twice");
    if (const auto error = read_object(name, object, base)) return *error;
  } catch (const Json::exception& exception) {
    return ConfigError{name + ": " + without_exception_id(exception.what())};
  }
  return base;
}

}  // namespace relay
