#include "base/md5.h"

#include <catch2/catch.hpp>
#include <string>

namespace md5_test {

using sip::md5_hex;

TEST_CASE("MD5 gives the digests of RFC 1321 A.5") {
  CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(md5_hex("a") == "0cc175b9c0f1b6a831c399e269772661");
  CHECK(md5_hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(md5_hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(md5_hex("abcdefghijklmnopqrstuvwxyz") == "c3fcd3d76192e4007dfb496cca67e13b");
  CHECK(md5_hex("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
        "d174ab98d277d9f5a5611c2c9f419d9f");
  CHECK(md5_hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
        "57edf4a22be3c955ac49da2e2107b67a");
}

TEST_CASE("MD5 takes a million letters block after block") {
  CHECK(md5_hex(std::string(1'000'000, 'a')) == "7707d6ae4e027c70eea2a935c2296f21");
}

TEST_CASE("the padding of MD5 is right at every length around the ends of blocks") {
  // The digest of all digests together, as another implementation gave it.
  std::string all;
  for (std::size_t length = 0; length < 200; ++length) all += md5_hex(std::string(length, 'x'));
  CHECK(md5_hex(all) == "0f0e2ac786e6a42eac7e7de3a518cd0c");
}

TEST_CASE("MD5 takes bytes past ASCII as they are") {
  CHECK(md5_hex(std::string("\xff\x00\x80", 3)) == "60cdccd4000580a3c394b8ad6ea9b899");
}

}  // namespace md5_test
