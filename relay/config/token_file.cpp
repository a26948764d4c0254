#include "config/token_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>

namespace relay {

Configured<std::string> read_token(const std::string& name) {
  const std::string file = "admin-token-file: \"" + name + "\"";
  std::error_code error;
  const auto mode = std::filesystem::status(name, error).permissions();
  std::ifstream stream(name);
  std::string token;
  if (error || !std::getline(stream, token)) return ConfigError{file + " cannot be read"};
  if ((mode & std::filesystem::perms::others_all) != std::filesystem::perms::none)
    return ConfigError{file + " must be closed to others: chmod o= it"};
  if (token.ends_with('\r')) token.pop_back();
  if (token.size() < min_token_size)
    return ConfigError{file + " must hold a token of at least " + std::to_string(min_token_size) +
                       " characters"};
  return token;
}

}  // namespace relay
