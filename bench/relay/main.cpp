// Loads a relay, checks every message, and prints what it found as one JSON object. Exit code 0: all was
// right.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "network.h"
#include "options.h"
#include "traffic.h"
#include "usage.h"

namespace load {
namespace {

using Json = nlohmann::ordered_json;

/// How the work was paid for.
struct Costs {
  Usage relay;
  double generator = 0;  // seconds of CPU time
  Machine machine;
  Nanoseconds time = 0;
};
Costs costs_now(const Options& options, Detail detail) {
  return {usage_of(options.relay, detail), own_cpu(), machine(), now()};
}

void wait_until(Network& network, Traffic& traffic, Nanoseconds end) {
  for (Nanoseconds time = now(); time < end; time = now()) {
    const Nanoseconds next = std::min(end, traffic.send_due(time));
    network.flush();
    network.wait(std::clamp<Nanoseconds>(next - time, 0, 20 * millisecond));
    traffic.look_at_clock(now());
  }
}

bool register_all(Network& network, Traffic& traffic) {
  const Nanoseconds end = now() + 120 * second;
  while (!traffic.has_registered() && now() < end) {
    traffic.register_more();
    network.flush();
    network.wait(20 * millisecond);
    traffic.look_at_clock(now());
  }
  return traffic.ready() == network.size();
}

Json microseconds(std::vector<Nanoseconds> times) {
  std::sort(times.begin(), times.end());
  Json told;
  const auto at = [&](double share) {
    if (times.empty()) return Json();
    const auto index = static_cast<std::size_t>(std::lround(share * static_cast<double>(times.size() - 1)));
    return Json(static_cast<double>(times[index]) / 1000);
  };
  for (const auto& [name, share] :
       {std::pair("p50", 0.5), {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1.0}})
    told[name] = at(share);
  return told;
}

Json told(const Counts& counts) {
  return {{"sent", counts.sent},
          {"accepted", counts.accepted},
          {"registered", counts.registered},
          {"refused", counts.refused},
          {"unanswered", counts.unanswered},
          {"answered_late", counts.answered_late},
          {"lost", counts.lost},
          {"doubled", counts.doubled},
          {"wrong_recipient", counts.wrong_recipient},
          {"wrong_sender", counts.wrong_sender},
          {"wrong_body", counts.wrong_body},
          {"wrong_answer", counts.wrong_answer},
          {"unreadable", counts.unreadable},
          {"closed", counts.closed},
          {"registrations_refused", counts.registrations_refused},
          {"resent", counts.resent},
          {"repeated", counts.repeated}};
}

Json told(const Usage& usage) {
  return {{"resident", usage.resident},
          {"proportional", usage.proportional},
          {"descriptors", usage.descriptors},
          {"processes", usage.processes}};
}

double per(double sum, double count) { return count > 0 ? sum / count : 0; }

/// What the run found and what it cost.
Json report(const Traffic& traffic, const std::array<Costs, 5>& costs, const Options& options) {
  const auto& [before, registered, start, end, after] = costs;
  const double span = to_seconds(end.time - start.time);
  const double relay = end.relay.cpu - start.relay.cpu;
  const double generator = end.generator - start.generator;
  const auto count = static_cast<double>(traffic.measured());
  const double users = traffic.ready();
  Json json;
  json["is_right"] = traffic.counts().is_right() && traffic.ready() == options.users;
  json["per_second"] = per(count, span);
  json["relay_us"] = per(relay * 1e6, count);
  json["relay_cores"] = per(relay, span);
  json["generator_us"] = per(generator * 1e6, count);
  json["round_trip_us"] = microseconds(traffic.round_trips());
  json["delivery_us"] = microseconds(traffic.deliveries());
  json["users"] = traffic.ready();
  json["opening_us"] = per((registered.relay.cpu - before.relay.cpu) * 1e6, users);
  json["bytes_per_user"] = per(
      static_cast<double>(end.relay.proportional) - static_cast<double>(before.relay.proportional), users);
  json["memory"] = {
      {"before", told(before.relay)}, {"registered", told(registered.relay)}, {"after", told(after.relay)}};
  json["foreign_cores"] = per(end.machine.busy - start.machine.busy - relay - generator, span);
  json["stolen_cores"] = per(end.machine.stolen - start.machine.stolen, span);
  json["counts"] = told(traffic.counts());
  for (const auto& [status, times] : traffic.statuses()) json["statuses"][std::to_string(status)] = times;
  json["troubles"] = traffic.troubles();
  return json;
}

int run(const Options& options) {
  Random random(static_cast<std::uint64_t>(now()) * 0x9E3779B97F4A7C15ULL ^
                static_cast<std::uint64_t>(getpid()));
  Traffic traffic(options, random);
  Network network(options, traffic, random);
  traffic.join(network);
  const Costs before = costs_now(options, Detail::all);
  const bool are_all_there = register_all(network, traffic);
  const Costs registered = costs_now(options, Detail::all);
  wait_until(network, traffic, now() + 300 * millisecond);

  const Nanoseconds start = now() + from_seconds(options.warm_up);
  const Measured measured{start, start + from_seconds(options.duration)};
  traffic.begin(measured);
  wait_until(network, traffic, measured.start);
  // Reading the memory takes the relay's time: only where nothing else is measured.
  const Detail detail = options.work == Work::idleness ? Detail::all : Detail::cpu;
  const Costs begin = costs_now(options, detail);
  wait_until(network, traffic, measured.end);
  const Costs end = costs_now(options, detail);
  traffic.end();
  const Nanoseconds last = now() + from_seconds(options.patience);
  while (options.work == Work::messages && !traffic.has_answers() && now() < last)
    wait_until(network, traffic, now() + 10 * millisecond);
  traffic.close_books();

  const Json json =
      report(traffic, {before, registered, begin, end, costs_now(options, Detail::all)}, options);
  std::cout << json.dump(1) << std::endl;
  return are_all_there && json["is_right"] ? 0 : 1;
}

}  // namespace
}  // namespace load

int main(int count, char** arguments) {
  const load::CommandLine line = load::read_command_line(count, arguments);
  if (line.exit_code) return *line.exit_code;
  std::signal(SIGPIPE, SIG_IGN);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  try {
    return load::run(line.options);
  } catch (const std::exception& error) {
    std::cerr << "bench_load: " << error.what() << '\n';
    return 2;
  }
}
