#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sip {

/// Content-Transfer-Encoding of a MIME entity (RFC 2045 6). SIP itself has none: it carries bytes as they are
/// (RFC 5621 3.2), but what comes from mail or through a gateway may be encoded inside CPIM or a multipart.
enum class TransferEncoding : std::uint8_t {
  identity,  ///< 7bit, 8bit, binary, or not said
  base64,
  quoted_printable,
};

/// None for a mechanism that is not known: then the type of the content does not count either (RFC 2045 6.4).
std::optional<TransferEncoding> transfer_encoding(std::string_view value);

/// The bytes that `body` stands for.
/// - base64 (6.8): what is not of its alphabet is passed over, padding ends it. Errc::truncated where a byte
/// is
///   cut in two.
/// - quoted-printable (6.7): white space at the end of a line is dropped, and what must not be there stands
/// for
///   itself, as the notes (1) to (5) advise.
Result<std::string> transfer_decoded(TransferEncoding encoding, std::string_view body);

}  // namespace sip
