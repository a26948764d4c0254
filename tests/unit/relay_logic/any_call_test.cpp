#include <map>

#include "dialog.h"

namespace any_call_test {

using namespace relay::test;
using relay::Relay;

namespace {

constexpr int phones = 4;

/// Calls from one address to bob's phones, some of which ring one after the other, and everything that can
/// befall them, by chance. No registration is renewed.
class AnyCalls : public Calls {
 public:
  explicit AnyCalls(std::uint64_t seed) : chance_(seed_from(seed)) {
    for (int i = 0; i < phones; ++i)
      enrol(device(i), "bob",
            "<sip:bob@d" + std::to_string(i) + ".invalid>;q=0." + std::to_string(1 + i % 2));
  }

  void step() {
    switch (chance_.below(8)) {
      case 0: call(); break;
      case 1: cancel(); break;
      case 2: relay.flow_closed(now, device(static_cast<int>(chance_.below(phones))).flow); break;
      case 3: advance(Milliseconds(static_cast<std::int64_t>(chance_.below(40'000)))); break;
      default: somebody_answers();
    }
    drain();
    take_all();
  }
  /// Lets everything end.
  void end() {
    for (int i = 0; i < 4'000; ++i) {
      advance(Milliseconds(1'000));
      take_all();
    }
  }
  /// What each caller heard.
  std::map<std::string, std::vector<int>> heard;

 private:
  static Peer device(int number) { return peer(number % 2 == 0 ? Protocol::udp : Protocol::ws, 20 + number); }
  static Peer caller() { return peer(Protocol::udp, 9); }

  void call() {
    Sketch sketch{
        .method = "INVITE", .from = "sip:carol@example.net", .fields = "Contact: <sip:c@198.51.100.9>\r\n"};
    sketch.via = "SIP/2.0/UDP 198.51.100.9;rport;branch=z9hG4bKany" + std::to_string(vias_.size());
    vias_.push_back(sketch.via);
    say(caller(), write(sketch));
  }
  void cancel() {
    if (vias_.empty()) return;
    say(caller(), write({.method = "CANCEL",
                         .from = "sip:carol@example.net",
                         .via = vias_[chance_.below(vias_.size())]}));
  }
  void somebody_answers() {
    if (requests_.empty()) return;
    const Relay::SendTo request = requests_[chance_.below(requests_.size())];
    constexpr int statuses[] = {100, 180, 183, 200, 302, 407, 480, 486, 487, 500, 503, 603};
    respond(request, statuses[chance_.below(std::size(statuses))]);
  }
  void take_all() {
    for (auto& each : std::exchange(sent, {})) {
      const auto view = MessageView::parse(each.bytes);
      REQUIRE(view);
      if (view->is_request()) {
        if (view->method() != "ACK") requests_.push_back(std::move(each));
      } else if (field(each.bytes, HeaderName::cseq).find("INVITE") != std::string::npos) {
        heard[field(each.bytes, HeaderName::call_id)].push_back(view->status());
      }
    }
  }

  Random chance_;
  std::vector<std::string> vias_;
  std::vector<Relay::SendTo> requests_;
};

}  // namespace

TEST_CASE(
    "whatever befalls calls, each caller hears one refusal or 2xx alone, and nothing is left in the end") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    AnyCalls calls(seed);
    for (int i = 0; i < 80; ++i) calls.step();
    calls.end();
    CHECK_FALSE(calls.relay.deadline());
    for (const auto& [call, statuses] : calls.heard) {
      CAPTURE(call, statuses);
      const auto is_final = [](int status) { return status >= 200; };
      const auto first = std::find_if(statuses.begin(), statuses.end(), is_final);
      REQUIRE(first != statuses.end());
      // A refusal may be repeated until it is acknowledged, a 2xx be followed by those of other phones.
      for (auto later = first; later != statuses.end(); ++later)
        CHECK((*first < 300 ? *later < 300 : *later == *first));
    }
  }
}

}  // namespace any_call_test
