#include "config/password_prompt.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <optional>

namespace relay {
namespace {

constexpr std::size_t max_password_size = 1024;

/// Keeps what is typed off the screen while it lives.
class EchoOff {
 public:
  EchoOff() : changed_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!changed_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_lflag |= ECHONL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~EchoOff() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  termios before_{};
  bool changed_;
};

std::optional<std::string> read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::optional<std::string> prompt(const std::string& question) {
  const EchoOff quiet;
  std::cerr << question << std::flush;
  return read_line();
}

}  // namespace

Configured<std::string> ask_password(const std::string& account) {
  const bool at_terminal = isatty(STDIN_FILENO) == 1;
  const auto password = at_terminal ? prompt("Password for " + account + ": ") : read_line();
  if (!password || password->empty()) return ConfigError{"the password must not be empty"};
  if (password->size() > max_password_size)
    return ConfigError{"the password must not be longer than 1024 bytes"};
  if (at_terminal && prompt("The same again: ") != password)
    return ConfigError{"the two passwords are not the same"};
  return *password;
}

}  // namespace relay
