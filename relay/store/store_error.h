#pragma once

#include <cstdint>
#include <string>

namespace relay {

struct StoreError {
  enum class Reason : std::uint8_t {
    exists,   ///< there is such an account already
    missing,  ///< there is no such account
    failed,   ///< the database could not do it
  };
  Reason reason;
  std::string message;  ///< for a person; names no password
};

}  // namespace relay
