#include "transport/size_rule.h"

#include <catch2/catch.hpp>

namespace size_rule_test {

using namespace sip;

TEST_CASE("1300 bytes fit, each byte more is one too many (RFC 3428 8)") {
  CHECK(excess(0, Path::unknown) == 0);
  CHECK(excess(1300, Path::unknown) == 0);
  CHECK(excess(1301, Path::unknown) == 1);
  CHECK(excess(2000, Path::unknown) == 700);
}

TEST_CASE("on a path that is known to be safe a message may be as large as everyone must read") {
  CHECK(excess(1301, Path::congestion_safe) == 0);
  CHECK(excess(61'440, Path::congestion_safe) == 0);
  CHECK(excess(61'441, Path::congestion_safe) == 1);
}

TEST_CASE("a datagram may hold 1300 bytes, on the loopback what its MTU allows (18.1.1)") {
  const Endpoint far{Protocol::udp, *IpAddress::parse("192.0.2.1"), 5060};
  CHECK(fits_datagram(1300, far));
  CHECK_FALSE(fits_datagram(1301, far));
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1"}) {
    const Endpoint near{Protocol::udp, *IpAddress::parse(address), 5060};
    CHECK(fits_datagram(65'308, near));
    CHECK_FALSE(fits_datagram(65'309, near));
  }
}

}  // namespace size_rule_test
