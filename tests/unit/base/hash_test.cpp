#include "base/hash.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/encoding.h"

namespace hash_test {

using sip::equal_in_constant_time;
using sip::hmac_sha256;
using sip::md5_hex;
using sip::sha256_hex;

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

TEST_CASE("SHA-256 gives the digests of the FIPS 180 examples") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("a million letters are hashed block after block") {
  const std::string text(1'000'000, 'a');
  CHECK(md5_hex(text) == "7707d6ae4e027c70eea2a935c2296f21");
  CHECK(sha256_hex(text) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("the padding is right at every length around the ends of blocks") {
  // The digest of all digests together, as another implementation gave it.
  std::string all_md5;
  std::string all_sha256;
  for (std::size_t length = 0; length < 200; ++length) {
    all_md5 += md5_hex(std::string(length, 'x'));
    all_sha256 += sha256_hex(std::string(length, 'x'));
  }
  CHECK(md5_hex(all_md5) == "0f0e2ac786e6a42eac7e7de3a518cd0c");
  CHECK(sha256_hex(all_sha256) == "f61ffcc417e1f0e59eba2da7fa32fbe05b64e478b68c6bacf990455f00248b98");
}

TEST_CASE("bytes past ASCII are hashed as they are") {
  const std::string text("\xff\x00\x80", 3);
  CHECK(md5_hex(text) == "60cdccd4000580a3c394b8ad6ea9b899");
  CHECK(sha256_hex(text) == "ef192b7af54e943f206ab27075ec1805384c972c9959fc5820f1fa7d5268fcef");
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

TEST_CASE("the constant-time comparison sees any difference") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("same", "same"));
  CHECK_FALSE(equal_in_constant_time("same", "samf"));
  CHECK_FALSE(equal_in_constant_time("same", "Same"));
  CHECK_FALSE(equal_in_constant_time("same", "sam"));
  CHECK_FALSE(equal_in_constant_time("sam", "same"));
  // Two differences that would cancel out if they were added up with exclusive or.
  CHECK_FALSE(equal_in_constant_time("ab", "ba"));
}

}  // namespace hash_test
