#pragma once

#include <cstdint>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "call_phone.h"
#include "logic/relay.h"

namespace sim {

/// What befalls the datagrams between phones and relay, per thousand.
struct CallWeather {
  unsigned loss = 0;
  unsigned duplication = 0;
  sip::Milliseconds longest_delay{20};
};

/// Phones with a relay for example.org that believes everyone, on virtual time, from one seed.
class CallWorld {
 public:
  CallWorld(std::uint64_t seed, const CallWeather& weather);

  /// A device of a user, over UDP or WebSocket.
  CallPhone& add(const std::string& user, sip::Protocol protocol);
  /// Every device registers.
  bool enrol();
  void pass(sip::Milliseconds time);
  /// A chance of the same seed.
  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  /// The connection of a device is gone, for both ends, and with it what was on the way.
  void cut(const CallPhone& phone);
  /// What the caller does now; what it sends is on its way then.
  template <class Action>
  void act(CallPhone& phone, Action action) {
    action(phone, now_);
    carry_all();
  }
  /// That the relay has in memory.
  std::size_t transactions() const { return relay_.transactions(); }
  bool is_idle() const { return relay_.is_idle(); }

 private:
  struct Packet {
    sip::Instant at{};
    std::uint64_t order = 0;
    std::size_t phone = 0;
    bool is_to_relay = false;
    std::string text{};
    bool operator<(const Packet& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  void carry_all();
  void carry(std::size_t phone, bool is_to_relay, std::string text);
  void deliver(const Packet& packet);
  std::size_t phone_at(const sip::Peer& peer) const;
  void step(sip::Instant end);

  CallWeather weather_;
  sip::Random random_;
  sip::Now now_{sip::Instant(sip::Milliseconds(1'000)), sip::UnixTime(sip::Milliseconds(1'700'000'000'000))};
  relay::Relay relay_;
  std::deque<CallPhone> phones_;
  std::vector<bool> is_cut_;
  std::priority_queue<Packet> packets_;
  std::map<std::pair<std::size_t, bool>, sip::Instant> last_arrival_;  ///< over connections
  std::uint64_t last_order_ = 0;
};

}  // namespace sim
