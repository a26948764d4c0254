#include "bench.h"

namespace path_test {

using namespace relay::test;

namespace {

const Peer edge = peer(Protocol::udp, 7);
const Peer stranger = peer(Protocol::udp, 9);
const std::string device = ";+sip.instance=\"<urn:uuid:1>\";reg-id=1";
const std::string both_vias =
    "SIP/2.0/UDP 198.51.100.7:5007;branch=z9hG4bKedge\r\nVia: SIP/2.0/WS k3.invalid;branch=z9hG4bKua";

/// bob registers through an edge proxy, unless `via` says otherwise.
struct Edge : Bench {
  Edge() : Bench(false) { with_digest = false; }
  std::string enrol_bob(const std::string& params, const std::string& fields,
                        const std::string& via = both_vias) {
    Sketch sketch{.method = "REGISTER",
                  .uri = "sip:example.org",
                  .from = "sip:bob@example.org",
                  .to = "sip:bob@example.org",
                  .fields = "Contact: <sip:bob@a.invalid>" + params + "\r\n" + fields,
                  .via = via};
    // A branch of its own, lest it be a repeat.
    sketch.via.insert(sketch.via.find("bK") + 2, std::to_string(++last_number));
    say(edge, write(sketch));
    return take().bytes;
  }
  relay::Relay::SendTo message(const std::string& fields = {}) {
    say(stranger, write({.from = "sip:carol@example.net", .fields = fields}));
    return take();
  }
};

std::vector<std::string> routes(const std::string& text) {
  const auto view = MessageView::parse(text);
  REQUIRE(view);
  std::vector<std::string> values;
  ValueReader reader(*view, HeaderName::route);
  while (const auto value = reader.next()) values.emplace_back(*value);
  return values;
}

}  // namespace

TEST_CASE(
    "the path of a binding goes back in the 200 and is the Route of requests to it (RFC 3327 5.3, 5.4)") {
  Edge bench;
  const std::string answer = bench.enrol_bob(
      {}, "Supported: path\r\nPath: <sip:198.51.100.7:5070;lr>,\r\n <sip:p1.example.net;lr>\r\n");
  CHECK(Bench::status_of(answer) == 200);
  CHECK(Bench::field(answer, HeaderName::path) == "<sip:198.51.100.7:5070;lr>, <sip:p1.example.net;lr>");
  const auto sent = bench.message();
  CHECK(routes(sent.bytes) ==
        std::vector<std::string>{"<sip:198.51.100.7:5070;lr>", "<sip:p1.example.net;lr>"});
  CHECK(sent.to.endpoint.port == 5070);
  CHECK(MessageView::parse(sent.bytes)->request_uri() == "sip:bob@a.invalid");
  const auto with_route = bench.message("Route: <sip:example.org;lr>, <sip:far.example.net;lr>\r\n");
  CHECK(routes(with_route.bytes) == std::vector<std::string>{"<sip:198.51.100.7:5070;lr>",
                                                             "<sip:p1.example.net;lr>",
                                                             "<sip:far.example.net;lr>"});
}

TEST_CASE("who registers by way of others is told to come by the registrar, and nobody else (RFC 3608 6.3)") {
  Edge bench;
  const std::string path = "Supported: path\r\nPath: <sip:p1.example.net;lr>\r\n";
  CHECK(Bench::field(bench.enrol_bob({}, path), HeaderName::service_route) ==
        "<sip:service@192.0.2.1:5060;lr>");
  const std::string direct = "SIP/2.0/UDP 198.51.100.7:5007;branch=z9hG4bKdirect";
  CHECK(Bench::field(bench.enrol_bob({}, {}, direct), HeaderName::service_route) == "(absent)");
}

TEST_CASE("a path that is a name leads to who brought the REGISTER, since names are not looked up") {
  Edge bench;
  bench.enrol_bob({}, "Supported: path\r\nPath: <sip:p3.example.net;lr>\r\n");
  CHECK(bench.message().to == edge);
}

TEST_CASE("a binding without a path has no Route, and one registered anew has the new path alone") {
  Edge bench;
  bench.enrol_bob({}, "Supported: path\r\nPath: <sip:p1.example.net;lr>\r\n");
  bench.enrol_bob({}, "Supported: path\r\nPath: <sip:p2.example.net;lr>\r\n");
  CHECK(routes(bench.message().bytes) == std::vector<std::string>{"<sip:p2.example.net;lr>"});
  const std::string answer = bench.enrol_bob({}, {});
  CHECK(Bench::field(answer, HeaderName::path) == "(absent)");
  CHECK(routes(bench.message().bytes).empty());
}

TEST_CASE("a path that the client does not know of gets 420; one that cannot be followed 400") {
  Edge bench;
  const std::string refusal = bench.enrol_bob({}, "Path: <sip:p1.example.net;lr>\r\n");
  CHECK(Bench::status_of(refusal) == 420);
  CHECK(Bench::field(refusal, HeaderName::unsupported) == "path");
  const auto status = [&](const std::string& path) {
    return Bench::status_of(bench.enrol_bob({}, "Supported: path\r\n" + path));
  };
  CHECK(status("Path: <sip:p1.example.net>\r\n") == 400);
  CHECK(status("Path: <tel:+1;lr>\r\n") == 400);
  CHECK(status("Path: <sip:\r\n") == 400);
  CHECK(status("Path: <sip:" + std::string(1100, 'a') + ";lr>\r\n") == 400);
  std::string many;
  for (int i = 0; i < 9; ++i) many += "Path: <sip:p1.example.net;lr>\r\n";
  CHECK(status(many) == 400);
  CHECK(status("Path: <sip:192.0.2.1:5060;lr>\r\n") == 403);
}

TEST_CASE("behind a first hop without outbound there is none: 439 for who asks for it (RFC 5626 6)") {
  Edge bench;
  const auto status = [&](const std::string& fields) {
    return Bench::status_of(bench.enrol_bob(device, fields));
  };
  CHECK(status("Supported: path, outbound\r\n") == 439);
  CHECK(status("Supported: path, outbound\r\nPath: <sip:p1.example.net;lr>\r\n") == 439);
  const std::string ignored = bench.enrol_bob(device, "Supported: path\r\n");
  CHECK(Bench::status_of(ignored) == 200);
  CHECK(Bench::field(ignored, HeaderName::require) == "(absent)");
}

TEST_CASE(
    "an edge proxy that takes part in outbound says so by ob, and the client hears of it (RFC 5626 6)") {
  Edge bench;
  const std::string answer =
      bench.enrol_bob(device, "Supported: path, outbound\r\nPath: <sip:token@198.51.100.7:5007;lr;ob>\r\n");
  CHECK(Bench::status_of(answer) == 200);
  CHECK(Bench::field(answer, HeaderName::require) == "outbound");
  CHECK(routes(bench.message().bytes) == std::vector<std::string>{"<sip:token@198.51.100.7:5007;lr;ob>"});
}

TEST_CASE("one registration is that of one flow: two Contacts and a reg-id get 400 (RFC 5626 6)") {
  Edge bench;
  const std::string first_hop = "SIP/2.0/WS k3.invalid;branch=z9hG4bKua";
  const std::string second = ", <sip:bob@b.invalid>";
  CHECK(Bench::status_of(bench.enrol_bob(device + second, {}, first_hop)) == 400);
  CHECK(Bench::status_of(bench.enrol_bob(device + second + ";expires=0", {}, first_hop)) == 200);
}

}  // namespace path_test
