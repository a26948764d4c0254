#include "logic/familiar_places.h"

namespace relay {

using namespace sip;

namespace {

/// No user part holds a space.
std::string place_of(const std::string& user, const std::string& source) { return user + " " + source; }

}  // namespace

void FamiliarPlaces::signed_in(Instant now, const std::string& user, const std::string& source) {
  while (const auto place = forgotten_.pop_due(now)) places_.erase(*place);
  const std::string place = place_of(user, source);
  places_.insert(place);
  forgotten_.set(place, now + memory);
  if (places_.size() > max_places) places_.erase(*forgotten_.pop_due(*forgotten_.earliest()));
}

bool FamiliarPlaces::has(const std::string& user, const std::string& source) const {
  return places_.contains(place_of(user, source));
}

}  // namespace relay
