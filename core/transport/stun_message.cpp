#include "transport/stun_message.h"

#include <algorithm>
#include <array>

namespace sip {

namespace {

constexpr std::size_t stun_header_size = 20;
constexpr std::string_view magic_cookie("\x21\x12\xa4\x42", 4);
constexpr std::uint16_t error_code = 0x0009;
constexpr std::uint16_t unknown_attributes = 0x000a;
constexpr std::uint16_t xor_mapped_address = 0x0020;
constexpr std::uint16_t first_optional = 0x8000;  // 14
constexpr std::uint16_t fingerprint = 0x8028;
constexpr std::size_t fingerprint_size = 8;
/// 6.3: what is known but not expected is ignored, like the credentials (9) of a client that need none here.
constexpr std::array<std::uint16_t, 11> known{0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014,
                                              0x0015, 0x001c, 0x001d, 0x001e, 0x0020};
/// All that there are in one that is not ours make no answer larger than this many tell.
constexpr std::size_t most_unknown_told = 8;

std::uint16_t read_16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

void write_16(std::string& bytes, std::size_t value) {
  bytes += static_cast<char>(value >> 8 & 0xff);
  bytes += static_cast<char>(value & 0xff);
}

void write_32(std::string& bytes, std::uint32_t value) {
  write_16(bytes, value >> 16);
  write_16(bytes, value & 0xffff);
}

constexpr std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

/// 14.7: the CRC-32 of ITU V.42, by which STUN is told from what looks like it.
std::uint32_t fingerprint_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  return ~crc ^ 0x5354554e;
}

bool has_right_fingerprint(std::string_view datagram) {
  std::string right;
  write_32(right, fingerprint_of(datagram.substr(0, datagram.size() - fingerprint_size)));
  return datagram.ends_with(right);
}

void write_attribute(std::string& bytes, std::uint16_t type, std::string_view value) {
  write_16(bytes, type);
  write_16(bytes, value.size());
  bytes += value;
  bytes.append(padded(value.size()) - value.size(), '\0');
}

/// 14.2: each byte combined with that of the cookie or the transaction ID in the same place, so that no NAT
/// on the way takes it for an address of its own to be changed.
std::string xor_mapped(const Endpoint& from, std::string_view transaction_id) {
  std::string mask(magic_cookie);
  mask += transaction_id;
  std::string value("\0", 1);
  value += from.address.is_v4() ? '\1' : '\2';
  write_16(value, from.port ^ 0x2112U);
  const std::size_t size = from.address.is_v4() ? 4 : 16;
  for (std::size_t i = 0; i < size; ++i)
    value += static_cast<char>(from.address.bytes()[16 - size + i] ^ static_cast<unsigned char>(mask[i]));
  return value;
}

/// 5: a Binding response of this class, which is complete but for its length.
std::string begun_response(StunMessage::Class kind, std::string_view transaction_id) {
  std::string bytes;
  write_16(bytes, kind == StunMessage::Class::success ? 0x0101 : 0x0111);
  write_16(bytes, 0);
  bytes += magic_cookie;
  bytes += transaction_id;
  return bytes;
}

std::string finished(std::string bytes, bool with_fingerprint) {
  const std::size_t size = bytes.size() - stun_header_size + (with_fingerprint ? fingerprint_size : 0);
  bytes[2] = static_cast<char>(size >> 8);
  bytes[3] = static_cast<char>(size & 0xff);
  if (!with_fingerprint) return bytes;
  std::string value;
  write_32(value, fingerprint_of(bytes));
  write_attribute(bytes, fingerprint, value);
  return bytes;
}

}  // namespace

Result<StunMessage> StunMessage::parse(std::string_view datagram) {
  // 5, 6.3.
  if (datagram.size() < stun_header_size || !is_stun(datagram) || datagram.substr(4, 4) != magic_cookie)
    return Error{Errc::syntax, 0};
  const std::size_t size = read_16(datagram, 2);
  if (size % 4 != 0 || size != datagram.size() - stun_header_size) return Error{Errc::syntax, 2};
  const unsigned type = read_16(datagram, 0);
  StunMessage message;
  message.kind = static_cast<Class>((type >> 7 & 2) | (type >> 4 & 1));
  message.method = static_cast<std::uint16_t>((type >> 2 & 0xf80) | (type >> 1 & 0x70) | (type & 0xf));
  message.transaction_id = datagram.substr(8, 12);
  std::size_t count = 0;
  for (std::size_t at = stun_header_size; at < datagram.size();) {
    // The length of a message is a multiple of four, so there is room for a type and a length.
    const std::uint16_t attribute = read_16(datagram, at);
    const std::size_t length = read_16(datagram, at + 2);
    const std::size_t next = at + 4 + padded(length);
    if (next > datagram.size() || ++count > max_attributes) return Error{Errc::syntax, at};
    if (attribute == fingerprint) {
      // 14.7: the last one.
      if (length != 4 || next != datagram.size() || !has_right_fingerprint(datagram))
        return Error{Errc::syntax, at};
      message.has_fingerprint = true;
    } else if (attribute < first_optional &&
               std::find(known.begin(), known.end(), attribute) == known.end()) {
      message.unknown.push_back(attribute);
    }
    at = next;
  }
  return message;
}

std::optional<std::string> binding_response(std::string_view datagram, const Endpoint& from) {
  const auto request = StunMessage::parse(datagram);
  if (!request || request->kind != StunMessage::Class::request || request->method != StunMessage::binding)
    return std::nullopt;
  if (request->unknown.empty()) {
    std::string bytes = begun_response(StunMessage::Class::success, request->transaction_id);
    write_attribute(bytes, xor_mapped_address, xor_mapped(from, request->transaction_id));
    return finished(std::move(bytes), request->has_fingerprint);
  }
  // 6.3.1, 14.8: 420, without words, which would only make it larger.
  std::string bytes = begun_response(StunMessage::Class::error, request->transaction_id);
  write_attribute(bytes, error_code, std::string_view("\0\0\4\x14", 4));
  std::string types;
  for (std::size_t i = 0; i < std::min(request->unknown.size(), most_unknown_told); ++i)
    write_16(types, request->unknown[i]);
  write_attribute(bytes, unknown_attributes, types);
  return finished(std::move(bytes), request->has_fingerprint);
}

}  // namespace sip
