#include "transport/keepalive.h"

namespace sip {

bool is_keepalive(std::string_view bytes) {
  return !bytes.empty() && bytes.find_first_not_of("\r\n") == std::string_view::npos;
}

}  // namespace sip
