#include "message/method.h"

#include <algorithm>
#include <array>

namespace sip {

bool is_known_method(std::string_view method) {
  static constexpr std::array<std::string_view, 14> known{
      "ACK",     "BYE",   "CANCEL",  "INFO",  "INVITE",   "MESSAGE",   "NOTIFY",
      "OPTIONS", "PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE"};
  return std::find(known.begin(), known.end(), method) != known.end();
}

}  // namespace sip
