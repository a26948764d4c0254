#include "usage.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base.h"

namespace load {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The process and all that descend from it.
std::vector<int> family(int root) {
  std::map<int, std::vector<int>> children;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    const int process = static_cast<int>(number(name));
    if (process == 0) continue;
    const std::string stat = read_file(entry.path() / "stat");
    const std::size_t end_of_name = stat.rfind(')');
    if (end_of_name == std::string::npos || stat.size() < end_of_name + 4) continue;
    children[static_cast<int>(number(std::string_view(stat).substr(end_of_name + 4)))].push_back(process);
  }
  std::vector<int> found{root};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::vector<int>& next = children[found[i]];
    found.insert(found.end(), next.begin(), next.end());
  }
  return found;
}

std::uint64_t kilobytes(const std::string& text, std::string_view name) {
  const std::size_t start = text.find(name);
  if (start == std::string::npos) return 0;
  const std::size_t digits = text.find_first_not_of(' ', start + name.size());
  return number(std::string_view(text).substr(digits)) * 1024;
}

template <typename Visit>
void for_each_entry(const fs::path& directory, Visit visit) {
  std::error_code gone;  // a process may end meanwhile
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, gone)) visit(entry.path());
}

}  // namespace

Usage usage_of(int process, Detail detail) {
  Usage usage;
  if (process <= 0) return usage;
  for (int each : family(process)) {
    const fs::path directory = "/proc/" + std::to_string(each);
    ++usage.processes;
    for_each_entry(directory / "task", [&](const fs::path& thread) {
      usage.cpu += static_cast<double>(number(read_file(thread / "schedstat"))) / 1e9;
    });
    if (detail == Detail::cpu) continue;
    const std::string memory = read_file(directory / "smaps_rollup");
    usage.resident += kilobytes(memory, "\nRss:");
    usage.proportional += kilobytes(memory, "\nPss:");
    for_each_entry(directory / "fd", [&](const fs::path&) { ++usage.descriptors; });
  }
  return usage;
}

double own_cpu() { return to_seconds(read_clock(CLOCK_PROCESS_CPUTIME_ID)); }

Machine machine() {
  std::ifstream file("/proc/stat");
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, waiting = 0, interrupts = 0, soft = 0, stolen = 0;
  file >> name >> user >> nice >> system >> idle >> waiting >> interrupts >> soft >> stolen;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  return {(user + nice + system + interrupts + soft) / ticks, stolen / ticks};
}

}  // namespace load
