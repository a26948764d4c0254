#include "store/route_key.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "temporary_directory.h"

namespace route_key_test {

using namespace relay;
namespace fs = std::filesystem;

namespace {

sip::Seed key_of(const std::string& data, std::uint64_t fresh) {
  const auto key = route_key(data, sip::seed_from(fresh));
  if (const auto* error = std::get_if<StoreError>(&key)) FAIL(error->message);
  return std::get<sip::Seed>(key);
}

}  // namespace

TEST_CASE("the key that a directory has got stays, for its owner's eyes alone") {
  const TemporaryDirectory directory;
  const std::string data = directory.name() + "/data";
  CHECK(key_of(data, 1) == sip::seed_from(1));
  CHECK(key_of(data, 2) == sip::seed_from(1));
  const auto permissions = fs::status(data + "/route.key").permissions();
  CHECK((permissions & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK_FALSE(fs::exists(data + "/route.key.new"));
}

TEST_CASE("in memory there is another key each time") {
  CHECK(key_of(":memory:", 1) == sip::seed_from(1));
  CHECK(key_of(":memory:", 2) == sip::seed_from(2));
}

TEST_CASE("a file that holds no key is told of, and left as it is") {
  const TemporaryDirectory directory;
  const std::string data = directory.name();
  std::ofstream(data + "/route.key") << "too short";
  const auto key = route_key(data, sip::seed_from(1));
  REQUIRE(std::holds_alternative<StoreError>(key));
  CHECK(std::get<StoreError>(key).message ==
        data + "/route.key is no key: remove it to have another one made");
  CHECK(fs::file_size(data + "/route.key") == 9);
}

}  // namespace route_key_test
