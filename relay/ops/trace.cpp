#include "ops/trace.h"

#include <spdlog/spdlog.h>

#include "message/message.h"
#include "message/message_view.h"
#include "ops/endpoint_text.h"
#include "ops/log_field.h"
#include "ops/start_line.h"

namespace relay {
namespace {

void say(const std::string& call_id, const std::string& step) {
  const LogField field("call_id", call_id);
  spdlog::info("trace {}: {}", call_id, step);
}

}  // namespace

void Trace::follow(const std::vector<std::string>& call_ids) {
  followed_ = {call_ids.begin(), call_ids.end()};
  if (!is_on()) asked_.clear();
}

void Trace::received(const sip::Peer& from, std::string_view text) {
  current_ = followed_call_id(text);
  if (!current_.empty()) say(current_, "from " + to_text(from.endpoint) + ": " + start_line(text));
}

void Trace::answered(sip::JobId job) {
  const auto asked = asked_.extract(job);
  current_ = asked.empty() ? std::string() : asked.mapped();
  if (!current_.empty()) say(current_, "the answer came");
}

void Trace::sent(const sip::Peer& to, std::string_view text) {
  const std::string call_id = followed_call_id(text);
  if (!call_id.empty()) say(call_id, "to " + to_text(to.endpoint) + ": " + start_line(text));
}

void Trace::asked(sip::JobId job, std::string_view what) {
  if (current_.empty()) return;
  asked_.insert_or_assign(job, current_);
  say(current_, "asks for " + std::string(what));
}

void Trace::progressed(const Relay::Progress& progress) {
  if (current_.empty()) return;
  switch (progress.step) {
    case Relay::Progress::Step::taken: return say(current_, "is new");
    case Relay::Progress::Step::answered_here: {
      const std::string_view reason =
          progress.reason.empty() ? sip::reason_phrase(progress.status) : progress.reason;
      return say(current_,
                 "is answered by the relay: " + std::to_string(progress.status) + " " + std::string(reason));
    }
    case Relay::Progress::Step::answered_there:
      return say(current_, "is answered by its recipient: " + std::to_string(progress.status));
    // Of which message it is only the mailbox knows; what was sent and came back is told.
    case Relay::Progress::Step::from_mailbox: return;
  }
}

std::string Trace::followed_call_id(std::string_view text) const {
  const auto message = sip::MessageView::parse(text);
  const auto call_id = message ? message->value(sip::HeaderName::call_id) : std::nullopt;
  return call_id && followed_.contains(*call_id) ? std::string(*call_id) : std::string();
}

}  // namespace relay
