#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "auth/digest_client.h"
#include "base/time.h"
#include "im/notifier.h"
#include "im/question.h"
#include "transport/size_rule.h"
#include "ua/outbound_proxy_set.h"

namespace sip {

/// Who a UserAgent is, and how it is reached.
struct Account {
  /// RFC 5626 4.2.1 asks for two, and up to four.
  static constexpr std::size_t max_servers = 8;

  std::string address;       ///< the address-of-record, e.g. "sip:alice@example.org"
  std::string display_name;  ///< may be empty
  Credentials credentials;   ///< an empty username means the user part of the address
  std::string token;         ///< shown where a server asks for a bearer token (RFC 8898); empty: none
  std::string instance;      ///< URN for +sip.instance (RFC 5626 4.1), kept over reloads; empty: drawn anew
  /// uri-parameters of the Contact, as push notifications need them (RFC 8599 4.1.1):
  /// "pn-provider=webpush;pn-prid=...". They are in REGISTER and nowhere else.
  std::string contact_params;
  Seconds expires{600};  ///< asked of the registrar; 1..86400
  /// "host" or "host:port" of each server in order of preference; the driver knows how to reach them. Empty:
  /// one, without a name.
  std::vector<std::string> servers;
  FlowRecovery recovery;
  /// The longest time between two keep-alives (RFC 5626 4.4.1); 1 s to an hour.
  Milliseconds ping_interval{120'000};
  Receipts receipts = Receipts::delivery;  ///< what those who write to this person may be told
  EndToEnd end_to_end = EndToEnd::none;    ///< whether what goes out is sealed, and what comes can be opened
  Path path = Path::unknown;               ///< said by whoever runs the servers on the way
};

/// Whether every field can stand in a header field: the address is a sip or sips URI with a user and without
/// headers, nothing holds a control character; and times and numbers are within their limits.
bool is_valid(const Account& account);

}  // namespace sip
