#include "im/sealing.h"

#include <utility>

namespace sip {
namespace {

enum class Outcome : std::uint8_t { sealed, in_the_clear, refused, no_answer };

Outcome outcome_of(const Answer& answer, const OutgoingMessage& message) {
  if (const auto* sealed = std::get_if<Sealed>(&answer))
    return is_content_type(sealed->content_type) ? Outcome::sealed : Outcome::refused;
  if (std::holds_alternative<InTheClear>(answer))
    return message.draft.must_be_sealed ? Outcome::refused : Outcome::in_the_clear;
  return std::holds_alternative<NotSealed>(answer) ? Outcome::refused : Outcome::no_answer;
}

/// What was said of the text does not hold for the seal around it, which must not be passed over either. A
/// subject that is sealed in CPIM is not told in the clear.
void leave_inside(OutgoingMessage& message) {
  MessageFields& fields = message.draft.fields;
  fields.content_language.clear();
  fields.content_disposition.clear();
  if (message.is_cpim) fields.subject.clear();
}

}  // namespace

void Sealing::asked(Now now, JobId job, OutgoingMessage message) {
  waiting_.emplace(job, Waiting{std::move(message), now.mono + max_wait});
}

std::optional<OutgoingMessage> Sealing::answered(JobId job, Answer answer) {
  const auto waiting = waiting_.find(job);
  if (waiting == waiting_.end()) return std::nullopt;
  const Outcome outcome = outcome_of(answer, waiting->second.message);
  if (outcome == Outcome::no_answer) return std::nullopt;
  OutgoingMessage message = std::move(waiting->second.message);
  waiting_.erase(waiting);
  switch (outcome) {
    case Outcome::sealed: {
      auto& sealed = std::get<Sealed>(answer);
      message.is_sealed = true;
      message.draft.content_type = std::move(sealed.content_type);
      message.draft.body = std::move(sealed.body);
      leave_inside(message);
      break;
    }
    case Outcome::in_the_clear: break;
    case Outcome::refused:
    case Outcome::no_answer: return message;
  }
  ready_.push_back(std::move(message));
  return std::nullopt;
}

std::optional<OutgoingMessage> Sealing::overdue(Now now) {
  if (waiting_.empty() || waiting_.begin()->second.due > now.mono) return std::nullopt;
  return std::move(waiting_.extract(waiting_.begin()).mapped().message);
}

std::optional<OutgoingMessage> Sealing::next() {
  if (ready_.empty()) return std::nullopt;
  OutgoingMessage message = std::move(ready_.front());
  ready_.pop_front();
  return message;
}

bool Sealing::forget(const MessageId& id) {
  const auto is_it = [&](const OutgoingMessage& message) { return message.draft.id == id; };
  const std::size_t forgotten =
      std::erase_if(waiting_, [&](const auto& entry) { return is_it(entry.second.message); }) +
      std::erase_if(ready_, is_it);
  return forgotten > 0;
}

void Sealing::connection_lost() {
  waiting_.clear();
  ready_.clear();
}

Deadline Sealing::deadline() const {
  return waiting_.empty() ? Deadline() : Deadline(waiting_.begin()->second.due);
}

}  // namespace sip
