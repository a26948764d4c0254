#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "transport/endpoint.h"

namespace relay {

/// How things stand at one moment: what is looked up when somebody asks, not counted on the way.
struct Gauges {
  /// In the order of their values, by which they are found.
  static constexpr std::array protocols{sip::Protocol::udp, sip::Protocol::tcp, sip::Protocol::tls,
                                        sip::Protocol::ws, sip::Protocol::wss};
  std::array<std::size_t, protocols.size()> connections{};  ///< open ones; none of UDP
  std::size_t slots = 0;                                    ///< of limit-open-connections that are taken
  std::size_t users = 0;                                    ///< with at least one binding
  std::size_t bindings = 0;
  std::size_t transactions = 0;     ///< those that have ended but are remembered, too
  std::size_t unwritten_bytes = 0;  ///< wait for the other ends of connections to read
  std::size_t account_questions = 0;
  std::size_t mailbox_questions = 0;
  std::size_t dns_questions = 0;
  std::int64_t stored_messages = 0;
  std::int64_t stored_bytes = 0;
  bool is_draining = false;
};

}  // namespace relay
