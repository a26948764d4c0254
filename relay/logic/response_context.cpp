#include "logic/response_context.h"

#include <algorithm>

#include "message/message_view.h"

namespace relay {

using namespace sip;

namespace {

/// 16.7 step 6: 6xx first, then the lowest class; within 4xx those that tell how to ask again; 503 only when
/// there is nothing else.
int rank(int status) {
  if (status >= 600) return 0;
  const bool helps_asking_again =
      status == 401 || status == 407 || status == 415 || status == 420 || status == 484;
  if (helps_asking_again) return 399;
  return status == 503 ? 599 : status / 100 * 100;
}

}  // namespace

bool is_unreachable(int status) { return status == 408 || status == 430 || status == 480 || status == 503; }

bool may_pass(int status) {
  if (is_unreachable(status)) return true;
  const bool is_failure = status / 100 == 5 && status != 513;
  // 8.2.2.2: it may be the transaction of our last try that is not over yet.
  const bool is_merged = status == 482;
  return status / 100 == 3 || status == 401 || status == 407 || status == 486 || is_merged || is_failure;
}

std::optional<ResponseContext::Response> ResponseContext::answered(TransactionId client, Response response) {
  std::erase(open_, client);
  if (!relay::is_unreachable(response.status)) is_unreachable_ = false;
  if (response.status >= 300) (may_pass(response.status) ? is_missed_ : is_refused_) = true;
  if (response.status < 300 || response.status >= 600) may_fork_ = false;
  if (response.status < 300) {
    const bool is_forwarded = kind_ == Kind::invite || !is_answered_;
    is_answered_ = true;
    return is_forwarded ? std::optional<Response>(std::move(response)) : std::nullopt;
  }
  // RFC 4320 4.2: a 408 to a request other than INVITE tells nobody anything.
  const bool tells_something = kind_ == Kind::invite || response.status != 408;
  if (tells_something && (!best_ || rank(response.status) < rank(best_->status))) {
    if (best_) challenges_ += best_->challenges;
    best_ = std::move(response);
  } else {
    challenges_ += response.challenges;
  }
  return std::nullopt;
}

void ResponseContext::replaced(TransactionId client) { std::erase(open_, client); }

void ResponseContext::ended(TransactionId client) {
  std::erase(open_, client);
  is_missed_ = true;
}

std::optional<ResponseContext::Response> ResponseContext::best() {
  if (is_answered_ || !best_) return std::nullopt;
  is_answered_ = true;
  // 16.7 step 7: who answers one challenge would only meet the next.
  if (best_->status == 401 || best_->status == 407) {
    std::string text = best_->text;
    text.insert(text.find("\r\n") + 2, challenges_);
    // Past a limit of messages it might end the connection by which others get answers, too.
    if (MessageView::parse(text)) best_->text = std::move(text);
  }
  return std::move(best_);
}

}  // namespace relay
