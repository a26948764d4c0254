#include "message/retry_after.h"

#include "message/delta_seconds.h"
#include "message/scanner.h"

namespace sip {

// delta-seconds [ comment ] *( SEMI retry-param )
Result<RetryAfter> RetryAfter::parse(std::string_view value) {
  RetryAfter result;
  Scanner scanner(value);
  scanner.sws();
  const auto wait = delta_seconds(scanner.digits());
  if (!wait) return scanner.error(Errc::out_of_range);
  result.wait = *wait;
  scanner.sws();
  if (scanner.peek() == '(') {
    const auto comment = scanner.comment();
    if (!comment) return scanner.error(Errc::truncated);
    result.comment = *comment;
  }
  if (const auto error = result.params.read_to_end(scanner)) return *error;
  if (const auto duration = result.params.find("duration")) {
    result.duration = delta_seconds(duration->value.value_or(std::string_view{}));
    if (!result.duration) return Error{Errc::out_of_range, 0, "duration"};
  }
  return result;
}

std::optional<Seconds> retry_after(const MessageView& response) {
  const auto value = response.value(HeaderName::retry_after);
  if (!value) return std::nullopt;
  const auto parsed = RetryAfter::parse(*value);
  return parsed ? std::optional(parsed->wait) : std::nullopt;
}

}  // namespace sip
