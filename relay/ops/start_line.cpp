#include "ops/start_line.h"

#include <algorithm>

namespace relay {
namespace {

constexpr std::size_t max_size = 120;

/// sip:user:password@host
void hide_password(std::string& line) {
  const std::size_t at = line.find('@');
  if (at == std::string::npos) return;
  const std::size_t scheme_end = line.find(':');
  const std::size_t colon = line.find(':', scheme_end + 1);
  if (colon < at) line.replace(colon + 1, at - colon - 1, "...");
}

}  // namespace

std::string start_line(std::string_view text) {
  std::string line(text.substr(0, text.find_first_of("\r\n")));
  hide_password(line);
  line.resize(std::min(line.size(), max_size));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return line;
}

}  // namespace relay
