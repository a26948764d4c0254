#include "web_socket.h"

#include <openssl/evp.h>

#include <array>
#include <cstring>

namespace load {
namespace {

void append_big_endian(std::string& bytes, std::uint64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i));
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

void append_head(std::string& bytes, Opcode opcode, std::size_t size, unsigned mask_bit) {
  bytes += static_cast<char>(0x80 | static_cast<unsigned>(opcode));
  if (size < 126) {
    bytes += static_cast<char>(mask_bit | size);
  } else if (size < 65536) {
    bytes += static_cast<char>(mask_bit | 126);
    append_big_endian(bytes, size, 2);
  } else {
    bytes += static_cast<char>(mask_bit | 127);
    append_big_endian(bytes, size, 8);
  }
}

/// Room for a frame, at least twice what there was: queues grow seldom.
void make_room(std::string& bytes, std::size_t payload) {
  const std::size_t needed = bytes.size() + 14 + payload;
  if (bytes.capacity() < needed) bytes.reserve(needed < 2048 ? 2048 : 2 * needed);
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string accept_key(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return base64({reinterpret_cast<char*>(digest.data()), size});
}

void append_masked_frame(std::string& bytes, Opcode opcode, std::string_view payload, std::uint32_t mask) {
  make_room(bytes, payload.size());
  append_head(bytes, opcode, payload.size(), 0x80);
  bytes.append(reinterpret_cast<const char*>(&mask), sizeof mask);
  const std::size_t start = bytes.size();
  bytes.append(payload);
  apply_mask(bytes.data() + start, payload.size(), mask);
}

void append_frame(std::string& bytes, Opcode opcode, std::string_view payload) {
  make_room(bytes, payload.size());
  append_head(bytes, opcode, payload.size(), 0);
  bytes.append(payload);
}

std::optional<FrameHead> read_frame_head(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto first_byte = static_cast<unsigned char>(bytes[0]);
  const auto second_byte = static_cast<unsigned char>(bytes[1]);
  const unsigned short_size = second_byte & 127U;
  const std::size_t extra = short_size == 127 ? 8 : short_size == 126 ? 2 : 0;
  const bool is_masked = second_byte & 128U;
  const std::size_t size = 2 + extra + (is_masked ? 4 : 0);
  if (bytes.size() < size) return std::nullopt;
  const std::uint64_t payload = extra ? big_endian(bytes.substr(2, extra)) : short_size;
  return FrameHead{static_cast<Opcode>(first_byte & 15U), (first_byte & 128U) != 0, is_masked, size, payload};
}

void apply_mask(char* bytes, std::size_t count, std::uint32_t mask) {
  const std::uint64_t twice = std::uint64_t{mask} << 32 | mask;
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes + i, 8);
    eight ^= twice;
    std::memcpy(bytes + i, &eight, 8);
  }
  std::array<char, 4> key{};
  std::memcpy(key.data(), &mask, 4);
  for (; i < count; ++i) bytes[i] = static_cast<char>(bytes[i] ^ key[i & 3]);
}

}  // namespace load
