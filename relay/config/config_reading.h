#pragma once

#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "config/config.h"

namespace relay {

/// A configuration as far as it could be read, and what is wrong with the rest of it.
struct ConfigReading {
  Config config;
  ConfigError error;
  /// Keys of which `config` lacks a value that was given: nothing is wrong with others for want of that.
  std::set<std::string, std::less<>> refused;

  /// Sets one of config_keys. Each error begins with `where` it stands.
  void set(std::string_view key, std::span<const std::string> values, const std::string& where);
  void refuse(std::string_view key, const std::string& line);
  /// Of something that could not be read, which may have set any key.
  void refuse_all(const std::string& line);
  /// Whether none of them was refused.
  bool knows(std::initializer_list<std::string_view> keys) const;
};

}  // namespace relay
