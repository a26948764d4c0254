#include "transport/stun_message.h"

#include <catch2/catch.hpp>

namespace stun_message_test {

using namespace sip;
using namespace std::string_literals;

namespace {

const std::string cookie = "\x21\x12\xa4\x42"s;
const std::string id = "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"s;

/// RFC 5769 2.1: ICE asks with a PRIORITY and credentials; 2.2 and 2.3 are what servers answer to it.
const std::string sample_request =
    "\x00\x01\x00\x58"s + cookie + id + "\x80\x22\x00\x10STUN test client"s +
    "\x00\x24\x00\x04\x6e\x00\x01\xff\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36"s +
    "\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\x20\x20\x20"s +
    "\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2"s +
    "\x80\x28\x00\x04\xe5\x7a\x3b\xcf"s;
const std::string vector_response = "\x80\x22\x00\x0btest vector "s;
const std::string ipv4_response =
    "\x01\x01\x00\x3c"s + cookie + id + vector_response +
    "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"s +
    "\x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53\xf0\x6b\xe7\xd7"s +
    "\x80\x28\x00\x04\xc0\x7d\x4c\x96"s;
const std::string ipv6_response =
    "\x01\x01\x00\x48"s + cookie + id + vector_response +
    "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9"s +
    "\x00\x08\x00\x14\xa3\x82\x95\x4e\x4b\xe6\x7b\xf1\x17\x84\xc9\x7c\x82\x92\xc2\x75\xbf\xe3\xed\x41"s +
    "\x80\x28\x00\x04\xc8\xfb\x0b\x4c"s;

/// A message of this type, its length filled in.
std::string stun(const std::string& type, const std::string& attributes) {
  return type + '\0' + static_cast<char>(attributes.size()) + cookie + id + attributes;
}
const std::string binding_request = "\x00\x01"s;

Endpoint at(const char* address, std::uint16_t port) {
  return {Protocol::udp, *IpAddress::parse(address), port};
}
const Endpoint client = at("192.0.2.1", 32853);

}  // namespace

TEST_CASE("the sample messages of RFC 5769 are read, and the right fingerprint is told from a wrong one") {
  const auto request = StunMessage::parse(sample_request);
  REQUIRE(request);
  CHECK(request->kind == StunMessage::Class::request);
  CHECK(request->method == StunMessage::binding);
  CHECK(request->transaction_id == id);
  CHECK(request->has_fingerprint);
  CHECK(request->unknown == std::vector<std::uint16_t>{0x0024});
  for (const std::string& response : {ipv4_response, ipv6_response}) {
    REQUIRE(StunMessage::parse(response));
    CHECK(StunMessage::parse(response)->kind == StunMessage::Class::success);
    std::string wrong = response;
    wrong[30] ^= 1;
    CHECK_FALSE(StunMessage::parse(wrong));
  }
}

TEST_CASE("a Binding request is answered with the address that it came from, as in RFC 5769 2.2 and 2.3") {
  const auto response = binding_response(stun(binding_request, {}), client);
  REQUIRE(response);
  CHECK(*response == "\x01\x01\x00\x0c"s + cookie + id + ipv4_response.substr(36, 12));
  CHECK(response->size() == 32);
  const Endpoint client6 = at("2001:db8:1234:5678:11:2233:4455:6677", 32853);
  CHECK(*binding_response(stun(binding_request, {}), client6) ==
        "\x01\x01\x00\x18"s + cookie + id + ipv6_response.substr(36, 24));
}

TEST_CASE("a FINGERPRINT is answered with a FINGERPRINT") {
  const std::string request = stun(binding_request, "\x80\x28\x00\x04\xfd\xf6\xae\x02"s);
  const auto response = binding_response(request, client);
  REQUIRE(response);
  CHECK(response->size() == 40);
  CHECK(StunMessage::parse(*response)->has_fingerprint);
}

TEST_CASE("what must be understood and is not gets 420 and its type, once a message and no more than eight") {
  CHECK(*binding_response(stun(binding_request, "\x00\x24\x00\x00"s), client) ==
        "\x01\x11\x00\x10"s + cookie + id +
            "\x00\x09\x00\x04\x00\x00\x04\x14\x00\x0a\x00\x02\x00\x24\x00\x00"s);
  std::string many;
  for (char i = 0; i < 20; ++i) many += "\x7f"s + i + "\0\0"s;
  CHECK(binding_response(stun(binding_request, many), client)->size() == 20 + 8 + 4 + 16);
  // Credentials, a comprehension-optional attribute: nothing that stands in the way.
  CHECK(binding_response(stun(binding_request, "\x00\x06\x00\x01u\0\0\0\x80\x22\x00\x00"s), client)->size() ==
        32);
}

TEST_CASE("what is no Binding request is not answered") {
  const auto is_answered = [](const std::string& datagram) {
    return binding_response(datagram, client).has_value();
  };
  CHECK(is_answered(stun(binding_request, {})));
  CHECK_FALSE(is_answered(stun("\x00\x11"s, {})));  // indication
  CHECK_FALSE(is_answered(stun("\x01\x01"s, {})));  // success
  CHECK_FALSE(is_answered(stun("\x01\x11"s, {})));  // error
  CHECK_FALSE(is_answered(stun("\x00\x03"s, {})));  // TURN's Allocate
  CHECK_FALSE(is_answered(stun("\x10\x01"s, {})));  // a method of the highest bits
  CHECK_FALSE(is_answered(stun("\x40\x01"s, {})));
  CHECK_FALSE(is_answered({}));
  CHECK_FALSE(is_answered("\0"s));
  CHECK_FALSE(is_answered("\r\n\r\n"));
}

TEST_CASE("what is no STUN message, or is cut off, is not answered") {
  const std::string request = stun(binding_request, "\x80\x22\x00\x05sip  \0\0\0"s);
  REQUIRE(binding_response(request, client));
  for (std::size_t size = 0; size < request.size(); ++size)
    CHECK_FALSE(binding_response(request.substr(0, size), client));
  CHECK_FALSE(binding_response(request + "\0\0\0\0"s, client));
  std::string classic = request;  // RFC 3489, of which no SIP keep-alive is (RFC 5626 8)
  classic[4] = 0;
  CHECK_FALSE(binding_response(classic, client));
  CHECK_FALSE(binding_response(stun(binding_request, "\x80\x22\x00\x09sip "s), client));
  std::string empty_attributes;
  for (std::size_t i = 0; i < StunMessage::max_attributes + 1; ++i) empty_attributes += "\x80\x22\0\0"s;
  CHECK_FALSE(binding_response(stun(binding_request, empty_attributes), client));
  CHECK_FALSE(
      binding_response(stun(binding_request, "\x80\x28\x00\x04\xfd\xf6\xae\x02\x80\x22\0\0"s), client));
}

TEST_CASE("STUN is told from SIP by its first byte (RFC 5626 8)") {
  CHECK(is_stun(stun(binding_request, {})));
  CHECK(is_stun(ipv4_response));
  CHECK_FALSE(is_stun({}));
  CHECK_FALSE(is_stun("\r\n\r\n"));
  CHECK_FALSE(is_stun("SIP/2.0 200 OK"));
}

}  // namespace stun_message_test
