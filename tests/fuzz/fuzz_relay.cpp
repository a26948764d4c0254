#include <deque>
#include <sstream>
#include <string>
#include <vector>

#include "auth/digest_client.h"
#include "logic/relay.h"
#include "script.h"

using namespace sip;

namespace {

/// A relay with the user alice (password "secret"), whose store answers when the script says so.
class World {
 public:
  explicit World(bool authenticate) : relay_(settings(authenticate), seed_from(1)) {
    relay_.flow_opened(now_, peer(0));
  }

  void play(const Script::Event& event) {
    switch (event.name) {
      case 'o': relay_.flow_opened(now_, peer(event.number)); break;
      case 'r': relay_.receive(now_, peer(event.number), event.text); break;
      case 'b': relay_.receive_unframed(now_, peer(event.number), event.text); break;
      case 'c': relay_.flow_closed(now_, peer(event.number).flow); break;
      case 'u': relay_.unreachable(now_, peer(event.number)); break;
      case 'f': answer_all(); break;
      case 'd': answer_lookup(event); break;
      default: now_.mono += Milliseconds(static_cast<std::int64_t>(event.number)); relay_.advance(now_);
    }
    drain();
  }

 private:
  static relay::Settings settings(bool authenticate) {
    relay::Settings settings;
    settings.domain = "example.org";
    settings.authenticate = authenticate;
    settings.listeners = {{Protocol::udp, *IpAddress::parse("192.0.2.1"), 5060},
                          {Protocol::tcp, *IpAddress::parse("192.0.2.1"), 5060},
                          {Protocol::ws, *IpAddress::parse("192.0.2.1"), 80}};
    return settings;
  }

  /// 0 is a UDP peer, even numbers are TCP, odd ones WebSocket connections.
  static Peer peer(std::uint64_t number) {
    const Protocol protocol = number == 0 ? Protocol::udp : number % 2 == 0 ? Protocol::tcp : Protocol::ws;
    return {FlowId{number + 1},
            {protocol, *IpAddress::parse("198.51.100.7"), static_cast<std::uint16_t>(number + 1)}};
  }

  void drain() {
    while (const auto output = relay_.poll()) {
      if (const auto* question = std::get_if<relay::Relay::FindUser>(&*output))
        questions_.push_back(*question);
      if (const auto* lookup = std::get_if<relay::Relay::LookUp>(&*output)) lookups_.push_back(*lookup);
    }
  }

  /// The oldest question to the DNS gets the records in the lines of the event, whatever their types: each is
  /// "naptr ORDER SERVICE REPLACEMENT", "srv PRIORITY PORT TARGET" or "a ADDRESS". 0 stands for found, 1 for
  /// none, 2 for failed.
  void answer_lookup(const Script::Event& event) {
    if (lookups_.empty()) return;
    const relay::Relay::LookUp lookup = lookups_.front();
    lookups_.pop_front();
    relay::DnsAnswer answer{.status = static_cast<relay::DnsAnswer::Status>(event.number % 3),
                            .ttl = Seconds(60)};
    std::istringstream lines{std::string(event.text)};
    std::uint16_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string type, second, third;
      words >> type;
      if (type == "a" && words >> second)
        if (const auto address = IpAddress::parse(second)) answer.addresses.push_back(*address);
      if (type == "naptr" && words >> number >> second >> third)
        answer.naptrs.push_back({number, number, "s", second, {}, third});
      if (type == "srv" && words >> number >> second >> third)
        answer.srvs.push_back(
            {number, number, static_cast<std::uint16_t>(parse_decimal(second, 65535).value_or(0)), third});
    }
    relay_.answer(now_, lookup.job, answer);
  }

  void answer_all() {
    for (const auto& question : std::exchange(questions_, {})) {
      relay::Relay::UserFound found;
      if (question.user == "alice") found.digest = StoredDigest::of("alice", "example.org", "secret");
      relay_.answer(now_, question.job, found);
      drain();
    }
  }

  Now now_{Instant(Milliseconds(1000)), UnixTime(Milliseconds(1'700'000'000'000))};
  relay::Relay relay_;
  std::vector<relay::Relay::FindUser> questions_;
  std::deque<relay::Relay::LookUp> lookups_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  World world(size % 2 == 0);
  while (const auto event = script.next()) world.play(*event);
  return 0;
}
