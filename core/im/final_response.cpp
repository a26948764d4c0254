#include "im/final_response.h"

#include "im/target_set.h"

namespace sip {

FinalResponse FinalResponse::read(const MessageView& response, std::string_view target,
                                  std::optional<Seconds> retry_after) {
  return {response.status(), std::string(response.reason()), retry_after, targets_of(response, target)};
}

FailureReason FinalResponse::reason() const {
  switch (status) {
    case 401:
    case 407: return FailureReason::wrong_password;
    case 403: return FailureReason::refused;
    case 404: return retry_after ? FailureReason::offline : FailureReason::unknown_user;
    case 408: return FailureReason::no_answer;
    case 413: return retry_after ? FailureReason::server_trouble : FailureReason::too_long;
    case 410:
    case 604: return FailureReason::unknown_user;
    case 415:
    case 488:
    case 606: return FailureReason::not_understood;
    case 416:
    case 484: return FailureReason::bad_recipient;
    case 480:
    case 486: return FailureReason::offline;
    case 493: return FailureReason::undecipherable;
    case 513: return FailureReason::too_long;
    default: break;
  }
  // RFC 3428 7: a 6xx means that it was delivered and refused. 604 and 606 say more (21.6.3, 21.6.4).
  if (status >= 600) return FailureReason::declined;
  if (status >= 500) return FailureReason::server_trouble;
  return status < 400 ? FailureReason::moved : FailureReason::other;
}

bool FinalResponse::may_pass() const {
  switch (status) {
    case 408:
    case 480:
    case 500:
    case 503:
    case 504: return true;
    case 404:
    case 413:
    case 486: return retry_after.has_value();
    default: return false;
  }
}

}  // namespace sip
