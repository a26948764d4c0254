#include "base/encoding.h"

#include <array>
#include <chrono>

#include "base/ascii.h"

namespace sip {

namespace {

void append_number(std::string& text, unsigned value, std::size_t digits) {
  std::string number = std::to_string(value);
  if (number.size() < digits) number.insert(0, digits - number.size(), '0');
  text += number;
}

bool is_line_end(char c) { return c == '\r' || c == '\n'; }

/// 25.1: qdtext holds none but HTAB.
bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f'; }

bool is_white_space(char c) { return c == ' ' || c == '\t' || is_line_end(c); }

}  // namespace

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  result.reserve(text.size() + 2);
  for (const char c : text) {
    if (is_line_end(c)) {
      // 25.1: a quoted-pair holds any ASCII character but CR and LF, so these two cannot be written at all.
      result += ' ';
      continue;
    }
    if (c == '"' || c == '\\' || is_control(c)) result += '\\';
    result += c;
  }
  result += '"';
  return result;
}

std::string unquoted(std::string_view inside) {
  std::string text;
  text.reserve(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (is_line_end(inside[i])) {
      // 7.3.1: a fold and the white space around it are one space.
      while (!text.empty() && is_white_space(text.back())) text.pop_back();
      while (i + 1 < inside.size() && is_white_space(inside[i + 1])) ++i;
      text += ' ';
      continue;
    }
    // 25.1: a quoted-pair holds neither CR nor LF.
    const bool is_pair = inside[i] == '\\' && i + 1 < inside.size() && !is_line_end(inside[i + 1]);
    if (is_pair) ++i;
    text += inside[i];
  }
  return text;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::string sip_date(UnixTime time) {
  constexpr std::array<std::string_view, 7> weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto since_epoch = std::chrono::floor<Seconds>(time.time_since_epoch());
  const auto days = std::chrono::floor<std::chrono::days>(since_epoch);
  const std::chrono::sys_days day{days};
  const std::chrono::year_month_day date{day};
  const auto second_of_day = static_cast<unsigned>((since_epoch - days).count());

  std::string text(weekdays[std::chrono::weekday{day}.c_encoding()]);
  text += ", ";
  append_number(text, static_cast<unsigned>(date.day()), 2);
  text += ' ';
  text += months[static_cast<unsigned>(date.month()) - 1];
  text += ' ';
  append_number(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text += ' ';
  append_number(text, second_of_day / 3600, 2);
  text += ':';
  append_number(text, second_of_day / 60 % 60, 2);
  text += ':';
  append_number(text, second_of_day % 60, 2);
  text += " GMT";
  return text;
}

}  // namespace sip
