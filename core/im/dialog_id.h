#pragma once

#include <string>

namespace sip {

/// Names the dialog that a request stands in, as seen by the one who received it (RFC 3261 12).
struct DialogId {
  std::string call_id;
  std::string local_tag;   ///< of To
  std::string remote_tag;  ///< of From
};

}  // namespace sip
