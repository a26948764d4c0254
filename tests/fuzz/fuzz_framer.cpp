#include <algorithm>
#include <cassert>
#include <cstdint>
#include <string_view>

#include "message/framer.h"
#include "message/message_view.h"

/// The first byte is the size of the pieces in which the rest arrives. What is kept never passes the message
/// limit by more than a piece.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t step = static_cast<std::size_t>(data[0]) + 1;
  sip::Framer framer;
  while (!text.empty()) {
    framer.feed(text.substr(0, step));
    text.remove_prefix(std::min(step, text.size()));
    for (;;) {
      const auto next = framer.next();
      if (!next) return 0;
      if (!*next) break;
    }
    assert(framer.pending().size() <= sip::max_message_size + step);
  }
  return 0;
}
