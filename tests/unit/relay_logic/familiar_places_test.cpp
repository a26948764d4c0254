#include "logic/familiar_places.h"

#include <catch2/catch.hpp>

namespace familiar_places_test {

using namespace relay;
using namespace sip;

namespace {

const Instant first_day{Milliseconds(5000)};

}  // namespace

TEST_CASE("where a user has signed in is remembered for a week, of that user and that source") {
  FamiliarPlaces places;
  places.signed_in(first_day, "dave@example.net", "192.0.2.1");
  CHECK(places.has("dave@example.net", "192.0.2.1"));
  CHECK_FALSE(places.has("dave@example.net", "udp 192.0.2.1"));
  CHECK_FALSE(places.has("dave@example.net", "192.0.2.2"));
  CHECK_FALSE(places.has("erin@example.net", "192.0.2.1"));
  places.signed_in(first_day + FamiliarPlaces::memory, "erin@example.net", "192.0.2.1");
  CHECK_FALSE(places.has("dave@example.net", "192.0.2.1"));
}

TEST_CASE("a source is known while anybody who has signed in from there is remembered") {
  FamiliarPlaces places;
  CHECK_FALSE(places.knows("192.0.2.1"));
  places.signed_in(first_day, "dave", "192.0.2.1");
  places.signed_in(first_day + Seconds(1), "erin", "192.0.2.1");
  places.signed_in(first_day + Seconds(1), "erin", "192.0.2.1");
  CHECK(places.knows("192.0.2.1"));
  CHECK_FALSE(places.knows("192.0.2.2"));
  places.signed_in(first_day + FamiliarPlaces::memory, "dave", "192.0.2.2");
  CHECK(places.knows("192.0.2.1"));
  places.signed_in(first_day + FamiliarPlaces::memory + Seconds(1), "dave", "192.0.2.2");
  CHECK_FALSE(places.knows("192.0.2.1"));
}

TEST_CASE("no user's name is taken for the beginning of another one's source") {
  FamiliarPlaces places;
  places.signed_in(first_day, "dave udp", "192.0.2.1");
  CHECK_FALSE(places.has("dave", "udp 192.0.2.1"));
}

TEST_CASE("a name that is longer than any account's is remembered nowhere") {
  FamiliarPlaces places;
  const std::string longest(FamiliarPlaces::max_user_size, 'x');
  places.signed_in(first_day, longest, "192.0.2.1");
  places.signed_in(first_day, longest + "x", "192.0.2.1");
  CHECK(places.has(longest, "192.0.2.1"));
  CHECK_FALSE(places.has(longest + "x", "192.0.2.1"));
}

TEST_CASE("of so many places the one that has been unused for longest is forgotten") {
  FamiliarPlaces places;
  places.signed_in(first_day, "dave", "192.0.2.1");
  places.signed_in(first_day + Seconds(1), "erin", "192.0.2.1");
  places.signed_in(first_day + Seconds(2), "dave", "192.0.2.1");
  for (std::size_t i = 0; i + 1 < FamiliarPlaces::max_places; ++i)
    places.signed_in(first_day + Seconds(3), std::to_string(i), "192.0.2.1");
  CHECK(places.has("dave", "192.0.2.1"));
  CHECK_FALSE(places.has("erin", "192.0.2.1"));
}

}  // namespace familiar_places_test
