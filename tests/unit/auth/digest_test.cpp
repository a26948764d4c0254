#include <catch2/catch.hpp>
#include <string>

#include "auth/digest.h"
#include "base/sha256.h"

namespace digest_test {

using sip::digest_ha1;
using sip::DigestAlgorithm;
using sip::DigestInput;
using sip::parse_digest_algorithm;

namespace {

/// The exchange of RFC 7616 3.9.1.
DigestInput example(DigestAlgorithm algorithm, const std::string& ha1) {
  DigestInput input;
  input.algorithm = algorithm;
  input.ha1 = ha1;
  input.method = "GET";
  input.uri = "/dir/index.html";
  input.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  input.nonce_count = "00000001";
  input.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  input.qop = "auth";
  return input;
}

}  // namespace

TEST_CASE("the response to the example of RFC 7616 3.9.1 is right for both algorithms") {
  const std::string md5 =
      digest_ha1(DigestAlgorithm::md5, "Mufasa", "http-auth@example.org", "Circle of Life");
  CHECK(digest_response(example(DigestAlgorithm::md5, md5)) == "8ca523f5e9506fed4657c9700eebdbec");

  const std::string sha256 =
      digest_ha1(DigestAlgorithm::sha256, "Mufasa", "http-auth@example.org", "Circle of Life");
  CHECK(digest_response(example(DigestAlgorithm::sha256, sha256)) ==
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST_CASE("without qop the response is that of RFC 2069, and takes no count or cnonce") {
  // The example of RFC 2069 2.4, with the response as its errata correct it.
  const std::string ha1 = digest_ha1(DigestAlgorithm::md5, "Mufasa", "testrealm@host.com", "CircleOfLife");
  DigestInput input;
  input.ha1 = ha1;
  input.method = "GET";
  input.uri = "/dir/index.html";
  input.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
  CHECK(digest_response(input) == "1949323746fe6a43ef61f9606e7febea");
  input.nonce_count = "00000001";
  input.cnonce = "ignored";
  CHECK(digest_response(input) == "1949323746fe6a43ef61f9606e7febea");
}

TEST_CASE("the example of RFC 7616 3.9.2 comes out right once SHA-512/256 is what FIPS 180-4 says") {
  // The RFC prints 488869477bf2... and ae66e67d6b42...: those are made with SHA-512 cut to 256 bits, which is
  // not the SHA-512/256 of FIPS 180-4 that it refers to. The values here are those of other implementations.
  const std::string username = "J\xc3\xa4s\xc3\xb8n Doe";
  const auto algorithm = DigestAlgorithm::sha512_256;
  CHECK(digest_userhash(algorithm, username, "api@example.org") ==
        "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b");
  const std::string ha1 = digest_ha1(algorithm, username, "api@example.org", "Secret, or not?");
  DigestInput input;
  input.algorithm = algorithm;
  input.ha1 = ha1;
  input.method = "GET";
  input.uri = "/doe.json";
  input.nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK";
  input.nonce_count = "00000001";
  input.cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
  input.qop = "auth";
  CHECK(digest_response(input) == "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
}

TEST_CASE("without a body auth-int hashes nothing, as RFC 8760 2.6 says by its value") {
  const std::string ha1 = digest_ha1(DigestAlgorithm::sha256, "alice", "r", "secret");
  DigestInput input = example(DigestAlgorithm::sha256, ha1);
  input.qop = "auth-int";
  const std::string a2 =
      sip::sha256_hex("GET:/dir/index.html:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const std::string start = ha1 + ":" + std::string(input.nonce) + ":00000001:" + std::string(input.cnonce);
  CHECK(digest_response(input) == sip::sha256_hex(start + ":auth-int:" + a2));
}

TEST_CASE("algorithms are read without case, and absence means MD5") {
  CHECK(parse_digest_algorithm("") == DigestAlgorithm::md5);
  CHECK(parse_digest_algorithm("md5") == DigestAlgorithm::md5);
  CHECK(parse_digest_algorithm("MD5-SESS") == DigestAlgorithm::md5_sess);
  CHECK(parse_digest_algorithm("sha-256") == DigestAlgorithm::sha256);
  CHECK(parse_digest_algorithm("SHA-256-sess") == DigestAlgorithm::sha256_sess);
  CHECK(parse_digest_algorithm("SHA-512-256") == DigestAlgorithm::sha512_256);
  CHECK(parse_digest_algorithm("SHA-512-256-sess") == DigestAlgorithm::sha512_256_sess);
  for (const char* text : {"SHA-512", "SHA256", "MD5sess", "token"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_digest_algorithm(text));
  }
}

TEST_CASE("a session variant is as strong as what it varies, and MD5 is the weakest") {
  CHECK(strength(DigestAlgorithm::md5_sess) == strength(DigestAlgorithm::md5));
  CHECK(strength(DigestAlgorithm::md5_sess) < strength(DigestAlgorithm::sha256));
  CHECK(strength(DigestAlgorithm::sha256_sess) < strength(DigestAlgorithm::sha512_256));
  CHECK(is_obsolete(DigestAlgorithm::md5_sess));
  CHECK_FALSE(is_obsolete(DigestAlgorithm::sha256));
}

}  // namespace digest_test
