#include "base/keyed_hash.h"

#include <catch2/catch.hpp>
#include <string>

namespace keyed_hash_test {

using sip::HashKey;
using sip::keyed_hash;

namespace {

/// 00, 01, 02, ... as in the vectors of the reference implementation, whose key is 00 to 0f.
std::string counted(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i);
  return text;
}

constexpr HashKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};

}  // namespace

TEST_CASE("the keyed hash is SipHash-2-4") {
  CHECK(keyed_hash(key, "") == 0x726fdb47dd0e0e31);
  CHECK(keyed_hash(key, counted(1)) == 0x74f839c593dc67fd);
  CHECK(keyed_hash(key, counted(8)) == 0x93f5f5799a932462);
  CHECK(keyed_hash(key, counted(15)) == 0xa129ca6149be45e5);
}

TEST_CASE("another key hashes otherwise") {
  CHECK(keyed_hash(key, "z9hG4bK") != keyed_hash({key[0], key[1] + 1}, "z9hG4bK"));
  CHECK(keyed_hash(key, "z9hG4bK") != keyed_hash({key[0] + 1, key[1]}, "z9hG4bK"));
}

}  // namespace keyed_hash_test
