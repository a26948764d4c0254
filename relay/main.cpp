#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

#include "account_command.h"
#include "allocator.h"
#include "config/command_line.h"
#include "daemon.h"
#include "exit_code.h"

namespace {

int check_config(const relay::Config& config) {
  const int code = relay::check_files(config);
  if (code == EXIT_SUCCESS) std::cout << "the configuration is in order\n";
  return code;
}

int run(char** argv, const std::vector<std::string>& arguments) {
  const auto command = relay::parse_command_line(arguments, SIPMSG_VERSION);
  if (!command) return relay::fail(relay::misuse, command.error());
  if (const auto* text = std::get_if<relay::TextCommand>(&*command)) {
    std::cout << text->text;
    return EXIT_SUCCESS;
  }
  if (const auto* check = std::get_if<relay::CheckCommand>(&*command)) return check_config(check->config);
  if (const auto* user = std::get_if<relay::UserCommand>(&*command)) return relay::run_user_command(*user);
  relay::tune_allocator(argv);
  const auto read_config = [&]() -> relay::Configured<relay::Config> {
    const auto again = relay::parse_command_line(arguments, SIPMSG_VERSION);
    if (!again) return relay::ConfigError{again.error()};
    return std::get<relay::RunCommand>(*again).config;
  };
  return relay::run_daemon(std::get<relay::RunCommand>(*command).config, read_config, SIPMSG_VERSION);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argv, std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& exception) {
    return relay::fail(relay::failure, exception.what());
  }
}
