#include <catch2/catch.hpp>
#include <string>

#include "auth/digest_client.h"

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

TEST_CASE("algorithms are read without case, absence means MD5, and session variants are not known") {
  CHECK(parse_digest_algorithm("") == DigestAlgorithm::md5);
  CHECK(parse_digest_algorithm("md5") == DigestAlgorithm::md5);
  CHECK(parse_digest_algorithm("sha-256") == DigestAlgorithm::sha256);
  for (const char* text : {"MD5-sess", "SHA-256-sess", "SHA-512-256", "SHA256", "token"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_digest_algorithm(text));
  }
  CHECK(parse_digest_algorithm(to_text(DigestAlgorithm::md5)) == DigestAlgorithm::md5);
  CHECK(parse_digest_algorithm(to_text(DigestAlgorithm::sha256)) == DigestAlgorithm::sha256);
}
