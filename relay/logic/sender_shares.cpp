#include "logic/sender_shares.h"

#include <string_view>

namespace relay {

using namespace sip;

namespace {

/// FNV-1a, begun with a key.
class SenderHash {
 public:
  explicit SenderHash(std::uint64_t key) : value_(key) {}
  void add(std::uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001B3U; }
  std::uint64_t value() const { return value_ ^ value_ >> 32; }

 private:
  std::uint64_t value_;
};

/// Of an IPv6 address: the network, as in source_of().
constexpr std::size_t bytes_of_network = 8;

}  // namespace

SenderShares::Sender SenderShares::sender_of(const Request& request) const {
  SenderHash hash(key_);
  if (!identity_.user(request).empty()) {
    for (const char c : user_of(request.headers.from.uri)) hash.add(static_cast<std::uint8_t>(c));
    return Sender{static_cast<std::uint16_t>(hash.value() % users)};
  }
  const IpAddress& address = request.from.endpoint.address;
  const std::size_t size = address.is_v4() ? address.bytes().size() : bytes_of_network;
  for (std::size_t i = 0; i < size; ++i) hash.add(address.bytes()[i]);
  return Sender{static_cast<std::uint16_t>(users + hash.value() % strangers)};
}

}  // namespace relay
