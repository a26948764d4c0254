#pragma once

#include <cstdint>
#include <string>

namespace relay {

/// Who stands at one end of a dialog, and so where their requests in it may lead.
enum class Party : std::uint8_t {
  stranger,  ///< to the other end, where that is one of ours
  user,      ///< of our domain: anywhere
  client,    ///< of a domain whose edge proxy we are: to its server
};

struct Ends {
  Party sender = Party::stranger;
  Party recipient = Party::stranger;
  std::string recipient_mark =
      {};  ///< RecordRoute::mark() of the name that they are known by; empty: none is
};

}  // namespace relay
