#include "base/sha256.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/encoding.h"

namespace sha256_test {

using sip::hmac_sha256;
using sip::sha256_hex;

TEST_CASE("SHA-256 gives the digests of the FIPS 180 examples") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("SHA-256 takes a million letters block after block") {
  CHECK(sha256_hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("the padding of SHA-256 is right at every length around the ends of blocks") {
  // The digest of all digests together, as another implementation gave it.
  std::string all;
  for (std::size_t length = 0; length < 200; ++length) all += sha256_hex(std::string(length, 'x'));
  CHECK(sha256_hex(all) == "f61ffcc417e1f0e59eba2da7fa32fbe05b64e478b68c6bacf990455f00248b98");
}

TEST_CASE("SHA-256 takes bytes past ASCII as they are") {
  CHECK(sha256_hex(std::string("\xff\x00\x80", 3)) ==
        "ef192b7af54e943f206ab27075ec1805384c972c9959fc5820f1fa7d5268fcef");
}

TEST_CASE("HMAC-SHA-256 gives the codes of RFC 4231") {
  CHECK(sip::hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(sip::hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(sip::hex(hmac_sha256(std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace sha256_test
