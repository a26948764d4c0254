#include "bench.h"

namespace outbound_test {

using namespace relay::test;

namespace {

const Peer browser = peer(Protocol::ws, 1);
const std::string supported = "Supported: path, outbound\r\n";

std::string contact(const std::string& host, const std::string& params) {
  return "<sip:bob@" + host + ">" + params;
}

struct Open : Bench {
  Open() : Bench(false) { with_digest = false; }
  std::size_t bindings_after(const std::string& host, const std::string& params) {
    const std::string answer = enrol(browser, "bob", contact(host, params), supported).bytes;
    return MessageView::parse(answer)->count(HeaderName::contact);
  }
};

}  // namespace

TEST_CASE("Require: outbound is for those who support it, over connections (8.2.4, RFC 5626 6)") {
  Open bench;
  const std::string device = ";+sip.instance=\"<urn:uuid:1>\";reg-id=1";
  const auto required = [&](const Peer& from, const std::string& fields) {
    return Bench::field(bench.enrol(from, "bob", contact("a.invalid", device), fields).bytes,
                        HeaderName::require);
  };
  CHECK(required(browser, supported) == "outbound");
  CHECK(required(peer(Protocol::tcp, 2), "Supported: outbound\r\n") == "outbound");
  CHECK(required(browser, {}) == "(absent)");
  CHECK(required(browser, "Supported: path\r\n") == "(absent)");
  CHECK(required(peer(Protocol::udp, 3), supported) == "(absent)");
  CHECK(Bench::field(bench.enrol(browser, "bob", contact("a.invalid", {}), supported).bytes,
                     HeaderName::require) == "(absent)");
}

TEST_CASE("a device with two flows gets a request once, over the one that registered last (RFC 5626 7)") {
  Open bench;
  const Peer second = peer(Protocol::ws, 2);
  bench.enrol(browser, "bob", contact("a.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1"));
  bench.enrol(second, "bob", contact("a.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=2"));
  bench.enrol(browser, "bob", contact("b.invalid", ";+sip.instance=\"<urn:uuid:2>\";reg-id=1"));
  bench.say(peer(Protocol::udp, 9), bench.write({.from = "sip:carol@example.net"}));
  REQUIRE(bench.sent.size() == 2);
  CHECK(bench.take().to.flow == second.flow);
  CHECK(bench.take().to.flow == browser.flow);
}

TEST_CASE("a binding is that of instance and reg-id; with only one of them it is that of its URI") {
  Open bench;
  CHECK(bench.bindings_after("a.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1") == 1);
  CHECK(bench.bindings_after("b.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1") == 1);
  CHECK(bench.bindings_after("c.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=2") == 2);
  CHECK(bench.bindings_after("d.invalid", ";+sip.instance=\"<urn:uuid:2>\";reg-id=1") == 3);
  CHECK(bench.bindings_after("e.invalid", ";reg-id=1") == 4);
  CHECK(bench.bindings_after("f.invalid", ";reg-id=1") == 5);
  CHECK(bench.bindings_after("f.invalid", ";+sip.instance=\"<urn:uuid:3>\"") == 5);
}

}  // namespace outbound_test
