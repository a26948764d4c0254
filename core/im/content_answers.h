#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "im/question.h"

namespace sip {

/// What the driver has said about the content of one request. Content is read anew with each answer; as
/// reading asks in the same order each time, the n-th answer is that to the n-th question.
class ContentAnswers {
 public:
  /// A signature inside an encryption around CPIM with another charset takes three, the other order
  /// (RFC 8591 4.3) no more. What is wrapped deeper keeps the driver busy and tells nothing.
  static constexpr std::size_t max_questions = 6;

  ContentAnswers(EndToEnd end_to_end, std::string sender)
      : end_to_end_(end_to_end), sender_(std::move(sender)) {}

  /// Reading begins, at the start.
  void rewind();
  /// What is inside a sealed body. Errc::unanswered: take_question() is to be asked first;
  /// Errc::undecipherable: refusal() says what to send along; Errc::unsupported; every other error is
  /// malformed content.
  Result<const Opened*> opened(std::string_view content_type, std::string_view body);
  /// The text in UTF-8. Errc::unanswered likewise, or Errc::unsupported.
  Result<std::string_view> decoded(std::string_view charset, std::string_view bytes);

  /// What reading could not do without since rewind().
  std::optional<Question> take_question();
  /// Takes the answer to that question; false, and nothing taken, when it is one to another kind of question.
  bool accept(Answer& answer);
  /// Why the content could not be opened.
  const NotOpened* refusal() const;

 private:
  EndToEnd end_to_end_;
  std::string sender_;
  std::vector<Answer> answers_;
  std::size_t next_ = 0;
  std::optional<Question> question_;
  bool is_open_asked_ = false;  ///< what was asked last: Open, or else Decode
};

}  // namespace sip
