// bench_parse FOLDER: how long each contender takes to parse the messages of the folder, in CPU time of the
// thread.
#include <ctime>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "contender.h"

namespace bench {
namespace {

/// Contenders take turns, so that a machine whose speed changes is as fast for each of them.
constexpr int rounds = 41;
constexpr double turn_nanoseconds = 50e6;

double cpu_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct Entrant {
  Contender contender;
  std::int64_t passes = 1;    ///< through the corpus, in one turn
  std::vector<double> turns;  ///< nanoseconds a message
};

/// Prints what is not as the table says.
bool finds_every_part(const Contender& contender, const std::vector<Sample>& samples) {
  bool is_right = true;
  for (const Sample& sample : samples) {
    const auto parts = contender.parts(sample.text);
    if (!parts) std::printf("%s refuses %s\n", contender.name.data(), sample.name.c_str());
    const std::vector<std::string> row = parts ? parts->row() : std::vector<std::string>();
    for (std::size_t i = 0; i < row.size(); ++i)
      if (row[i] != sample.expected[i])
        std::printf("%s: %s: '%s' instead of '%s'\n", contender.name.data(), sample.name.c_str(),
                    row[i].c_str(), sample.expected[i].c_str());
    is_right = is_right && row == sample.expected;
  }
  return is_right;
}

/// Nanoseconds a message.
double take_turn(const Entrant& entrant, const std::vector<Sample>& samples) {
  std::int64_t parsed = 0;
  const double before = cpu_nanoseconds();
  for (std::int64_t pass = 0; pass < entrant.passes; ++pass)
    for (const Sample& sample : samples) parsed += entrant.contender.parse(sample.text) ? 1 : 0;
  return (cpu_nanoseconds() - before) / static_cast<double>(parsed);
}

void choose_length_of_turn(Entrant& entrant, const std::vector<Sample>& samples) {
  const auto whole_turn = [&] {
    return take_turn(entrant, samples) * static_cast<double>(samples.size()) *
           static_cast<double>(entrant.passes);
  };
  while (whole_turn() < turn_nanoseconds) entrant.passes *= 2;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print(const std::vector<Entrant>& entrants) {
  const double first = median(entrants.front().turns);
  std::printf("%-10s %12s %12s %16s %14s\n", "parser", "median ns", "fastest ns", "messages/s",
              "times the first");
  for (const Entrant& entrant : entrants) {
    const double middle = median(entrant.turns);
    std::printf("%-10s %12.0f %12.0f %16.0f %14.2f\n", entrant.contender.name.data(), middle,
                *std::min_element(entrant.turns.begin(), entrant.turns.end()), 1e9 / middle, middle / first);
  }
}

}  // namespace
}  // namespace bench

int main(int argument_count, char** arguments) {
  using namespace bench;
  const std::vector<Sample> samples = read_corpus(argument_count > 1 ? arguments[1] : "bench/parse/corpus");
  std::vector<Entrant> entrants;
  for (const Contender& contender : {sipmsg(), libosip2(), sofia_sip()})
    if (finds_every_part(contender, samples)) entrants.push_back({contender, 1, {}});
  if (samples.empty() || entrants.empty()) {
    std::printf("there is nothing to time\n");
    return 1;
  }
  for (Entrant& entrant : entrants) choose_length_of_turn(entrant, samples);
  for (int round = 0; round < rounds; ++round)
    for (Entrant& entrant : entrants) entrant.turns.push_back(take_turn(entrant, samples));
  std::printf("%zu messages, %d rounds, CPU time of one thread a message\n", samples.size(), rounds);
  print(entrants);
  return 0;
}
