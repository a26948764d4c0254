#include "call_world.h"

#include <algorithm>
#include <utility>

namespace sim {

using namespace sip;

namespace {

const IpAddress relay_host = *IpAddress::parse("192.0.2.1");

relay::Settings settings() {
  relay::Settings settings;
  settings.domain = "example.org";
  settings.authenticate = false;
  settings.listeners = {{Protocol::udp, relay_host, 5060}, {Protocol::ws, relay_host, 80}};
  return settings;
}

}  // namespace

CallWorld::CallWorld(std::uint64_t seed, const CallWeather& weather)
    : weather_(weather), random_(seed_from(seed)), relay_(settings(), seed_from(random_.next())) {}

CallPhone& CallWorld::add(const std::string& user, Protocol protocol) {
  const auto number = static_cast<std::uint16_t>(phones_.size() + 1);
  const Peer self{protocol == Protocol::udp ? FlowId{1} : FlowId{100U + number},
                  {protocol, *IpAddress::parse("198.51.100." + std::to_string(number)),
                   static_cast<std::uint16_t>(5000 + number)}};
  const Peer relay{FlowId{1}, {protocol, relay_host, 5060}};
  if (protocol != Protocol::udp) relay_.flow_opened(now_, self);
  is_cut_.push_back(false);
  return phones_.emplace_back(user, self, relay, random_.next());
}

bool CallWorld::enrol() {
  for (CallPhone& phone : phones_) phone.enrol(now_);
  carry_all();
  pass(Seconds(20));
  return std::all_of(phones_.begin(), phones_.end(),
                     [](const CallPhone& phone) { return phone.is_enrolled(); });
}

std::size_t CallWorld::phone_at(const Peer& peer) const {
  for (std::size_t i = 0; i < phones_.size(); ++i) {
    const Peer& self = phones_[i].self();
    const bool is_stream = is_reliable(self.endpoint.protocol);
    if (is_stream ? peer.flow == self.flow : peer.endpoint == self.endpoint) return i;
  }
  return phones_.size();
}

void CallWorld::carry_all() {
  for (std::size_t i = 0; i < phones_.size(); ++i)
    while (auto text = phones_[i].poll()) carry(i, true, *std::move(text));
  while (auto output = relay_.poll()) {
    const auto* send = std::get_if<relay::Relay::SendTo>(&*output);
    if (send == nullptr) continue;
    const std::size_t phone = phone_at(send->to);
    const bool is_there = phone < phones_.size() && !is_cut_[phone];
    if (is_there) {
      carry(phone, false, send->bytes);
    } else if (is_reliable(send->to.endpoint.protocol)) {
      relay_.unreachable(now_, send->to);
    }
  }
}

/// Datagrams get lost, doubled and overtaken; a stream only takes its time.
void CallWorld::carry(std::size_t phone, bool is_to_relay, std::string text) {
  if (is_cut_[phone]) return;
  const auto delay = [&] {
    return Milliseconds(1 + static_cast<std::int64_t>(
                                random_.below(static_cast<std::uint64_t>(weather_.longest_delay.count()))));
  };
  Packet packet{now_.mono + delay(), ++last_order_, phone, is_to_relay, std::move(text)};
  if (is_reliable(phones_[phone].self().endpoint.protocol)) {
    Instant& last = last_arrival_[{phone, is_to_relay}];
    packet.at = last = std::max(last, packet.at);
    return packets_.push(std::move(packet));
  }
  if (random_.below(1000) < weather_.loss) return;
  if (random_.below(1000) < weather_.duplication) {
    Packet twin = packet;
    twin.at = now_.mono + delay();
    twin.order = ++last_order_;
    packets_.push(std::move(twin));
  }
  packets_.push(std::move(packet));
}

void CallWorld::deliver(const Packet& packet) {
  if (is_cut_[packet.phone]) return;
  if (packet.is_to_relay) {
    relay_.receive(now_, phones_[packet.phone].self(), packet.text);
  } else {
    phones_[packet.phone].receive(now_, packet.text);
  }
}

void CallWorld::pass(Milliseconds time) {
  const Instant end = now_.mono + time;
  while (now_.mono < end) step(end);
}

/// To whatever happens next.
void CallWorld::step(Instant end) {
  Deadline next = end;
  if (!packets_.empty()) next = earlier(next, packets_.top().at);
  next = earlier(next, relay_.deadline());
  for (const CallPhone& phone : phones_) next = earlier(next, phone.deadline());
  const Milliseconds passed =
      std::max(Milliseconds(0), std::chrono::duration_cast<Milliseconds>(*next - now_.mono));
  now_.mono += passed;
  now_.wall += passed;
  while (!packets_.empty() && packets_.top().at <= now_.mono) {
    const Packet packet = packets_.top();
    packets_.pop();
    deliver(packet);
    carry_all();
  }
  relay_.advance(now_);
  for (CallPhone& phone : phones_) phone.advance(now_);
  carry_all();
}

void CallWorld::cut(const CallPhone& phone) {
  const std::size_t index = phone_at(phone.self());
  is_cut_[index] = true;
  relay_.flow_closed(now_, phone.self().flow);
  carry_all();
}

}  // namespace sim
