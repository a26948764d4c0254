#include "message/call_id.h"

#include "message/scanner.h"

namespace sip {

bool is_call_id(std::string_view text) {
  constexpr std::string_view more = "()<>:\\\"/[]?{}@";
  for (const char c : text)
    if (!is_token_char(c) && more.find(c) == std::string_view::npos) return false;
  return !text.empty();
}

}  // namespace sip
