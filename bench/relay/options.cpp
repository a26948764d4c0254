#include "options.h"

#include <CLI/CLI.hpp>

namespace load {
namespace {

const std::map<std::string, Transport> transports{{"ws", Transport::ws}, {"udp", Transport::udp}};
const std::map<std::string, Work> works{
    {"messages", Work::messages}, {"registrations", Work::registrations}, {"idleness", Work::idleness}};

}  // namespace

CommandLine read_command_line(int count, char** arguments) {
  CommandLine line;
  Options& options = line.options;
  CLI::App app{"Loads a relay at 127.0.0.1, checks each message, and prints figures as JSON.", "bench_load"};
  app.add_option("--work", options.work, "messages, registrations or idleness")
      ->transform(CLI::CheckedTransformer(works));
  app.add_option("--from", options.senders, "the transport of senders: ws or udp")
      ->transform(CLI::CheckedTransformer(transports));
  app.add_option("--to", options.recipients, "that of recipients")
      ->transform(CLI::CheckedTransformer(transports));
  app.add_option("--domain", options.domain, "the domain of all users");
  app.add_option("--prefix", options.prefix, "what their names begin with");
  app.add_option("--ws-port", options.ws_port, "the relay's port for WebSocket");
  app.add_option("--udp-port", options.udp_port, "that for UDP");
  app.add_option("--users", options.users, "how many; with messages every other one is a sender")
      ->check(CLI::Range(2U, 28'000U));
  app.add_option("--window", options.window, "messages under way for each sender")
      ->check(CLI::Range(1U, 10'000U));
  app.add_option("--under-way", options.under_way, "messages under way in all, each of the next sender")
      ->check(CLI::Range(1U, 10'000U));
  app.add_option("--rate", options.rate, "messages a second in all, whatever is under way")
      ->check(CLI::Range(0.0, 1e6));
  app.add_flag("--random-pairs", options.has_random_pairs, "each message to another recipient");
  app.add_option("--body", options.body_bytes, "bytes of a body")->check(CLI::Range(64U, 60'000U));
  app.add_option("--at-once", options.opened_at_once,
                 "connections that are opened, or users that register, at once")
      ->check(CLI::Range(1U, 10'000U));
  app.add_option("--warm-up", options.warm_up, "seconds before it counts")->check(CLI::Range(0.0, 60.0));
  app.add_option("--duration", options.duration, "seconds that count")->check(CLI::Range(0.1, 7200.0));
  app.add_option("--patience", options.patience, "seconds until a message is given up")
      ->check(CLI::Range(0.1, 60.0));
  app.add_option("--relay", options.relay, "the relay's process, whose CPU time and memory are told");
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    line.exit_code = app.exit(error);
  }
  return line;
}

}  // namespace load
