#include "config/config_file.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace relay {
namespace {

using Json = nlohmann::json;

std::string place_of(const std::string& name, const std::string& key) { return name + ": \"" + key + "\""; }

/// nlohmann/json begins its messages with "[json.exception.parse_error.101] ".
std::string without_exception_id(std::string_view what) {
  const std::size_t end = what.find("] ");
  return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

/// A string, or the strings of an array.
std::vector<std::string> strings_of(const Json& value) {
  if (value.is_string()) return {value.get<std::string>()};
  std::vector<std::string> strings;
  if (!value.is_array()) return strings;
  for (const Json& each : value)
    if (each.is_string()) strings.push_back(each.get<std::string>());
  return strings;
}

/// Sets what the object says of one key.
void read_key(const std::string& key, const Json& value, const std::string& where, ConfigReading& reading) {
  if (std::find(config_keys.begin(), config_keys.end(), key) == config_keys.end())
    return reading.error.add(where + " is unknown");
  const auto values = strings_of(value);
  if (!values.empty()) reading.set(key, values, where);
  if (values.empty() || values.size() != value.size())
    reading.refuse(key,
                   where + (is_list(key) ? " must be a string or an array of strings" : " must be a string"));
}

}  // namespace

ConfigReading read_config_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::string text;
  std::array<char, 4096> part{};
  while (file.read(part.data(), part.size()) || file.gcount() > 0)
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  if (file.is_open() && !file.bad()) return parse_config_file(name, text);
  ConfigReading reading;
  reading.refuse_all("config: cannot read \"" + name + "\"");
  return reading;
}

ConfigReading parse_config_file(const std::string& name, std::string_view text) {
  ConfigReading reading;
  std::set<std::string> keys;
  const auto note_repeats = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (event != Json::parse_event_t::key || depth != 1) return true;
    const auto key = parsed.get<std::string>();
    if (!keys.insert(key).second) reading.error.add(place_of(name, key) + " is given twice");
    return true;
  };
  try {
    const Json object = Json::parse(text, note_repeats);
    if (object.is_object()) {
      for (const auto& [key, value] : object.items()) read_key(key, value, place_of(name, key), reading);
    } else {
      reading.refuse_all(name + ": must be a JSON object");
    }
  } catch (const Json::exception& exception) {
    reading.refuse_all(name + ": " + without_exception_id(exception.what()));
  }
  return reading;
}

}  // namespace relay
