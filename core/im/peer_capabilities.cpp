#include "im/peer_capabilities.h"

namespace sip {
namespace {

/// How closely a range of Accept fits a type; 0 for not at all.
int closeness(const MediaType& range, const MediaType& media) {
  if (range.is(media.type, media.subtype)) return 3;
  if (range.is(media.type, "*")) return 2;
  return range.is("*", "*") ? 1 : 0;
}

/// 25.1: every qvalue that is 0 is written with these alone.
bool is_refused(const MediaType& range) {
  const auto q = range.params.value("q");
  return q && q->find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool accepts(const MessageView& response, const MediaType& media) {
  int closest = 0;
  bool is_accepted = false;
  ValueReader ranges(response, HeaderName::accept);
  while (const auto value = ranges.next()) {
    const auto range = MediaType::parse(*value);
    if (!range || closeness(*range, media) <= closest) continue;
    closest = closeness(*range, media);
    is_accepted = !is_refused(*range);
  }
  return is_accepted;
}

PeerCapabilities::Knowledge PeerCapabilities::of(const std::string& peer, Format format) const {
  const auto known = peers_.find(peer);
  return known == peers_.end() ? Knowledge::unknown : known->second.formats[static_cast<std::size_t>(format)];
}

void PeerCapabilities::used(const std::string& peer, Format format) {
  // A peer may send what it cannot read. Its 415 counts for more.
  if (of(peer, format) != Knowledge::refuses) at(peer, format) = Knowledge::takes;
}

void PeerCapabilities::refused(const std::string& peer, Format format) {
  at(peer, format) = Knowledge::refuses;
}

void PeerCapabilities::listed(const std::string& peer, const MessageView& response) {
  if (response.count(HeaderName::accept) == 0) return;
  const auto learn = [&](Format format, bool is_covered) {
    if (of(peer, format) == Knowledge::refuses) return;
    at(peer, format) = is_covered ? Knowledge::takes : Knowledge::not_listed;
  };
  // message/imdn+xml stands inside message/cpim (RFC 5438 12.1.1), so that it need not be listed.
  learn(Format::cpim, accepts(response, {.type = "message", .subtype = "cpim", .params = {}}));
  learn(Format::composing,
        accepts(response, {.type = "application", .subtype = "im-iscomposing+xml", .params = {}}));
}

bool PeerCapabilities::has_written(const std::string& peer) const {
  const auto known = peers_.find(peer);
  return known != peers_.end() && known->second.has_written;
}

bool PeerCapabilities::should_ask(Now now, const std::string& peer) {
  Peer& known = at(peer);
  const bool is_known =
      of(peer, Format::cpim) != Knowledge::unknown && of(peer, Format::composing) != Knowledge::unknown;
  if (is_known) return false;
  if (known.next_ask && now.mono < *known.next_ask) return false;
  known.next_ask = now.mono + ask_interval;
  return true;
}

PeerCapabilities::Peer& PeerCapabilities::at(const std::string& peer) {
  const auto [known, is_new] = peers_.try_emplace(peer);
  if (is_new) {
    oldest_first_.push_back(peer);
    if (oldest_first_.size() > max_peers) {
      peers_.erase(oldest_first_.front());
      oldest_first_.pop_front();
    }
  }
  return known->second;
}

}  // namespace sip
