#include "message/header_name.h"

#include <array>
#include <cstring>

#include "base/ascii.h"

namespace sip {
namespace {

struct Entry {
  HeaderName name;
  std::string_view text;
  char compact;  ///< '\0' for none
};

/// In the order of HeaderName, behind `other`.
constexpr std::array entries{
    Entry{HeaderName::accept, "Accept", '\0'},
    Entry{HeaderName::accept_contact, "Accept-Contact", 'a'},
    Entry{HeaderName::accept_encoding, "Accept-Encoding", '\0'},
    Entry{HeaderName::accept_language, "Accept-Language", '\0'},
    Entry{HeaderName::alert_info, "Alert-Info", '\0'},
    Entry{HeaderName::allow, "Allow", '\0'},
    Entry{HeaderName::allow_events, "Allow-Events", 'u'},
    Entry{HeaderName::authentication_info, "Authentication-Info", '\0'},
    Entry{HeaderName::authorization, "Authorization", '\0'},
    Entry{HeaderName::call_id, "Call-ID", 'i'},
    Entry{HeaderName::call_info, "Call-Info", '\0'},
    Entry{HeaderName::contact, "Contact", 'm'},
    Entry{HeaderName::content_disposition, "Content-Disposition", '\0'},
    Entry{HeaderName::content_encoding, "Content-Encoding", 'e'},
    Entry{HeaderName::content_language, "Content-Language", '\0'},
    Entry{HeaderName::content_length, "Content-Length", 'l'},
    Entry{HeaderName::content_type, "Content-Type", 'c'},
    Entry{HeaderName::cseq, "CSeq", '\0'},
    Entry{HeaderName::date, "Date", '\0'},
    Entry{HeaderName::error_info, "Error-Info", '\0'},
    Entry{HeaderName::event, "Event", 'o'},
    Entry{HeaderName::expires, "Expires", '\0'},
    Entry{HeaderName::feature_caps, "Feature-Caps", '\0'},
    Entry{HeaderName::flow_timer, "Flow-Timer", '\0'},
    Entry{HeaderName::from, "From", 'f'},
    Entry{HeaderName::history_info, "History-Info", '\0'},
    Entry{HeaderName::identity, "Identity", 'y'},
    Entry{HeaderName::identity_info, "Identity-Info", 'n'},
    Entry{HeaderName::in_reply_to, "In-Reply-To", '\0'},
    Entry{HeaderName::max_breadth, "Max-Breadth", '\0'},
    Entry{HeaderName::max_forwards, "Max-Forwards", '\0'},
    Entry{HeaderName::mime_version, "MIME-Version", '\0'},
    Entry{HeaderName::min_expires, "Min-Expires", '\0'},
    Entry{HeaderName::min_se, "Min-SE", '\0'},
    Entry{HeaderName::organization, "Organization", '\0'},
    Entry{HeaderName::p_asserted_identity, "P-Asserted-Identity", '\0'},
    Entry{HeaderName::p_preferred_identity, "P-Preferred-Identity", '\0'},
    Entry{HeaderName::path, "Path", '\0'},
    Entry{HeaderName::priority, "Priority", '\0'},
    Entry{HeaderName::privacy, "Privacy", '\0'},
    Entry{HeaderName::proxy_authenticate, "Proxy-Authenticate", '\0'},
    Entry{HeaderName::proxy_authentication_info, "Proxy-Authentication-Info", '\0'},
    Entry{HeaderName::proxy_authorization, "Proxy-Authorization", '\0'},
    Entry{HeaderName::proxy_require, "Proxy-Require", '\0'},
    Entry{HeaderName::rack, "RAck", '\0'},
    Entry{HeaderName::reason, "Reason", '\0'},
    Entry{HeaderName::record_route, "Record-Route", '\0'},
    Entry{HeaderName::refer_to, "Refer-To", 'r'},
    Entry{HeaderName::referred_by, "Referred-By", 'b'},
    Entry{HeaderName::reject_contact, "Reject-Contact", 'j'},
    Entry{HeaderName::reply_to, "Reply-To", '\0'},
    Entry{HeaderName::request_disposition, "Request-Disposition", 'd'},
    Entry{HeaderName::require, "Require", '\0'},
    Entry{HeaderName::retry_after, "Retry-After", '\0'},
    Entry{HeaderName::route, "Route", '\0'},
    Entry{HeaderName::rseq, "RSeq", '\0'},
    Entry{HeaderName::server, "Server", '\0'},
    Entry{HeaderName::service_route, "Service-Route", '\0'},
    Entry{HeaderName::session_expires, "Session-Expires", 'x'},
    Entry{HeaderName::sip_etag, "SIP-ETag", '\0'},
    Entry{HeaderName::sip_if_match, "SIP-If-Match", '\0'},
    Entry{HeaderName::subject, "Subject", 's'},
    Entry{HeaderName::subscription_state, "Subscription-State", '\0'},
    Entry{HeaderName::supported, "Supported", 'k'},
    Entry{HeaderName::timestamp, "Timestamp", '\0'},
    Entry{HeaderName::to, "To", 't'},
    Entry{HeaderName::unsupported, "Unsupported", '\0'},
    Entry{HeaderName::user_agent, "User-Agent", '\0'},
    Entry{HeaderName::via, "Via", 'v'},
    Entry{HeaderName::warning, "Warning", '\0'},
    Entry{HeaderName::www_authenticate, "WWW-Authenticate", '\0'},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (static_cast<std::size_t>(entries[i].name) != i + 1) return false;
  return true;
}
static_assert(is_in_order());

/// Names are looked up by length and first letter, at most a few share both.
constexpr std::size_t bucket_of(std::string_view text) {
  constexpr unsigned lower_case_bit = 0x20;
  return (text.size() * 29 + (static_cast<unsigned char>(text[0]) | lower_case_bit)) % 128;
}

struct Index {
  std::array<std::uint8_t, 128> first{};                ///< number of an entry plus one, 0 for none
  std::array<std::uint8_t, entries.size() + 1> next{};  ///< of the same bucket
  std::array<std::uint8_t, 26> compact{};
};

constexpr Index make_index() {
  Index index;
  for (std::size_t i = entries.size(); i > 0; --i) {
    const Entry& entry = entries[i - 1];
    const auto number = static_cast<std::uint8_t>(i);
    auto& first = index.first[bucket_of(entry.text)];
    index.next[i] = first;
    first = number;
    if (entry.compact != '\0') index.compact[static_cast<std::size_t>(entry.compact - 'a')] = number;
  }
  return index;
}
constexpr Index name_index = make_index();

template <class Word>
bool is_same_word(const char* a, const char* b) {
  Word word_a{};
  Word word_b{};
  std::memcpy(&word_a, a, sizeof(Word));
  std::memcpy(&word_b, b, sizeof(Word));
  return word_a == word_b;
}

/// Compares at least one word of each, and at most the last of them overlaps.
template <class Word>
bool are_same_words(const char* a, const char* b, std::size_t size) {
  for (std::size_t at = 0; at + sizeof(Word) < size; at += sizeof(Word))
    if (!is_same_word<Word>(a + at, b + at)) return false;
  return is_same_word<Word>(a + size - sizeof(Word), b + size - sizeof(Word));
}

/// Whether two texts of that size, which is 2 or more, are the same: memcmp() takes longer for so few.
bool is_same_text(const char* a, const char* b, std::size_t size) {
  if (size >= 8) return are_same_words<std::uint64_t>(a, b, size);
  if (size >= 4) return are_same_words<std::uint32_t>(a, b, size);
  return are_same_words<std::uint16_t>(a, b, size);
}

/// Mostly they are written as in the RFCs.
bool is_same_name(std::string_view known, std::string_view text) {
  return known.size() == text.size() &&
         (is_same_text(known.data(), text.data(), text.size()) || equal_ignoring_case(known, text));
}

HeaderName compact_name(char letter) {
  if (!is_alpha(letter)) return HeaderName::other;
  return static_cast<HeaderName>(name_index.compact[static_cast<std::size_t>(to_lower(letter) - 'a')]);
}

}  // namespace

HeaderName header_name(std::string_view text) {
  if (text.size() < 2) return text.empty() ? HeaderName::other : compact_name(text[0]);
  for (std::size_t i = name_index.first[bucket_of(text)]; i != 0; i = name_index.next[i])
    if (is_same_name(entries[i - 1].text, text)) return static_cast<HeaderName>(i);
  return HeaderName::other;
}

std::string_view to_text(HeaderName name) {
  if (name == HeaderName::other) return {};
  return entries[static_cast<std::size_t>(name) - 1].text;
}

}  // namespace sip
