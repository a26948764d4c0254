#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace load {

enum class Transport : std::uint8_t { ws, udp };

/// What is measured: messages from users at one transport to users at the other; users that re-register;
/// users that are only there.
enum class Work : std::uint8_t { messages, registrations, idleness };

struct Options {
  Work work = Work::messages;
  Transport senders = Transport::ws;
  Transport recipients = Transport::ws;
  std::string domain = "bench.test";
  std::string prefix = "u";  // of the names of users
  std::uint16_t ws_port = 5080;
  std::uint16_t udp_port = 5060;
  std::uint32_t users = 200;
  std::uint32_t window = 1;       // messages under way for each sender: a closed loop
  std::uint32_t under_way = 0;    // messages under way in all, of senders in turn, if not 0
  double rate = 0;                // messages a second in all: an open loop, if not 0
  bool has_random_pairs = false;  // each message to any recipient, or always to the same one
  std::uint32_t body_bytes = 100;
  std::uint32_t opened_at_once = 128;
  double warm_up = 1;    // seconds
  double duration = 5;   // seconds that are measured
  double patience = 10;  // seconds until a message without an answer is given up
  int relay = 0;         // the process whose CPU time and memory are told, with its children
};

/// The command line; where it is none, prints why, and gives the exit code.
struct CommandLine {
  Options options;
  std::optional<int> exit_code;
};
CommandLine read_command_line(int count, char** arguments);

}  // namespace load
