#pragma once

#include <optional>
#include <string_view>

#include "im/delivery.h"
#include "im/notifier.h"
#include "im/question.h"
#include "transport/size_rule.h"
#include "ua/registration.h"

namespace bridge {

/// Enumerators as they cross the bridge (ABI.md): their C++ names with '-' for '_'.
std::string_view to_text(sip::DeliveryState state);
std::string_view to_text(sip::FailureReason reason);
std::string_view to_text(sip::RegistrationTrouble trouble);
std::string_view to_text(sip::Receipts receipts);
std::string_view to_text(sip::EndToEnd end_to_end);
std::string_view to_text(sip::Protection protection);
std::string_view to_text(sip::NotOpened::Reason reason);
std::string_view to_text(sip::Path path);

/// The enumerator of that text, one of those up to `last`; none for any other text.
template <class Enum>
std::optional<Enum> from_text(std::string_view text, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (to_text(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace bridge
