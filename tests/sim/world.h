#pragma once

#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "base/random.h"
#include "logic/relay.h"
#include "ua/user_agent.h"

namespace sim {

/// What the network does to what it carries. Probabilities are per thousand.
struct Weather {
  sip::Protocol protocol = sip::Protocol::udp;
  unsigned loss = 0;         ///< datagrams only
  unsigned duplication = 0;  ///< datagrams only
  sip::Milliseconds shortest_delay{1};
  sip::Milliseconds longest_delay{20};  ///< datagrams overtake each other within this range
  unsigned cuts = 0;                    ///< connections cut during the run, at moments of chance
  unsigned restarts = 0;                ///< times the relay loses its memory during the run
};

/// One person with a UserAgent and what they saw.
struct Person {
  std::string name;
  std::unique_ptr<sip::UserAgent> agent;
  sip::Peer seen_by_relay;               ///< flow none while not connected
  sip::FlowId flow = sip::FlowId::none;  ///< the agent's own name of the connection
  std::vector<std::string> sent;
  std::vector<std::string> shown;
  std::map<sip::MessageId, sip::Delivery> deliveries;
  std::map<sip::MessageId, std::vector<sip::DeliveryState>> states;  ///< each one's, in order
  std::vector<sip::IsComposing::State> peer_states;  ///< what was told of the other one's typing
  bool is_reading = true;                            ///< what comes is shown at once
};

/// alice, bob and a relay for example.org in one process, on virtual time, from one seed.
class World {
 public:
  World(std::uint64_t seed, const Weather& weather);

  Person& person(std::size_t index) { return people_[index]; }
  /// Has the sender write `body` to the other one, at a moment of chance within the first `within`.
  void write_later(std::size_t sender, const std::string& body, sip::Milliseconds within);
  /// Has the sender type to the other one for a few seconds from a moment of chance on.
  void type_later(std::size_t sender, sip::Milliseconds within);
  /// Lets that much time pass, whatever happens.
  void pass(sip::Milliseconds time);
  /// Lets time pass until every message has its final state, or the limit; tells whether they all have.
  bool run(sip::Milliseconds limit);

 private:
  enum class Kind : std::uint8_t { to_relay, to_person, connect, write, type, answer, cut, restart };
  struct Event {
    sip::Instant at{};
    std::uint64_t order = 0;  ///< equal times happen in the order of their making
    Kind kind = Kind::write;
    std::size_t person = 0;
    sip::Peer peer{};  ///< of the connection it travels on
    std::string text{};
    relay::JobId job{};
    bool operator<(const Event& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  void schedule(Event event, sip::Milliseconds delay);
  void carry(Event packet);
  void happen(const Event& event);
  void connect(std::size_t index);
  void disconnect(std::size_t index);
  void restart_relay();
  void drain();
  void drain_person(std::size_t index);
  void drain_relay();
  std::optional<std::size_t> person_at(const sip::Peer& peer) const;
  std::optional<sip::Instant> next_moment() const;
  bool all_final() const;
  void step(sip::Instant moment);
  bool connected(const Event& packet) const;
  relay::Settings relay_settings() const;
  sip::Milliseconds any_delay();

  Weather weather_;
  sip::Random random_;
  sip::Now now_{sip::Instant(sip::Milliseconds(1000)), sip::UnixTime(sip::Milliseconds(1'790'000'000'000))};
  std::unique_ptr<relay::Relay> relay_;
  std::vector<Person> people_;
  std::priority_queue<Event> events_;
  std::map<std::size_t, sip::Instant> last_arrival_;  ///< streams keep their order
  std::uint64_t last_order_ = 0;
  std::uint64_t last_flow_ = 1;
  std::size_t unwritten_ = 0;
};

}  // namespace sim
