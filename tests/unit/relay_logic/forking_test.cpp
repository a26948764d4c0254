#include "dialog.h"

namespace forking_test {

using namespace relay::test;
using relay::Relay;

namespace {

const Peer carol = peer(Protocol::udp, 9);

std::string phone_contact(int number, const std::string& q) {
  const std::string text = std::to_string(number);
  return "<sip:bob@198.51.100." + text + ":" + std::to_string(5000 + number) + ">" +
         (q.empty() ? "" : ";q=" + q);
}

/// bob with phones at peers 2, 3, ... of these q values, and a request from carol to him.
struct Forking : Calls {
  explicit Forking(const std::vector<std::string>& qs) {
    for (std::size_t i = 0; i < qs.size(); ++i) {
      const int number = static_cast<int>(i) + 2;
      enrol(peer(Protocol::udp, number), "bob", phone_contact(number, qs[i]));
    }
  }
  void ask(const std::string& method, const std::string& fields = {}) {
    say(carol, write({.method = method,
                      .from = "sip:carol@example.net",
                      .fields = "Contact: <sip:c@198.51.100.9>\r\n" + fields}));
    if (method == "INVITE" && sent.size() > 1) CHECK(status_to(carol) == 100);
  }
  /// Which phones were asked, as numbers of peers; the ACKs and CANCELs to others are left aside.
  std::vector<int> asked() {
    std::vector<int> numbers;
    for (const auto& each : std::exchange(sent, {})) {
      if (each.bytes.starts_with("ACK ") || each.bytes.starts_with("CANCEL ")) continue;
      REQUIRE(MessageView::parse(each.bytes)->is_request());
      numbers.push_back(each.to.endpoint.port - 5000);
      requests.push_back(each);
    }
    return numbers;
  }
  void refuse(std::size_t request, int status) { respond(requests[request], status); }
  std::vector<Relay::SendTo> requests;
};

using Phones = std::vector<int>;

}  // namespace

TEST_CASE(
    "the contacts of the highest q are asked first, at once; the next when all of these have refused "
    "(16.6)") {
  const std::string method = GENERATE("INVITE", "MESSAGE");
  Forking bench({"0.5", "1.0", "", "0.1"});
  bench.ask(method);
  CHECK(bench.asked() == Phones{3, 4});
  bench.refuse(0, 486);
  CHECK(bench.asked().empty());
  bench.refuse(1, 480);
  CHECK(bench.asked() == Phones{2});
  bench.refuse(2, 404);
  CHECK(bench.asked() == Phones{5});
  bench.refuse(3, 500);
  bench.sent.erase(bench.sent.begin(), bench.sent.end() - 1);
  CHECK(bench.status_to(carol) == 486);
}

TEST_CASE("nobody further is asked after a 2xx or a 6xx (16.7 step 5)") {
  const std::string method = GENERATE("INVITE", "MESSAGE");
  const int status = GENERATE(200, 603);
  Forking bench({"1.0", "0.5"});
  bench.ask(method);
  CHECK(bench.asked() == Phones{2});
  bench.refuse(0, status);
  CHECK(bench.status_to(carol) == status);
  CHECK(bench.asked().empty());
}

TEST_CASE("a phone that rings for long is cancelled where there is another one to ask, of a lower q") {
  Forking bench({"1.0", "0.5"});
  bench.ask("INVITE");
  CHECK(bench.asked() == Phones{2});
  bench.refuse(0, 180);
  CHECK(bench.status_to(carol) == 180);
  bench.advance(relay::Proxy::ring_time);
  REQUIRE(bench.sent.size() == 1);
  const auto cancel = bench.take();
  CHECK(cancel.bytes.starts_with("CANCEL "));
  bench.respond(cancel, 200);
  bench.refuse(0, 487);
  CHECK(bench.asked() == Phones{3});
  // The last one rings until Timer C.
  bench.refuse(1, 180);
  CHECK(bench.status_to(carol) == 180);
  bench.advance(relay::Proxy::ring_time + Seconds(1));
  CHECK(bench.sent.empty());
}

TEST_CASE("an INVITE that is cancelled goes to nobody further") {
  Forking bench({"1.0", "0.5"});
  Sketch call{.method = "INVITE",
              .from = "sip:carol@example.net",
              .via = "SIP/2.0/UDP 198.51.100.9;rport;branch=z9hG4bKc"};
  bench.say(carol, bench.write(call));
  bench.to(carol);
  CHECK(bench.asked() == Phones{2});
  bench.refuse(0, 180);
  call.method = "CANCEL";
  bench.say(carol, bench.write(call));
  bench.refuse(0, 487);
  bench.advance(Milliseconds(100));
  std::vector<std::string> methods;
  for (const auto& each : bench.sent)
    if (each.to.endpoint != carol.endpoint) methods.push_back(each.bytes.substr(0, each.bytes.find(' ')));
  CHECK(methods == std::vector<std::string>{"CANCEL", "ACK"});
}

TEST_CASE("a phone that says nothing does not keep a MESSAGE from the phones of a lower q for long") {
  Forking bench({"1.0", "0.5"});
  bench.ask("MESSAGE");
  CHECK(bench.asked() == Phones{2});
  for (int i = 0; i < 16; ++i) {
    bench.sent.clear();
    bench.advance(Milliseconds(500));
  }
  CHECK(bench.asked() == Phones{3});
  bench.refuse(1, 200);
  CHECK(bench.status_to(carol) == 200);
}

TEST_CASE(
    "a phone that says nothing does not hold back what another said until nobody listens (RFC 4321 1.5)") {
  Forking bench({"", ""});
  bench.ask("MESSAGE");
  CHECK(bench.asked() == Phones{2, 3});
  bench.refuse(0, 415);
  std::vector<int> statuses;
  int seconds = 0;
  while (statuses.empty() || statuses.back() < 200) {
    REQUIRE(++seconds < 32);
    bench.advance(Milliseconds(1'000));
    for (const auto& each : std::exchange(bench.sent, {}))
      if (each.to.endpoint == carol.endpoint) statuses.push_back(Bench::status_of(each.bytes));
  }
  CHECK(statuses == std::vector<int>{100, 415});
  CHECK(seconds == 24);
}

TEST_CASE("a late refusal ends the wait for a silent phone at once") {
  Forking bench({"", ""});
  bench.ask("MESSAGE");
  CHECK(bench.asked() == Phones{2, 3});
  for (int i = 0; i < 25; ++i) bench.advance(Milliseconds(1'000));
  bench.sent.clear();
  bench.refuse(0, 486);
  // Both were waited for too long by then: the one that speaks is heard.
  CHECK(bench.status_to(carol) == 486);
}

TEST_CASE("each rank may take the whole Max-Breadth again, and none may pass it (RFC 5393 5.3.3)") {
  Forking bench({"1.0", "0.5", "0.5"});
  bench.ask("MESSAGE", "Max-Breadth: 2\r\n");
  CHECK(bench.asked() == Phones{2});
  CHECK(Bench::field(bench.requests[0].bytes, HeaderName::max_breadth) == "2");
  bench.refuse(0, 486);
  CHECK(bench.asked() == Phones{3, 4});
  CHECK(Bench::field(bench.requests[1].bytes, HeaderName::max_breadth) == "1");
  // What may not go at once goes by turns.
  bench.ask("MESSAGE", "Max-Breadth: 1\r\n");
  CHECK(bench.asked() == Phones{2});
  bench.refuse(3, 486);
  CHECK(bench.asked() == Phones{3});
  bench.refuse(4, 486);
  CHECK(bench.asked() == Phones{4});
  bench.refuse(5, 486);
  CHECK(bench.status_to(carol) == 486);
}

}  // namespace forking_test
