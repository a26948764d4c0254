#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "im/messenger.h"
#include "ua/client_authentication.h"
#include "ua/registration.h"

namespace sip {

/// A request of ours, from before it is sent until its final answer.
struct ClientRequest {
  std::optional<Messenger::Outgoing> message{};  ///< of a MESSAGE
  std::string asked{};                           ///< of an OPTIONS: whom it asks
  MessageId call_id{};                           ///< of an OPTIONS
  Registration::Register wish{};                 ///< of a REGISTER
  unsigned challenges = 0;                       ///< how often it was challenged
  ClientAuthentication::Signature signature{};

  bool is_register() const { return !message && asked.empty(); }
  std::string_view method() const {
    if (message) return "MESSAGE";
    return is_register() ? "REGISTER" : "OPTIONS";
  }
  std::string_view uri() const {
    if (message) return message->target;
    return is_register() ? wish.registrar : asked;
  }
  std::string_view body() const { return message ? std::string_view(message->draft.body) : ""; }
  ClientAuthentication::Audience audience() const {
    using Audience = ClientAuthentication::Audience;
    return is_register() ? Audience::to_registrar : Audience::to_others;
  }
};

}  // namespace sip
