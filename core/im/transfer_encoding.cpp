#include "im/transfer_encoding.h"

#include <algorithm>

#include "base/ascii.h"

namespace sip {
namespace {

/// 6.8 table 1, or -1.
int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

Result<std::string> base64_decoded(std::string_view body) {
  std::string out;
  out.reserve(body.size() / 4 * 3);
  unsigned bits = 0;  // what is not yet a byte, in the low places
  unsigned count = 0;
  std::size_t digits = 0;
  for (const char c : body) {
    if (c == '=') break;
    const int value = base64_value(c);
    if (value < 0) continue;
    ++digits;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xff);
  }
  if (digits % 4 == 1) return Error{Errc::truncated, body.size(), "base64"};
  return out;
}

/// A line without its CRLF and the white space that a transport added.
std::string_view take_line(std::string_view& rest, bool& has_break) {
  const std::size_t end = rest.find("\r\n");
  has_break = end != std::string_view::npos;
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(has_break ? end + 2 : rest.size());
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  return line;
}

std::string quoted_printable_decoded(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  for (bool has_break = true; !body.empty();) {
    std::string_view line = take_line(body, has_break);
    const bool is_soft = !line.empty() && line.back() == '=';  // (5): the line goes on
    if (is_soft) line.remove_suffix(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      const int high = line[i] == '=' && i + 2 < line.size() ? hex_value(line[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(line[i + 2]) : -1;
      out += low >= 0 ? static_cast<char>(high * 16 + low) : line[i];
      if (low >= 0) i += 2;
    }
    if (has_break && !is_soft) out += "\r\n";
  }
  return out;
}

}  // namespace

std::optional<TransferEncoding> transfer_encoding(std::string_view value) {
  if (equal_ignoring_case(value, "base64")) return TransferEncoding::base64;
  if (equal_ignoring_case(value, "quoted-printable")) return TransferEncoding::quoted_printable;
  const bool is_identity = value.empty() || equal_ignoring_case(value, "7bit") ||
                           equal_ignoring_case(value, "8bit") || equal_ignoring_case(value, "binary");
  if (!is_identity) return std::nullopt;
  return TransferEncoding::identity;
}

Result<std::string> transfer_decoded(TransferEncoding encoding, std::string_view body) {
  switch (encoding) {
    case TransferEncoding::identity: break;
    case TransferEncoding::base64: return base64_decoded(body);
    case TransferEncoding::quoted_printable: return quoted_printable_decoded(body);
  }
  return std::string(body);
}

}  // namespace sip
