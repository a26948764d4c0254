#include "world.h"

#include <algorithm>
#include <utility>

namespace sim {

using namespace sip;

namespace {

constexpr FlowId udp_socket{1};
constexpr std::string_view domain = "example.org";
/// In which bad weather strikes; milliseconds.
constexpr std::uint64_t storm = 60'000;
const IpAddress relay_address = *IpAddress::parse("192.0.2.1");

StoredDigest stored_digest(const std::string& user) {
  return StoredDigest::of(user, domain, "secret of " + user);
}

}  // namespace

std::string name_of(std::size_t person) {
  static const std::vector<std::string> names{"alice", "bob", "carol", "dave"};
  return names.at(person);
}

std::string address_of(std::size_t person) { return "sip:" + name_of(person) + "@" + std::string(domain); }

World::World(std::uint64_t seed, const Weather& weather, const std::vector<std::vector<Protocol>>& people)
    : weather_(weather), random_(seed_from(seed)), people_(people.size()) {
  restart_relay();
  for (std::size_t owner = 0; owner < people.size(); ++owner)
    for (const Protocol protocol : people[owner]) add_device(owner, protocol);
  for (Device& device : devices_) device.agent->start(now_);
  schedule_weather();
  drain();
}

void World::add_device(std::size_t owner, Protocol protocol) {
  Account account;
  account.address = address_of(owner);
  account.credentials = {name_of(owner), "secret of " + name_of(owner)};
  // As the browser's client has it, for people who wait.
  account.recovery = {.base_time = Milliseconds(1000), .max_time = Milliseconds(30'000)};
  account.ping_interval = Milliseconds(30'000);
  account.receipts = Receipts::display;
  account.instance = "urn:uuid:" + std::to_string(devices_.size());
  if (random_.below(1000) < weather_.sealing) account.end_to_end = EndToEnd::driver;
  Device device;
  device.owner = owner;
  device.protocol = protocol;
  device.agent = std::make_unique<UserAgent>(account, seed_from(random_.next()));
  device.account = std::move(account);
  devices_.push_back(std::move(device));
}

void World::schedule_weather() {
  const auto strike = [this](unsigned times, Kind kind) {
    for (unsigned i = 0; i < times; ++i)
      schedule({.kind = kind, .device = random_.below(devices_.size())}, Milliseconds(random_.below(storm)));
  };
  strike(weather_.cuts, Kind::cut);
  strike(weather_.restarts, Kind::restart);
  strike(weather_.clock_jumps, Kind::clock_jump);
  strike(weather_.crashes, Kind::crash);
  strike(weather_.absences, Kind::absence);
}

relay::Settings World::relay_settings() const {
  relay::Settings settings;
  settings.domain = domain;
  if (weather_.has_mailbox) settings.keeps_messages_for = Seconds(86'400);
  settings.listeners = {{Protocol::udp, relay_address, 5060},
                        {Protocol::tcp, relay_address, 5060},
                        {Protocol::ws, relay_address, 80}};
  return settings;
}

void World::schedule(Event event, Milliseconds delay) {
  event.at = now_.mono + delay;
  event.order = ++last_order_;
  events_.push(std::move(event));
}

Milliseconds World::any_delay() {
  const auto range =
      static_cast<std::uint64_t>((weather_.longest_delay - weather_.shortest_delay).count()) + 1;
  return weather_.shortest_delay + Milliseconds(random_.below(range));
}

Now World::now_on(const Device& device) const { return {now_.mono, now_.wall + device.clock_error}; }

/// Datagrams get lost, doubled and overtaken; a stream only takes its time.
void World::carry(Event packet) {
  if (is_reliable(devices_[packet.device].protocol)) {
    Instant& last = last_arrival_[packet.device * 2 + (packet.kind == Kind::to_relay ? 1 : 0)];
    last = std::max(last, now_.mono + any_delay());
    schedule(packet, last - now_.mono);
    return;
  }
  if (random_.below(1000) < weather_.loss) return;
  if (random_.below(1000) < weather_.duplication) schedule(packet, any_delay());
  schedule(packet, any_delay());
}

void World::write_later(std::size_t device, std::size_t recipient, const std::string& body,
                        Milliseconds within) {
  ++unwritten_;
  schedule({.kind = Kind::write, .device = device, .recipient = recipient, .text = body},
           Milliseconds(random_.below(static_cast<std::uint64_t>(within.count()))));
}

void World::type_later(std::size_t device, std::size_t recipient, Milliseconds within) {
  const Milliseconds start(random_.below(static_cast<std::uint64_t>(within.count())));
  for (int i = 0; i < 5; ++i)
    schedule({.kind = Kind::type, .device = device, .recipient = recipient}, start + Seconds(i));
}

void World::cancel_later(std::size_t device, Milliseconds within) {
  schedule({.kind = Kind::cancel, .device = device},
           Milliseconds(random_.below(static_cast<std::uint64_t>(within.count()))));
}

bool World::connected(const Event& packet) const {
  const Device& device = devices_[packet.device];
  return device.flow != FlowId::none && device.seen_by_relay == packet.peer;
}

void World::happen(const Event& event) {
  Device& device = devices_[event.device];
  switch (event.kind) {
    case Kind::to_relay:
      if (connected(event)) relay_->receive(now_, event.peer, event.text);
      break;
    case Kind::to_device:
      if (connected(event)) device.agent->receive(now_on(device), device.flow, event.text);
      break;
    case Kind::connect:
      if (event.life == device.life) connect(event.device);
      break;
    case Kind::write: write(event); break;
    case Kind::type:
      device.agent->composing(now_on(device), address_of(event.recipient), IsComposing::State::active);
      break;
    case Kind::cancel: cancel(event.device); break;
    case Kind::answer: answer(event); break;
    case Kind::sealer_answer:
      if (event.life == device.life) device.agent->answer(now_on(device), event.job, event.given);
      break;
    case Kind::cut: disconnect(event.device); break;
    case Kind::crash: crash(event.device); break;
    case Kind::absence: crash(event.device, Milliseconds(600'000)); break;
    case Kind::reload: reload(event.device); break;
    case Kind::disk: commit(event); break;
    case Kind::disk_answer: answer_from_disk(event); break;
    case Kind::restart: restart_relay(); break;
    case Kind::clock_jump: {
      const auto hours = static_cast<std::int64_t>(random_.below(49)) - 24;
      device.clock_error = Milliseconds(hours * 3'600'000);
      break;
    }
  }
}

void World::answer(const Event& event) {
  // What an earlier relay asked died with it.
  if (event.life != life_) return;
  relay::Relay::UserFound found;
  for (std::size_t person = 0; person < people_; ++person)
    if (event.text == name_of(person)) found.digest = stored_digest(event.text);
  if (random_.below(1000) < weather_.store_failures) found = {.digest = {}, .failed = true};
  relay_->answer(now_, event.job, found);
}

void World::connect(std::size_t index) {
  Device& device = devices_[index];
  device.flow = FlowId{++last_flow_};
  const bool is_datagram = !is_reliable(device.protocol);
  device.seen_by_relay = {
      is_datagram ? udp_socket : FlowId{++last_flow_},
      {device.protocol, *IpAddress::parse("198.51.100." + std::to_string(index + 1)), 5060}};
  if (!is_datagram) relay_->flow_opened(now_, device.seen_by_relay);
  device.agent->flow_opened(now_on(device), device.flow, device.protocol);
}

void World::disconnect(std::size_t index) {
  Device& device = devices_[index];
  if (device.flow == FlowId::none) return;
  const FlowId flow = std::exchange(device.flow, FlowId::none);
  if (is_reliable(device.protocol)) relay_->flow_closed(now_, device.seen_by_relay.flow);
  device.seen_by_relay = {};
  device.agent->flow_closed(now_on(device), flow);
}

void World::restart_relay() {
  for (std::size_t i = 0; i < devices_.size(); ++i)
    if (is_reliable(devices_[i].protocol)) disconnect(i);
  ++life_;
  unforgotten_.clear();
  relay_ = std::make_unique<relay::Relay>(relay_settings(), seed_from(random_.next()));
  relay_->flow_opened(now_, {udp_socket, {Protocol::udp, relay_address, 5060}});
}

void World::drain() {
  for (std::size_t i = 0; i < devices_.size(); ++i) drain_device(i);
  drain_relay();
}

void World::drain_relay() {
  while (auto output = relay_->poll()) {
    if (auto* send = std::get_if<relay::Relay::SendTo>(&*output)) {
      const auto index = device_at(send->to);
      if (index) {
        carry({.kind = Kind::to_device,
               .device = *index,
               .peer = devices_[*index].seen_by_relay,
               .text = send->bytes});
      } else if (is_reliable(send->to.endpoint.protocol)) {
        relay_->unreachable(now_, send->to);
      }
    } else if (auto* question = std::get_if<relay::Relay::FindUser>(&*output)) {
      schedule({.kind = Kind::answer, .text = question->user, .job = question->job, .life = life_},
               any_delay());
    } else if (auto* store = std::get_if<relay::StoreMessage>(&*output)) {
      ask_disk(std::move(*store));
    } else if (auto* load = std::get_if<relay::LoadMessage>(&*output)) {
      ask_disk(std::move(*load));
    } else if (auto* sweep = std::get_if<relay::LoadExpired>(&*output)) {
      ask_disk(*sweep);
    } else if (auto* forget = std::get_if<relay::ForgetMessage>(&*output)) {
      ask_disk(*forget);
    }
  }
}

std::optional<std::size_t> World::device_at(const Peer& peer) const {
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    const Device& device = devices_[i];
    const bool same = is_reliable(device.protocol) ? device.seen_by_relay.flow == peer.flow
                                                   : device.seen_by_relay.endpoint == peer.endpoint;
    if (same && device.flow != FlowId::none) return i;
  }
  return std::nullopt;
}

std::optional<Instant> World::next_moment() const {
  Deadline next = relay_->deadline();
  for (const Device& device : devices_) next = earlier(next, device.agent->deadline());
  if (!events_.empty()) next = earlier(next, events_.top().at);
  return next;
}

void World::advance() {
  for (Device& device : devices_) device.agent->advance(now_on(device));
  relay_->advance(now_);
}

void World::step(Instant moment) {
  const Milliseconds passed = std::max(moment - now_.mono, Milliseconds(0));
  now_.mono += passed;
  now_.wall += passed;
  if (!events_.empty() && events_.top().at <= now_.mono) {
    const Event event = events_.top();
    events_.pop();
    happen(event);
  } else {
    advance();
  }
  drain();
}

void World::pass(Milliseconds time) {
  const Instant end = now_.mono + time;
  for (auto moment = next_moment(); moment && *moment <= end; moment = next_moment()) step(*moment);
  now_.wall += std::max(end - now_.mono, Milliseconds(0));
  now_.mono = std::max(now_.mono, end);
}

bool World::run(Milliseconds limit) {
  const Instant end = now_.mono + limit;
  while (unwritten_ > 0 || !ledger_.all_final()) {
    const auto moment = next_moment();
    if (!moment || *moment > end) return false;
    step(*moment);
  }
  return true;
}

}  // namespace sim
