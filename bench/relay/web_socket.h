#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base.h"

// As much of RFC 6455 as a client and a server need that are friends.
namespace load {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

std::string base64(std::string_view bytes);
/// RFC 6455 4.2.2: Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string accept_key(std::string_view key);

/// A whole message in one frame, masked as a client's must be.
void append_masked_frame(std::string& bytes, Opcode opcode, std::string_view payload, std::uint32_t mask);
/// Likewise, not masked: a server's.
void append_frame(std::string& bytes, Opcode opcode, std::string_view payload);

/// The head of a frame; the payload follows it.
struct FrameHead {
  Opcode opcode;
  bool is_final;
  bool is_masked;
  std::size_t size;  // with the mask
  std::uint64_t payload;
};
std::optional<FrameHead> read_frame_head(std::string_view bytes);

/// Masks bytes, or takes the mask away (RFC 6455 5.3).
void apply_mask(char* bytes, std::size_t count, std::uint32_t mask);

}  // namespace load
