#include "logic/max_breadth.h"

#include "bench.h"

namespace max_breadth_test {

using namespace relay::test;
using relay::MaxBreadth;

namespace {

const Peer stranger = peer(Protocol::udp, 9);

/// Bob on so many phones, and what each of them gets of a request with those fields.
struct Phones : Bench {
  explicit Phones(int count) : Bench(false) {
    with_digest = false;
    for (int i = 1; i <= count; ++i)
      enrol(peer(Protocol::udp, i), "bob", "<sip:bob@198.51.100." + std::to_string(i) + ":7000>");
  }
  std::vector<std::string> shares(const std::string& fields) {
    say(stranger, write({.from = "sip:carol@example.net", .fields = fields}));
    std::vector<std::string> shares;
    for (const auto& request : std::exchange(sent, {}))
      shares.push_back(field(request.bytes, HeaderName::max_breadth));
    return shares;
  }
  int refusal(const std::string& fields) {
    say(stranger, write({.from = "sip:carol@example.net", .fields = fields}));
    REQUIRE(sent.size() == 1);
    return take_status();
  }
};

using Shares = std::vector<std::string>;

}  // namespace

TEST_CASE("a request without Max-Breadth leaves with 60, one with more than that too (RFC 5393 5.3.3)") {
  const std::string fields =
      GENERATE("", "Max-Breadth: 60\r\n", "Max-Breadth: 61\r\n", "Max-Breadth: 99999999999999999999\r\n");
  CHECK(Phones(1).shares(fields) == Shares{"60"});
}

TEST_CASE("Max-Breadth is not counted down for a hop") {
  CHECK(Phones(1).shares("Max-Breadth: 7\r\n") == Shares{"7"});
  CHECK(Phones(1).shares("max-breadth:1\r\n") == Shares{"1"});
}

TEST_CASE("Max-Breadth is divided among the branches, and none of it is lost") {
  CHECK(Phones(3).shares("") == Shares{"20", "20", "20"});
  CHECK(Phones(3).shares("Max-Breadth: 5\r\n") == Shares{"2", "2", "1"});
  CHECK(Phones(3).shares("Max-Breadth: 3\r\n") == Shares{"1", "1", "1"});
}

TEST_CASE("for more phones than Max-Breadth allows at once it goes to some after the others") {
  Phones bench(3);
  bench.say(stranger, bench.write({.from = "sip:carol@example.net", .fields = "Max-Breadth: 2\r\n"}));
  REQUIRE(bench.sent.size() == 2);
  const auto first = bench.take();
  bench.respond(bench.take(), 405);
  CHECK(bench.sent.empty());
  bench.respond(first, 405);
  const auto third = bench.take();
  CHECK(Bench::field(third.bytes, HeaderName::max_breadth) == "2");
  CHECK(bench.sent.empty());
  bench.respond(third, 200);
  CHECK(bench.take_status() == 200);
}

TEST_CASE("a request that may have no branch at all gets 440") {
  CHECK(Phones(1).refusal("Max-Breadth: 0\r\n") == 440);
}

TEST_CASE("a malformed or repeated Max-Breadth gets 400") {
  for (const char* fields : {"Max-Breadth: x\r\n", "Max-Breadth:\r\n", "Max-Breadth: -1\r\n",
                             "Max-Breadth: 1, 2\r\n", "Max-Breadth: 1\r\nMax-Breadth: 1\r\n"}) {
    CAPTURE(fields);
    CHECK(Phones(1).refusal(fields) == 400);
  }
}

TEST_CASE("no branch has no share") {
  const auto view = MessageView::parse("MESSAGE sip:a@b SIP/2.0\r\n\r\n");
  REQUIRE(view);
  CHECK(MaxBreadth::incoming(*view)->divided(0).empty());
  CHECK(MaxBreadth::incoming(*view)->divided(61).empty());
  CHECK(MaxBreadth::incoming(*view)->divided(60) == std::vector<unsigned>(60, 1));
}

}  // namespace max_breadth_test
