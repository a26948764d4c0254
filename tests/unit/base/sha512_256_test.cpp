#include "base/sha512_256.h"

#include <catch2/catch.hpp>
#include <string>

namespace sha512_256_test {

using sip::sha512_256_hex;

TEST_CASE("SHA-512/256 gives the digests of the FIPS 180 examples") {
  CHECK(sha512_256_hex("") == "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a");
  CHECK(sha512_256_hex("abc") == "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
  CHECK(sha512_256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                       "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu") ==
        "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a");
}

TEST_CASE("a million letters are hashed by SHA-512/256 block after block") {
  CHECK(sha512_256_hex(std::string(1'000'000, 'a')) ==
        "9a59a052930187a97038cae692f30708aa6491923ef5194394dc68d56c74fb21");
}

TEST_CASE("the padding of SHA-512/256 is right at every length around the ends of blocks") {
  // The digest of all digests together, as another implementation gave it.
  std::string all;
  for (std::size_t length = 0; length < 300; ++length) all += sha512_256_hex(std::string(length, 'x'));
  CHECK(sha512_256_hex(all) == "789a22d5f36e553a569d201e2c7c584b069bb22a4ab11de69a0c0251965cf039");
}

TEST_CASE("bytes past ASCII are hashed by SHA-512/256 as they are") {
  CHECK(sha512_256_hex(std::string("\xff\x00\x80", 3)) ==
        "a5224d3d153b50066beb00c48024180cd198906fb12f143c3d1ab63a408ed35c");
}

}  // namespace sha512_256_test
