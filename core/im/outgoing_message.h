#pragma once

#include <string>

#include "im/outbox.h"

namespace sip {

/// A message in the form in which it goes out: draft.body is what the request will hold.
struct OutgoingMessage : Outbox::Outgoing {
  bool is_cpim = false;    ///< the text is wrapped
  bool is_sealed = false;  ///< and the whole is sealed
  std::string text{};      ///< what the body was before it was wrapped
  std::string type{};
};

}  // namespace sip
