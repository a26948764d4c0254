#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/config_reading.h"

namespace relay {

/// `sipmsg-relay ...`: run with this configuration, if nothing is wrong with it.
struct RunCommand {
  ConfigReading reading;
};

/// `sipmsg-relay --check-config ...`: say whether it could run with this configuration.
struct CheckCommand {
  ConfigReading reading;
};

/// `sipmsg-relay user ...`: change or list the accounts in `data`, which is a directory.
struct UserCommand {
  enum class Action : std::uint8_t { add, remove, list, passwd };
  Action action;
  std::string user;    ///< empty for list, as domain is
  std::string domain;  ///< lower case
  std::string data;
  std::string run_as;  ///< whose files these are, of the system's users; empty: of whoever calls
};

/// --help or --version: print it to standard output and end.
struct TextCommand {
  std::string text;
};

using Command = std::variant<RunCommand, CheckCommand, UserCommand, TextCommand>;

/// Reads the arguments (without the program's name) and the file that --config names; the command line wins.
Configured<Command> parse_command_line(std::span<const std::string> arguments, std::string_view version);

}  // namespace relay
