#include "logic/loop_detection.h"

#include <array>
#include <cstdint>

#include "base/encoding.h"
#include "base/keyed_hash.h"

namespace relay {

using namespace sip;

std::string LoopDetection::mark(const Request& request) const {
  const MandatoryHeaders& headers = request.headers;
  std::string text;
  text.reserve(256);
  // RFC 5393 4.2.1: it varies with what decides about the next hop, and not with the method.
  for (const std::string_view part :
       {request.message.request_uri(), headers.from.tag(), headers.to.tag(), headers.call_id})
    text.append(part).append("\n");
  for (const HeaderField& field : request.message.fields())
    if (field.name == HeaderName::route) text.append(field.value).append("\n");
  const std::uint64_t hash = keyed_hash(key_, text.append(std::to_string(headers.cseq.number)));
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(hash >> (8 * i));
  return hex(bytes);
}

bool LoopDetection::is_loop(const Request& request, std::string_view mark) const {
  ValueReader vias(request.message, HeaderName::via);
  while (const auto value = vias.next()) {
    const auto via = Via::parse(*value);
    if (via && domain_.is_own_via(*via) && via->branch().ends_with(mark)) return true;
  }
  return false;
}

}  // namespace relay
