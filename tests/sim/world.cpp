#include "world.h"

#include <algorithm>

namespace sim {

using namespace sip;

namespace {

constexpr FlowId udp_socket{1};
constexpr std::string_view domain = "example.org";
const IpAddress relay_address = *IpAddress::parse("192.0.2.1");

StoredDigest stored_digest(const std::string& user) {
  return {digest_ha1(DigestAlgorithm::md5, user, domain, "secret of " + user),
          digest_ha1(DigestAlgorithm::sha256, user, domain, "secret of " + user)};
}

}  // namespace

World::World(std::uint64_t seed, const Weather& weather) : weather_(weather), random_(seed_from(seed)) {
  restart_relay();
  for (const std::string name : {"alice", "bob"}) {
    Account account;
    account.address = "sip:" + name + "@" + std::string(domain);
    account.credentials = {name, "secret of " + name};
    account.receipts = Receipts::display;
    Person person;
    person.name = name;
    person.agent = std::make_unique<UserAgent>(account, seed_from(random_.next()));
    people_.push_back(std::move(person));
  }
  for (std::size_t i = 0; i < people_.size(); ++i) people_[i].agent->start(now_);
  for (unsigned i = 0; i < weather_.cuts; ++i)
    schedule({.kind = Kind::cut, .person = random_.below(2)}, Milliseconds(random_.below(60'000)));
  for (unsigned i = 0; i < weather_.restarts; ++i)
    schedule({.kind = Kind::restart}, Milliseconds(random_.below(60'000)));
  drain();
}

relay::Settings World::relay_settings() const {
  relay::Settings settings;
  settings.domain = domain;
  settings.listeners = {{Protocol::udp, relay_address, 5060}, {Protocol::ws, relay_address, 80}};
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

/// Datagrams get lost, doubled and overtaken; a stream only takes its time.
void World::carry(Event packet) {
  if (is_reliable(weather_.protocol)) {
    Instant& last = last_arrival_[packet.person * 2 + (packet.kind == Kind::to_relay ? 1 : 0)];
    last = std::max(last, now_.mono + any_delay());
    schedule(packet, last - now_.mono);
    return;
  }
  if (random_.below(1000) < weather_.loss) return;
  if (random_.below(1000) < weather_.duplication) schedule(packet, any_delay());
  schedule(packet, any_delay());
}

void World::write_later(std::size_t sender, const std::string& body, Milliseconds within) {
  ++unwritten_;
  schedule({.kind = Kind::write, .person = sender, .text = body},
           Milliseconds(random_.below(static_cast<std::uint64_t>(within.count()))));
}

void World::type_later(std::size_t sender, Milliseconds within) {
  const Milliseconds start(random_.below(static_cast<std::uint64_t>(within.count())));
  for (int i = 0; i < 5; ++i) schedule({.kind = Kind::type, .person = sender}, start + Seconds(i));
}

bool World::connected(const Event& packet) const {
  const Person& person = people_[packet.person];
  return person.flow != FlowId::none && person.seen_by_relay == packet.peer;
}

void World::happen(const Event& event) {
  Person& person = people_[event.person];
  switch (event.kind) {
    case Kind::to_relay:
      if (connected(event)) relay_->receive(now_, event.peer, event.text);
      break;
    case Kind::to_person:
      if (connected(event)) person.agent->receive(now_, person.flow, event.text);
      break;
    case Kind::connect: connect(event.person); break;
    case Kind::write:
      --unwritten_;
      person.sent.push_back(event.text);
      person.agent->send(now_, Draft{"sip:" + people_[1 - event.person].name + "@example.org",
                                     event.text,
                                     "text/plain;charset=UTF-8",
                                     {},
                                     {}});
      break;
    case Kind::type:
      person.agent->composing(now_, "sip:" + people_[1 - event.person].name + "@example.org",
                              IsComposing::State::active);
      break;
    case Kind::answer: {
      relay::Relay::UserFound found;
      if (event.text == "alice" || event.text == "bob") found.digest = stored_digest(event.text);
      relay_->answer(now_, event.job, found);
      break;
    }
    case Kind::cut: disconnect(event.person); break;
    case Kind::restart: restart_relay(); break;
  }
}

void World::connect(std::size_t index) {
  Person& person = people_[index];
  person.flow = FlowId{++last_flow_};
  const bool is_datagram = !is_reliable(weather_.protocol);
  const auto last_byte = static_cast<char>('1' + index);
  person.seen_by_relay = {
      is_datagram ? udp_socket : FlowId{++last_flow_},
      {weather_.protocol, *IpAddress::parse(std::string("198.51.100.") + last_byte), 5060}};
  if (!is_datagram) relay_->flow_opened(now_, person.seen_by_relay);
  person.agent->flow_opened(now_, person.flow, weather_.protocol);
}

void World::disconnect(std::size_t index) {
  Person& person = people_[index];
  if (person.flow == FlowId::none) return;
  const FlowId flow = std::exchange(person.flow, FlowId::none);
  if (is_reliable(weather_.protocol)) relay_->flow_closed(now_, person.seen_by_relay.flow);
  person.seen_by_relay = {};
  person.agent->flow_closed(now_, flow);
}

void World::restart_relay() {
  for (std::size_t i = 0; i < people_.size(); ++i)
    if (is_reliable(weather_.protocol)) disconnect(i);
  relay_ = std::make_unique<relay::Relay>(relay_settings(), seed_from(random_.next()));
  relay_->flow_opened(now_, {udp_socket, {Protocol::udp, relay_address, 5060}});
}

void World::drain() {
  for (std::size_t i = 0; i < people_.size(); ++i) drain_person(i);
  drain_relay();
}

void World::drain_person(std::size_t index) {
  Person& person = people_[index];
  while (auto output = person.agent->poll()) {
    if (std::holds_alternative<UserAgent::OpenFlow>(*output)) {
      schedule({.kind = Kind::connect, .person = index}, any_delay());
    } else if (std::holds_alternative<UserAgent::CloseFlow>(*output)) {
      disconnect(index);
    } else if (auto* send = std::get_if<UserAgent::SendBytes>(&*output)) {
      carry({.kind = Kind::to_relay, .person = index, .peer = person.seen_by_relay, .text = send->bytes});
    } else if (auto* received = std::get_if<UserAgent::MessageReceived>(&*output)) {
      person.shown.push_back(received->body);
      if (person.is_reading) person.agent->displayed(now_, received->id);
    } else if (auto* changed = std::get_if<UserAgent::DeliveryChanged>(&*output)) {
      person.deliveries[changed->delivery.id] = changed->delivery;
      person.states[changed->delivery.id].push_back(changed->delivery.state);
    } else if (auto* composing = std::get_if<UserAgent::PeerComposing>(&*output)) {
      person.peer_states.push_back(composing->state);
    }
  }
}

void World::drain_relay() {
  while (auto output = relay_->poll()) {
    if (auto* send = std::get_if<relay::Relay::SendTo>(&*output)) {
      const auto index = person_at(send->to);
      if (index) {
        carry({.kind = Kind::to_person,
               .person = *index,
               .peer = people_[*index].seen_by_relay,
               .text = send->bytes});
      } else if (is_reliable(weather_.protocol)) {
        relay_->unreachable(now_, send->to);
      }
    } else if (auto* question = std::get_if<relay::Relay::FindUser>(&*output)) {
      schedule({.kind = Kind::answer, .text = question->user, .job = question->job}, any_delay());
    }
  }
}

std::optional<std::size_t> World::person_at(const Peer& peer) const {
  for (std::size_t i = 0; i < people_.size(); ++i) {
    const Peer& seen = people_[i].seen_by_relay;
    const bool same =
        is_reliable(weather_.protocol) ? seen.flow == peer.flow : seen.endpoint == peer.endpoint;
    if (same && people_[i].flow != FlowId::none) return i;
  }
  return std::nullopt;
}

std::optional<Instant> World::next_moment() const {
  Deadline next = relay_->deadline();
  for (const Person& person : people_) next = earlier(next, person.agent->deadline());
  if (!events_.empty()) next = earlier(next, events_.top().at);
  return next;
}

bool World::all_final() const {
  return unwritten_ == 0 && std::all_of(people_.begin(), people_.end(), [](const Person& person) {
           return person.deliveries.size() == person.sent.size() &&
                  std::all_of(person.deliveries.begin(), person.deliveries.end(), [](const auto& entry) {
                    const DeliveryState state = entry.second.state;
                    return state == DeliveryState::delivered || state == DeliveryState::displayed ||
                           state == DeliveryState::failed;
                  });
         });
}

bool World::run(Milliseconds limit) {
  const Instant end = now_.mono + limit;
  while (!all_final()) {
    const auto moment = next_moment();
    if (!moment || *moment > end) return false;
    step(*moment);
  }
  return true;
}

void World::pass(Milliseconds time) {
  const Instant end = now_.mono + time;
  for (auto moment = next_moment(); moment && *moment <= end; moment = next_moment()) step(*moment);
  const Milliseconds rest = std::max(end - now_.mono, Milliseconds(0));
  now_.mono += rest;
  now_.wall += rest;
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
    for (Person& person : people_) person.agent->advance(now_);
    relay_->advance(now_);
  }
  drain();
}

}  // namespace sim
