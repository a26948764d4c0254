// A comparison takes a time that tells nothing of a secret where no branch and no address depends on the
// secret's bytes. MemorySanitizer watches for just that: the secret counts as not initialised, and whatever
// branches on it ends the program.
#include <sanitizer/msan_interface.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/constant_time.h"

namespace {

/// What the sanitizer has to notice, or it would notice nothing.
bool equal_until_they_differ(std::string_view a, std::string_view b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_control = argc == 2 && std::string_view(argv[1]) == "control";
  const auto equal = is_control ? equal_until_they_differ : sip::equal_in_constant_time;
  const std::string_view shown = "0123456789abcdef0123456789abcdef";
  std::array<char, 32> secret{};
  for (std::size_t wrong = 0; wrong <= secret.size(); ++wrong) {
    std::copy(shown.begin(), shown.end(), secret.begin());
    if (wrong < secret.size()) secret[wrong] = '-';
    __msan_allocated_memory(secret.data(), secret.size());
    bool is_equal = equal(shown, {secret.data(), secret.size()});
    __msan_unpoison(&is_equal, sizeof is_equal);
    if (is_equal != (wrong == secret.size())) return 1;
  }
}
