#include "enumerators.h"

namespace bridge {

using sip::DeliveryState;
using sip::EndToEnd;
using sip::FailureReason;
using sip::NotOpened;
using sip::Path;
using sip::Protection;
using sip::Receipts;
using sip::RegistrationTrouble;

std::string_view to_text(DeliveryState state) {
  switch (state) {
    case DeliveryState::queued: return "queued";
    case DeliveryState::sending: return "sending";
    case DeliveryState::stored: return "stored";
    case DeliveryState::delivered: return "delivered";
    case DeliveryState::displayed: return "displayed";
    case DeliveryState::failed: return "failed";
  }
  return {};
}

std::string_view to_text(FailureReason reason) {
  switch (reason) {
    case FailureReason::none: return "none";
    case FailureReason::too_long: return "too-long";
    case FailureReason::bad_recipient: return "bad-recipient";
    case FailureReason::bad_content: return "bad-content";
    case FailureReason::unknown_user: return "unknown-user";
    case FailureReason::moved: return "moved";
    case FailureReason::offline: return "offline";
    case FailureReason::refused: return "refused";
    case FailureReason::declined: return "declined";
    case FailureReason::not_understood: return "not-understood";
    case FailureReason::wrong_password: return "wrong-password";
    case FailureReason::no_answer: return "no-answer";
    case FailureReason::server_trouble: return "server-trouble";
    case FailureReason::undeliverable: return "undeliverable";
    case FailureReason::not_sealed: return "not-sealed";
    case FailureReason::no_secure_device: return "no-secure-device";
    case FailureReason::undecipherable: return "undecipherable";
    case FailureReason::cancelled: return "cancelled";
    case FailureReason::expired: return "expired";
    case FailureReason::other: return "other";
  }
  return {};
}

std::string_view to_text(RegistrationTrouble trouble) {
  switch (trouble) {
    case RegistrationTrouble::connection_lost: return "connection-lost";
    case RegistrationTrouble::no_answer: return "no-answer";
    case RegistrationTrouble::wrong_password: return "wrong-password";
    case RegistrationTrouble::token_needed: return "token-needed";
    case RegistrationTrouble::refused: return "refused";
    case RegistrationTrouble::server_trouble: return "server-trouble";
  }
  return {};
}

std::string_view to_text(Receipts receipts) {
  switch (receipts) {
    case Receipts::none: return "none";
    case Receipts::delivery: return "delivery";
    case Receipts::display: return "display";
  }
  return {};
}

std::string_view to_text(EndToEnd end_to_end) {
  switch (end_to_end) {
    case EndToEnd::none: return "none";
    case EndToEnd::driver: return "driver";
  }
  return {};
}

std::string_view to_text(Protection protection) {
  switch (protection) {
    case Protection::none: return "none";
    case Protection::signed_only: return "signed-only";
    case Protection::encrypted_only: return "encrypted-only";
    case Protection::signed_and_encrypted: return "signed-and-encrypted";
  }
  return {};
}

std::string_view to_text(NotOpened::Reason reason) {
  switch (reason) {
    case NotOpened::Reason::undecipherable: return "undecipherable";
    case NotOpened::Reason::unsupported: return "unsupported";
    case NotOpened::Reason::malformed: return "malformed";
  }
  return {};
}

std::string_view to_text(Path path) {
  switch (path) {
    case Path::unknown: return "unknown";
    case Path::congestion_safe: return "congestion-safe";
  }
  return {};
}

}  // namespace bridge
