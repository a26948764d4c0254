#include "logic/familiar_places.h"

namespace relay {

using namespace sip;

namespace {

/// A quoted-string may hold anything, so the user is last: source_of() tells where a source ends.
std::string place_of(const std::string& user, const std::string& source) { return source + " " + user; }

}  // namespace

void FamiliarPlaces::signed_in(Instant now, const std::string& user, const std::string& source) {
  while (const auto place = forgotten_.pop_due(now)) places_.erase(*place);
  if (user.size() > max_user_size) return;
  const std::string place = place_of(user, source);
  places_.insert(place);
  forgotten_.set(place, now + memory);
  if (places_.size() > max_places) places_.erase(*forgotten_.pop_due(*forgotten_.earliest()));
}

bool FamiliarPlaces::has(const std::string& user, const std::string& source) const {
  return places_.contains(place_of(user, source));
}

}  // namespace relay
