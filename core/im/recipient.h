#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sip {

/// The URI to write to for what a person typed: "bob" (somebody in `own_domain`), "bob@example.org",
/// "sip:bob@example.org" or "Bob <sip:bob@example.org>". None when it is no address, or one of another scheme
/// than sip, sips, im and tel.
/// - "im:bob@example.org" (RFC 3428 5): in one's own domain, which is known to serve SIP, it is the sip URI.
/// Elsewhere
///   RFC 3861 asks for a look-up that a browser can't do, so it stays, which leaves it to the proxy.
/// - "tel:+1-201-555-0123" is that number at one's own domain (RFC 3261 19.1.6), whose proxy knows the way
/// there.
std::optional<std::string> recipient_uri(std::string_view typed, std::string_view own_domain);

/// One person, however their URI is spelled: its address-of-record, or the text where it is no sip URI.
std::string peer_key(std::string_view uri);

}  // namespace sip
