#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sip {

/// The URI to write to for what a person typed: "bob" (somebody in `own_domain`), "bob@example.org",
/// "sip:bob@example.org" or "Bob <sip:bob@example.org>". None when it is no address, or one of another scheme
/// than sip and sips.
std::optional<std::string> recipient_uri(std::string_view typed, std::string_view own_domain);

/// One person, however their URI is spelled: its address-of-record, or the text where it is no sip URI.
std::string peer_key(std::string_view uri);

}  // namespace sip
