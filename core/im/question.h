#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/job_id.h"
#include "im/protection.h"

namespace sip {

/// Who seals and opens bodies (RFC 3428 11.3): docs/adr/0006.
enum class EndToEnd : std::uint8_t {
  none,    ///< nobody: everything goes out as it is, and what comes sealed gets 415
  driver,  ///< it answers Seal and Open
};

/// What is asked of the driver. It answers when it can, or never.
///
/// Protect a body for its recipient: Sealed, InTheClear or NotSealed.
struct Seal {
  JobId job = JobId::none;
  std::string recipient;     ///< URI
  std::string content_type;  ///< of what is to be sealed: a text, or message/cpim with all that it says
  std::string body;
  bool must_be_sealed = false;  ///< InTheClear is no answer: it speaks of what came encrypted (RFC 5438 14)
};
/// Undo the protection of a body: Opened or NotOpened.
struct Open {
  JobId job = JobId::none;
  std::string sender;        ///< address-of-record in From, which a signature may be of, or not
  std::string content_type;  ///< application/pkcs7-mime or multipart/signed, with its parameters
  std::string body;
};
/// Turn a text of a charset that is not known here (RFC 2046 4.1.2) into UTF-8: Decoded or NotDecoded.
struct Decode {
  JobId job = JobId::none;
  std::string charset;  ///< as written by the sender
  std::string bytes;
};
using Question = std::variant<Seal, Open, Decode>;

struct Sealed {
  std::string content_type;
  std::string body;  ///< any bytes (RFC 8591 5)
};
/// There is no key for that recipient, and it may go out as it is.
struct InTheClear {};
/// It may not go out.
struct NotSealed {};
struct Opened {
  std::string content_type;  ///< of what was inside
  std::string body;
  Protection protection = Protection::none;  ///< that was undone
  std::string signer{};  ///< URI in the certificate of a good signature; empty without one
};
struct NotOpened {
  enum class Reason : std::uint8_t {
    undecipherable,  ///< encrypted for a key that is not here: 493
    unsupported,     ///< a kind of protection that is not known: 415
    malformed,       ///< not what it says it is: 400
  };
  Reason reason = Reason::undecipherable;
  /// What a 493 brings along, the own certificate (RFC 3261 23.2): both empty for none.
  std::string content_type{};
  std::string body{};
};
struct Decoded {
  std::string text;  ///< UTF-8
};
struct NotDecoded {};
using Answer = std::variant<Sealed, InTheClear, NotSealed, Opened, NotOpened, Decoded, NotDecoded>;

/// Whether a Content-Type that the driver gave can stand in a header field.
bool is_content_type(std::string_view value);

}  // namespace sip
