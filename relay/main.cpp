#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

#include "account_command.h"
#include "config/command_line.h"
#include "daemon.h"
#include "exit_code.h"

namespace {

int check_config(const relay::ConfigReading& reading) {
  const auto error = relay::find_errors(reading);
  if (!error.empty()) return relay::fail(relay::misuse, error.message);
  std::cout << "the configuration is in order\n";
  return EXIT_SUCCESS;
}

int run(const std::vector<std::string>& arguments) {
  const auto command = relay::parse_command_line(arguments, SIPMSG_VERSION);
  if (!command) return relay::fail(relay::misuse, command.error());
  if (const auto* text = std::get_if<relay::TextCommand>(&*command)) {
    std::cout << text->text;
    return EXIT_SUCCESS;
  }
  if (const auto* check = std::get_if<relay::CheckCommand>(&*command)) return check_config(check->reading);
  if (const auto* user = std::get_if<relay::UserCommand>(&*command)) return relay::run_user_command(*user);
  const auto& reading = std::get<relay::RunCommand>(*command).reading;
  if (!reading.error.empty()) return relay::fail(relay::misuse, relay::find_errors(reading).message);
  const auto read_again = [&] {
    const auto again = relay::parse_command_line(arguments, SIPMSG_VERSION);
    return std::get<relay::RunCommand>(*again).reading;
  };
  return relay::run_daemon(reading.config, read_again, SIPMSG_VERSION);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& exception) {
    return relay::fail(relay::failure, exception.what());
  }
}
