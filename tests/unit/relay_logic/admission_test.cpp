#include "bench.h"

namespace admission_test {

using namespace relay::test;

namespace {

const Peer phone = peer(Protocol::udp, 2);
const Peer stranger = peer(Protocol::udp, 9);

struct Open : Bench {
  Open() : Bench(false) { with_digest = false; }
  std::string register_with(const std::string& fields) {
    return enrol(phone, "bob", "<sip:bob@198.51.100.2:7000>", fields).bytes;
  }
};

}  // namespace

TEST_CASE(
    "a REGISTER that requires more than outbound, path and GRUU gets 420 with what is not known (10.3 step "
    "2)") {
  Open bench;
  const std::string refusal = bench.register_with("Require: outbound, pref\r\nRequire: x-new\r\n");
  CHECK(Bench::status_of(refusal) == 420);
  CHECK(Bench::field(refusal, HeaderName::unsupported) == "pref, x-new");
  CHECK(Bench::status_of(bench.register_with("Require: outbound, path, gruu\r\n")) == 200);
}

TEST_CASE("Require is judged where the relay is the server, and left to the recipient elsewhere (8.2.2.3)") {
  Open bench;
  bench.register_with({});
  bench.say(stranger, bench.write({.method = "OPTIONS",
                                   .uri = "sip:example.org",
                                   .from = "sip:carol@example.net",
                                   .fields = "Require: x-new\r\n"}));
  const std::string refusal = bench.take().bytes;
  CHECK(Bench::status_of(refusal) == 420);
  CHECK(Bench::field(refusal, HeaderName::unsupported) == "x-new");
  bench.say(stranger, bench.write({.from = "sip:carol@example.net", .fields = "Require: x-new\r\n"}));
  CHECK(bench.take().to.endpoint == phone.endpoint);
}

TEST_CASE("a domain with a final dot is the same domain (RFC 1034 3.1)") {
  Bench bench;
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:7000>");
  for (const char* own : {"example.org.", "EXAMPLE.ORG.", "192.0.2.1."}) {
    bench.say(stranger, bench.write({.from = std::string("sip:alice@") + own}));
    CHECK(bench.take_status() == 407);
    bench.say(stranger, bench.write({.uri = std::string("sip:bob@") + own, .from = "sip:x@example.net"}));
    CHECK(bench.take().to.endpoint == phone.endpoint);
    bench.say(stranger, bench.write({.uri = std::string("sip:bob@example.org;maddr=") + own,
                                     .from = "sip:carol@example.net"}));
    CHECK(bench.take().to.endpoint == phone.endpoint);
  }
}

}  // namespace admission_test
