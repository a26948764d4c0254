#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "message/params.h"

namespace sip {

/// The longest URI that is read. A GRUU (RFC 5627) or the Contact of a phone that is woken by push (RFC 8599)
/// has some 500 bytes, and MESSAGE has to fit 1300 in all (RFC 3428 8). A longer Request-URI gets 414.
inline constexpr std::size_t max_uri_size = 2048;

/// How many parameters a URI may have: the RFCs define some twenty, and each is compared with all before it.
inline constexpr std::size_t max_uri_params = 32;

/// A URI (RFC 3261 19.1, 25.1), borrowed from the text it was parsed from.
/// sip and sips are taken apart; of any other scheme only `scheme` and `text` are set.
struct Uri {
  std::string_view text;
  std::string_view scheme;
  std::string_view user;      ///< escapes left in
  std::string_view password;  ///< RFC 3261 19.1.1 advises against it
  std::string_view host;      ///< IPv6 with its brackets
  std::optional<std::uint16_t> port;
  Params params;
  std::string_view headers;  ///< after '?', as written

  /// Errc::too_large past max_uri_size.
  static Result<Uri> parse(std::string_view text);
  bool is_sip() const;

 private:
  friend struct NameAddr;
  /// parse() where it is; for one that is new.
  std::optional<Error> read(std::string_view all);
};

/// Equality by RFC 3261 19.1.4 and RFC 5954 4.2; tel by RFC 3966 4, im by RFC 3860; other schemes are
/// compared as texts.
bool equivalent(const Uri& a, const Uri& b);

/// The URI as it may stand in a Request-URI: without method parameter and headers (19.1.1 table 1, 16.6 step
/// 2).
std::string as_request_uri(const Uri& uri);

/// A host without the dot that ends a whole domain name and changes nothing of what it means (RFC 1034 3.1).
std::string_view without_final_dot(std::string_view host);

/// "sip:user@host", lower-case host without a final dot, escapes that need not be undone, no port and no
/// parameters: the key under which a registrar knows an address-of-record (RFC 3261 10.3 step 5).
std::string address_of_record(const Uri& uri);

}  // namespace sip
