#include "im/transfer_encoding.h"

#include <catch2/catch.hpp>
#include <string>

namespace transfer_encoding_test {

using namespace sip;

namespace {

std::string decoded(TransferEncoding encoding, std::string_view body) {
  const auto bytes = transfer_decoded(encoding, body);
  REQUIRE(bytes);
  return *bytes;
}

std::string from_base64(std::string_view body) { return decoded(TransferEncoding::base64, body); }
std::string from_quoted(std::string_view body) { return decoded(TransferEncoding::quoted_printable, body); }

}  // namespace

TEST_CASE("transfer encodings are known in any case of letters (RFC 2045 6.1)") {
  for (const char* name : {"", "7bit", "8BIT", "Binary"})
    CHECK(transfer_encoding(name) == TransferEncoding::identity);
  CHECK(transfer_encoding("BASE64") == TransferEncoding::base64);
  CHECK(transfer_encoding("Quoted-Printable") == TransferEncoding::quoted_printable);
  for (const char* name : {"x-uuencode", "gzip", "base 64", "7"}) CHECK_FALSE(transfer_encoding(name));
}

TEST_CASE("what is not encoded stays as it is, byte for byte") {
  const std::string body("=41 \r\n\0\xff", 8);
  CHECK(decoded(TransferEncoding::identity, body) == body);
}

TEST_CASE("base64 gives the bytes of every length (RFC 2045 6.8)") {
  const auto [text, bytes] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                       {"Zg==", "f"},
                                                                       {"Zm8=", "fo"},
                                                                       {"Zm9v", "foo"},
                                                                       {"Zm9vYg==", "foob"},
                                                                       {"Zm9vYmE=", "fooba"},
                                                                       {"Zm9vYmFy", "foobar"},
                                                                       {"+/+/", "\xfb\xff\xbf"},
                                                                       {"////", "\xff\xff\xff"}}));
  CAPTURE(text);
  CHECK(from_base64(text) == bytes);
}

TEST_CASE("base64 passes over line ends and strange characters, and ends with its padding") {
  CHECK(from_base64("Zm9v\r\nYmFy\r\n") == "foobar");
  CHECK(from_base64(" Z-m\t9*v ") == "foo");
  CHECK(from_base64("Zg==Zm9v") == "f");
  CHECK(from_base64("Zm8") == "fo");
}

TEST_CASE("base64 that ends inside a byte is an error") {
  for (const char* text : {"Z", "Zm9vY", "Zm9vY===", "Z==="}) {
    const auto bytes = transfer_decoded(TransferEncoding::base64, text);
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().code == Errc::truncated);
  }
}

TEST_CASE("quoted-printable gives octets, line breaks and lines that go on (RFC 2045 6.7)") {
  CHECK(from_quoted("Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.") ==
        "Now's the time for all folk to come to the aid of their country.");
  CHECK(from_quoted("gr=C3=BC=C3=9Fe =3D=\r\n") ==
        "gr\xc3\xbc\xc3\x9f"
        "e =");
  CHECK(from_quoted("a\r\nb\r\n\r\n") == "a\r\nb\r\n\r\n");
  CHECK(from_quoted("").empty());
}

TEST_CASE("white space that a transport added to a quoted-printable line is dropped") {
  CHECK(from_quoted("a \t\r\nb=20 \r\nc= \t\r\nd  ") == "a\r\nb \r\ncd");
}

TEST_CASE("quoted-printable that breaks its rules is read as far as it goes") {
  CHECK(from_quoted("=c3=bc") == "\xc3\xbc");
  CHECK(from_quoted("a=b=4") == "a=b=4");
  CHECK(from_quoted("==41") == "=A");
  CHECK(from_quoted("=4=41") == "=4A");
  CHECK(from_quoted(std::string(200, 'x')) == std::string(200, 'x'));
  CHECK(from_quoted("a\nb\xff") == "a\nb\xff");
}

}  // namespace transfer_encoding_test
