#pragma once

#include <cstdint>

namespace sip {

/// How a text was protected from end to end (RFC 3428 11.3). Of a signature: one that was found to be good.
enum class Protection : std::uint8_t {
  none = 0,
  signed_only = 1,
  encrypted_only = 2,
  signed_and_encrypted = 3,
};

inline bool is_signed(Protection protection) {
  return protection == Protection::signed_only || protection == Protection::signed_and_encrypted;
}
inline bool is_encrypted(Protection protection) {
  return protection == Protection::encrypted_only || protection == Protection::signed_and_encrypted;
}
/// That of what is protected once and then, as a whole, again (RFC 8591 4.3).
inline Protection combined(Protection inner, Protection outer) {
  return static_cast<Protection>(static_cast<unsigned>(inner) | static_cast<unsigned>(outer));
}

}  // namespace sip
