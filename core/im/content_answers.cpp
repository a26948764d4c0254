#include "im/content_answers.h"

#include <utility>

#include "base/utf8.h"

namespace sip {

void ContentAnswers::rewind() {
  next_ = 0;
  question_.reset();
}

Result<const Opened*> ContentAnswers::opened(std::string_view content_type, std::string_view body) {
  if (end_to_end_ == EndToEnd::none || next_ == max_questions) return Error{Errc::unsupported, 0, "S/MIME"};
  if (next_ == answers_.size()) {
    question_ = Open{.sender = sender_, .content_type = std::string(content_type), .body = std::string(body)};
    return Error{Errc::unanswered, 0, "S/MIME"};
  }
  const Answer& answer = answers_[next_++];
  if (const auto* opened = std::get_if<Opened>(&answer)) return opened;
  switch (std::get<NotOpened>(answer).reason) {
    case NotOpened::Reason::undecipherable: return Error{Errc::undecipherable, 0, "S/MIME"};
    case NotOpened::Reason::unsupported: return Error{Errc::unsupported, 0, "S/MIME"};
    case NotOpened::Reason::malformed: break;
  }
  return Error{Errc::syntax, 0, "S/MIME"};
}

Result<std::string_view> ContentAnswers::decoded(std::string_view charset, std::string_view bytes) {
  const Error unsupported{Errc::unsupported, 0, "charset"};
  if (next_ == max_questions) return unsupported;
  if (next_ == answers_.size()) {
    question_ = Decode{.charset = std::string(charset), .bytes = std::string(bytes)};
    return Error{Errc::unanswered, 0, "charset"};
  }
  const auto* decoded = std::get_if<Decoded>(&answers_[next_++]);
  if (!decoded || !is_utf8(decoded->text)) return unsupported;
  return std::string_view(decoded->text);
}

std::optional<Question> ContentAnswers::take_question() {
  auto question = std::exchange(question_, std::nullopt);
  if (question) is_open_asked_ = std::holds_alternative<Open>(*question);
  return question;
}

bool ContentAnswers::accept(Answer& answer) {
  const bool fits =
      is_open_asked_ ? std::holds_alternative<Opened>(answer) || std::holds_alternative<NotOpened>(answer)
                     : std::holds_alternative<Decoded>(answer) || std::holds_alternative<NotDecoded>(answer);
  if (fits) answers_.push_back(std::move(answer));
  return fits;
}

const NotOpened* ContentAnswers::refusal() const {
  return answers_.empty() ? nullptr : std::get_if<NotOpened>(&answers_.back());
}

}  // namespace sip
