#pragma once

#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "ledger.h"
#include "logic/relay.h"
#include "message_shelf.h"
#include "sealer.h"
#include "ua/user_agent.h"

namespace sim {

/// What befalls the network, the relay, its store and the clocks. Probabilities are per thousand.
struct Weather {
  unsigned loss = 0;         ///< datagrams only
  unsigned duplication = 0;  ///< datagrams only
  sip::Milliseconds shortest_delay{1};
  sip::Milliseconds longest_delay{20};  ///< datagrams overtake each other within this range
  unsigned cuts = 0;                    ///< connections cut during the first minute, at moments of chance
  unsigned crashes = 0;                 ///< devices that lose their memory then, and come back within seconds
  unsigned absences = 0;                ///< devices that do the same, and come back within ten minutes
  unsigned restarts = 0;                ///< times the relay loses its memory during the first minute
  unsigned store_failures = 0;          ///< answers of the stores that are errors
  bool has_mailbox = false;             ///< the relay keeps messages, on a disk that survives its restarts
  unsigned clock_jumps = 0;             ///< wall clocks of devices set to another hour in the first minute
  unsigned sealing = 0;                 ///< devices that seal what they send, and open what comes
  SealerWeather sealer{};
};

/// A browser or a phone: one UserAgent, and the way it is connected.
struct Device {
  std::size_t owner = 0;
  sip::Protocol protocol = sip::Protocol::ws;
  sip::Account account;
  std::unique_ptr<sip::UserAgent> agent;
  unsigned life = 0;                     ///< how often it has crashed
  bool is_away = false;                  ///< crashed, and not back yet
  sip::Peer seen_by_relay;               ///< flow none while not connected
  sip::FlowId flow = sip::FlowId::none;  ///< the agent's own name of the connection
  sip::Milliseconds clock_error{0};
  std::vector<sip::IsComposing::State> peer_states;  ///< what was told of the other one's typing
  bool is_reading = true;                            ///< what comes is shown at once
  /// What survives a crash, as a page's history does: what was sent and the latest that was told of it, in
  /// the order of writing; and what was shown.
  std::vector<sip::SentMessage> sent;
  std::set<std::string> shown;
  std::vector<sip::MessageId> unread;  ///< shown while nobody was reading
  std::size_t shown_in_the_clear = 0;  ///< messages that nobody had sealed
  std::size_t never_sealed = 0;        ///< bodies that its sealer has said nothing to
};

/// People with their devices, and a relay for example.org, in one process, on virtual time, from one seed.
class World {
 public:
  /// One entry for each person: the protocols of that person's devices.
  World(std::uint64_t seed, const Weather& weather, const std::vector<std::vector<sip::Protocol>>& people);

  std::size_t devices() const { return devices_.size(); }
  std::size_t people() const { return people_; }
  /// Has somebody write to somebody else, at a moment of chance within the first `within`.
  void write_later(std::size_t device, std::size_t recipient, const std::string& body,
                   sip::Milliseconds within);
  /// Has somebody type to somebody else for a few seconds from a moment of chance on.
  void type_later(std::size_t device, std::size_t recipient, sip::Milliseconds within);
  /// Has somebody take back one of the messages that have no final state by then, if there is one.
  void cancel_later(std::size_t device, sip::Milliseconds within);
  /// The device loses its memory, and comes back within seconds with what survives.
  void crash(std::size_t index, sip::Milliseconds longest_absence = sip::Milliseconds(5'500));
  /// Its owner looks at what came, and goes on reading.
  void read(std::size_t index);
  /// Lets that much time pass, whatever happens.
  void pass(sip::Milliseconds time);
  /// Lets time pass until the relay's disk keeps no message any more, or the limit; tells whether it keeps
  /// none.
  bool empty_mailboxes(sip::Milliseconds limit);
  /// Lets time pass until every message has its final state, or the limit; tells whether they all have.
  bool run(sip::Milliseconds limit);

  const Ledger& ledger() const { return ledger_; }
  Device& device(std::size_t index) { return devices_[index]; }

 private:
  enum class Kind : std::uint8_t {
    to_relay,
    to_device,
    connect,
    write,
    type,
    cancel,
    answer,
    sealer_answer,
    cut,
    crash,
    absence,
    reload,
    disk,
    disk_answer,
    restart,
    clock_jump
  };
  struct Event {
    sip::Instant at{};
    std::uint64_t order = 0;  ///< equal times happen in the order of their making
    Kind kind = Kind::write;
    std::size_t device = 0;
    std::size_t recipient = 0;  ///< of what is written
    sip::Peer peer{};           ///< of the connection it travels on
    std::string text{};
    sip::JobId job{};
    unsigned life = 0;  ///< of the relay or device that asked
    sip::Answer given{};
    relay::StoreQuestion question{};
    relay::Stored stored{};
    relay::Loaded loaded{};
    bool operator<(const Event& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  void add_device(std::size_t owner, sip::Protocol protocol);
  void schedule(Event event, sip::Milliseconds delay);
  void schedule_weather();
  void carry(Event packet);
  void happen(const Event& event);
  void write(const Event& event);
  void cancel(std::size_t index);
  void reload(std::size_t index);
  void check_export(const Device& device);
  void show(std::size_t index, const sip::UserAgent::MessageReceived& received);
  void note(std::size_t index, const sip::Delivery& delivery);
  void answer(const Event& event);
  void connect(std::size_t index);
  void disconnect(std::size_t index);
  void restart_relay();
  void ask_disk(relay::StoreQuestion question);
  void commit(const Event& event);
  void answer_from_disk(const Event& event);
  void drain();
  void drain_device(std::size_t index);
  void drain_relay();
  void ask_sealer(std::size_t index, const sip::Question& question);
  bool has_key(const std::string& address) const;
  Ledger::Order order_on(const Device& device) const;
  void advance();
  std::optional<std::size_t> device_at(const sip::Peer& peer) const;
  std::optional<sip::Instant> next_moment() const;
  void step(sip::Instant moment);
  bool connected(const Event& packet) const;
  relay::Settings relay_settings() const;
  sip::Milliseconds any_delay();
  sip::Now now_on(const Device& device) const;

  Weather weather_;
  sip::Random random_;
  sip::Now now_{sip::Instant(sip::Milliseconds(1000)), sip::UnixTime(sip::Milliseconds(1'790'000'000'000))};
  std::unique_ptr<relay::Relay> relay_;
  unsigned life_ = 0;  ///< how often the relay was started
  std::vector<Device> devices_;
  std::size_t people_ = 0;
  Ledger ledger_;
  std::priority_queue<Event> events_;
  std::map<std::size_t, sip::Instant> last_arrival_;  ///< streams keep their order
  MessageShelf disk_;
  std::vector<relay::MessageNumber> unforgotten_;  ///< because the disk failed
  sip::Instant disk_is_free_{};                    ///< it does one thing after the other
  std::uint64_t last_order_ = 0;
  std::uint64_t last_flow_ = 1;
  std::size_t unwritten_ = 0;
};

/// "alice", "bob", "carol", "dave" ...
std::string name_of(std::size_t person);
/// "sip:alice@example.org" ...
std::string address_of(std::size_t person);

}  // namespace sim
