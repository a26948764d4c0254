#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "message/params.h"
#include "message/uri.h"

namespace sip {

/// ( name-addr / addr-spec ) *( SEMI param ): From, To, Contact, Route ... (RFC 3261 20.10, 20.20, 20.39).
struct NameAddr {
  std::string_view display_name;  ///< as written: a quoted-string without its quotes, or tokens
  Uri uri;
  Params params;

  static Result<NameAddr> parse(std::string_view value);
  /// The tag parameter, empty when absent.
  std::string_view tag() const { return tag_; }

 private:
  friend struct Contact;
  friend struct MandatoryHeaders;
  /// parse() where it is; for one that is new.
  std::optional<Error> read(std::string_view value);
  /// What stands before the parameters.
  std::optional<Error> read_address(Scanner& scanner);
  std::string_view tag_;
};

}  // namespace sip
