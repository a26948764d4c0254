#include "net/io_loop.h"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace relay {

void IoLoop::run() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& exception) {
      // One input came to nothing; the others must not suffer.
      spdlog::error("an input could not be dealt with: {}", exception.what());
    }
  }
}

void IoLoop::flush() {
  under_way_.clear();  // an exception may have left some
  under_way_.swap(staged_);
  carry_out(under_way_);
}

void IoLoop::let_go() {
  staged_.clear();
  under_way_.clear();
  unflushed_.clear();
}

void IoLoop::carry_out(std::vector<IoCommand>& commands) {
  for (IoCommand& command : commands) {
    Connection& connection = *command.connection;
    if (auto* send = std::get_if<IoCommand::Send>(&command.what)) {
      if (connection.send(std::move(send->to), std::move(send->bytes)))
        unflushed_.push_back(std::move(command.connection));
    } else if (const auto* hang_up = std::get_if<IoCommand::HangUp>(&command.what)) {
      connection.hang_up(hang_up->ground, hang_up->why);
    } else if (std::holds_alternative<IoCommand::GoAway>(command.what)) {
      connection.go_away();
    } else {
      connection.give_up();
    }
  }
  for (const auto& connection : unflushed_) connection->flush();
  unflushed_.clear();
  commands.clear();
}

}  // namespace relay
