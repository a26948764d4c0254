#pragma once

#include <string>

#include "auth/digest_client.h"
#include "base/time.h"
#include "im/notifier.h"

namespace sip {

/// Who a UserAgent is.
struct Account {
  std::string address;       ///< the address-of-record, e.g. "sip:alice@example.org"
  std::string display_name;  ///< may be empty
  Credentials credentials;   ///< an empty username means the user part of the address
  std::string instance;      ///< URN for +sip.instance (RFC 5626 4.1), kept over reloads; empty: drawn anew
  Seconds expires{600};      ///< asked of the registrar; 1..86400
  Receipts receipts = Receipts::delivery;  ///< what those who write to this person may be told
};

/// Whether every field can stand in a header field: the address is a sip or sips URI with a user and without
/// headers, nothing holds a control character.
bool is_valid(const Account& account);

}  // namespace sip
