#include "im/date_time.h"

#include <chrono>

#include "base/ascii.h"

namespace sip {
namespace {

/// Digits of a fixed number from the front of `text`.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t digits, std::uint64_t max) {
  const auto number = parse_decimal(text.substr(0, digits), max);
  if (!number || text.size() < digits) return std::nullopt;
  text.remove_prefix(digits);
  return static_cast<std::int64_t>(*number);
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<UnixTime> take_day(std::string_view& text) {
  const auto year = take_number(text, 4, 9999);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2, 12);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2, 31);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return UnixTime(Seconds(days * 86'400));
}

/// time-secfrac, as far as milliseconds.
std::optional<Milliseconds> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return Milliseconds(0);
  std::int64_t milliseconds = 0;
  std::size_t digits = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits)
    if (digits < 3) milliseconds = milliseconds * 10 + (text.front() - '0');
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) milliseconds *= 10;
  return Milliseconds(milliseconds);
}

/// time-offset: how far the written time is ahead of UTC.
std::optional<Seconds> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return Seconds(0);
  const bool is_west = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2, 23);
  if (!hours || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2, 59);
  if (!minutes) return std::nullopt;
  const Seconds offset(*hours * 3600 + *minutes * 60);
  return is_west ? -offset : offset;
}

void append_number(std::string& text, std::int64_t value, std::size_t digits) {
  const std::string number = std::to_string(value);
  if (number.size() < digits) text.append(digits - number.size(), '0');
  text += number;
}

}  // namespace

std::optional<UnixTime> parse_date_time(std::string_view text) {
  const auto day = take_day(text);
  if (!day || !take(text, "Tt")) return std::nullopt;
  const auto hour = take_number(text, 2, 23);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2, 59);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2, 60);  // 60: a leap second
  if (!second) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return *day + Seconds(*hour * 3600 + *minute * 60 + *second) - *offset + *fraction;
}

std::string date_time(UnixTime time) {
  const auto since_epoch = std::chrono::floor<Seconds>(time.time_since_epoch());
  const auto days = std::chrono::floor<std::chrono::days>(since_epoch);
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const std::int64_t second_of_day = (since_epoch - days).count();
  std::string text;
  append_number(text, static_cast<int>(date.year()), 4);
  text += '-';
  append_number(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  append_number(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_number(text, second_of_day / 3600, 2);
  text += ':';
  append_number(text, second_of_day / 60 % 60, 2);
  text += ':';
  append_number(text, second_of_day % 60, 2);
  return text + 'Z';
}

}  // namespace sip
