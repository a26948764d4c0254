#include "logic/familiar_places.h"

namespace relay {

using namespace sip;

namespace {

/// A quoted-string may hold anything but a line feed, which no source has either.
std::string place_of(const std::string& user, const std::string& source) { return source + "\n" + user; }

std::string source_in(const std::string& place) { return place.substr(0, place.find('\n')); }

}  // namespace

void FamiliarPlaces::signed_in(Instant now, const std::string& user, const std::string& source) {
  while (const auto place = forgotten_.pop_due(now)) forget(*place);
  if (user.size() > max_user_size) return;
  const std::string place = place_of(user, source);
  if (places_.insert(place).second) ++users_at_[source];
  forgotten_.set(place, now + memory);
  if (places_.size() > max_places) forget(*forgotten_.pop_due(*forgotten_.earliest()));
}

void FamiliarPlaces::forget(const std::string& place) {
  places_.erase(place);
  const auto users = users_at_.find(source_in(place));
  if (--users->second == 0) users_at_.erase(users);
}

bool FamiliarPlaces::has(const std::string& user, const std::string& source) const {
  return places_.contains(place_of(user, source));
}

}  // namespace relay
