#include <cassert>
#include <cstdint>
#include <string_view>

#include "transport/stun_message.h"

/// Whatever comes to a SIP port: an answer is STUN for the same transaction, asks for no answer itself, and
/// is not much larger than what it answers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view datagram(reinterpret_cast<const char*>(data), size);
  const auto v6 = sip::IpAddress::parse("2001:db8::1");
  const auto response = sip::binding_response(datagram, {sip::Protocol::udp, *v6, 5060});
  if (!response) return 0;
  assert(sip::is_stun(datagram));
  const auto read = sip::StunMessage::parse(*response);
  assert(read && read->transaction_id == datagram.substr(8, 12));
  assert(read->kind == sip::StunMessage::Class::success || read->kind == sip::StunMessage::Class::error);
  assert(!sip::binding_response(*response, {sip::Protocol::udp, *v6, 5060}));
  assert(response->size() <= datagram.size() + 24);
  return 0;
}
