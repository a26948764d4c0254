#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "logic/location.h"
#include "ops/http.h"
#include "transport/endpoint.h"

namespace relay {

/// {"error": why}
HttpAnswer admin_error(int status, std::string_view why);
/// Done, and there is nothing to tell.
HttpAnswer admin_done();

/// user@domain of each.
HttpAnswer accounts_answer(const std::vector<std::string>& accounts);
/// Of every user, sorted.
HttpAnswer registrations_answer(const Location& location, sip::Instant now);

/// A message that waits; its body is its sender's and its recipient's alone.
struct MessageSummary {
  std::uint64_t number;
  std::int64_t size;  ///< bytes
  sip::UnixTime expires_at;
};
HttpAnswer messages_answer(const std::vector<MessageSummary>& messages);
HttpAnswer message_count_answer(std::int64_t messages, std::int64_t bytes);

struct ConnectionSummary {
  sip::Peer peer;
  std::size_t unwritten;  ///< bytes
};
HttpAnswer connections_answer(const std::vector<ConnectionSummary>& connections);

}  // namespace relay
