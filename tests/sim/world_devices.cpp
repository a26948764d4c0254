#include <algorithm>
#include <utility>

#include "world.h"

namespace sim {

using namespace sip;

void World::write(const Event& event) {
  Device& device = devices_[event.device];
  // Nobody writes on a page that is not there.
  if (device.is_away) return schedule(event, Seconds(1));
  --unwritten_;
  const Draft draft{.to = address_of(event.recipient),
                    .body = event.text,
                    .id = random_.token(20),
                    .first_sent = now_on(device).wall};
  ledger_.written(draft.id, {event.device, event.recipient, event.text});
  device.sent.push_back({draft, {.id = draft.id}});
  device.agent->send(now_on(device), draft);
}

void World::cancel(std::size_t index) {
  Device& device = devices_[index];
  const auto is_open = [](const SentMessage& message) {
    return message.delivery.state == DeliveryState::queued ||
           message.delivery.state == DeliveryState::sending;
  };
  const auto open = std::find_if(device.sent.begin(), device.sent.end(), is_open);
  if (open != device.sent.end() && !device.is_away) device.agent->cancel(now_on(device), open->draft.id);
}

void World::crash(std::size_t index, Milliseconds longest_absence) {
  Device& device = devices_[index];
  if (device.is_away) return;
  check_export(device);
  if (device.flow != FlowId::none && is_reliable(device.protocol))
    relay_->flow_closed(now_, device.seen_by_relay.flow);
  device.flow = FlowId::none;
  device.seen_by_relay = {};
  device.agent = std::make_unique<UserAgent>(device.account, seed_from(random_.next()));
  ++device.life;
  device.is_away = true;
  schedule({.kind = Kind::reload, .device = index},
           Milliseconds(500 + random_.below(static_cast<std::uint64_t>(longest_absence.count()) - 500)));
}

void World::reload(std::size_t index) {
  Device& device = devices_[index];
  device.is_away = false;
  device.agent->start(now_on(device));
  for (const SentMessage& message : device.sent) device.agent->restore(now_on(device), message);
}

/// What the agent exports is what its events have told.
void World::check_export(const Device& device) {
  for (const SentMessage& message : device.agent->sent_messages()) {
    const auto kept = std::find_if(device.sent.begin(), device.sent.end(), [&](const SentMessage& candidate) {
      return candidate.draft.id == message.draft.id;
    });
    const bool is_same = kept != device.sent.end() && kept->delivery.state == message.delivery.state &&
                         kept->delivery.reason == message.delivery.reason &&
                         kept->delivery.retry_at == message.delivery.retry_at &&
                         kept->delivery.has_asked == message.delivery.has_asked &&
                         kept->delivery.is_plain == message.delivery.is_plain;
    if (!is_same) ledger_.went_wrong(message.draft.id + ": exported other than it was told");
  }
}

void World::read(std::size_t index) {
  Device& device = devices_[index];
  device.is_reading = true;
  for (const MessageId& id : std::exchange(device.unread, {})) device.agent->displayed(now_on(device), id);
  drain();
}

void World::drain_device(std::size_t index) {
  Device& device = devices_[index];
  while (auto output = device.agent->poll()) {
    if (std::holds_alternative<UserAgent::OpenFlow>(*output)) {
      schedule({.kind = Kind::connect, .device = index, .life = device.life}, any_delay());
    } else if (std::holds_alternative<UserAgent::CloseFlow>(*output)) {
      disconnect(index);
    } else if (auto* send = std::get_if<UserAgent::SendBytes>(&*output)) {
      carry({.kind = Kind::to_relay, .device = index, .peer = device.seen_by_relay, .text = send->bytes});
    } else if (auto* received = std::get_if<UserAgent::MessageReceived>(&*output)) {
      show(index, *received);
    } else if (auto* composing = std::get_if<UserAgent::PeerComposing>(&*output)) {
      device.peer_states.push_back(composing->state);
    } else if (auto* changed = std::get_if<UserAgent::DeliveryChanged>(&*output)) {
      note(index, changed->delivery);
    } else if (auto* seal = std::get_if<Seal>(&*output)) {
      ask_sealer(index, *seal);
    } else if (auto* open = std::get_if<Open>(&*output)) {
      ask_sealer(index, *open);
    }
  }
}

/// As a page does, which knows what an earlier one has shown.
void World::show(std::size_t index, const UserAgent::MessageReceived& received) {
  Device& device = devices_[index];
  if (!device.shown.insert(received.from + " " + received.id).second) return;
  ledger_.shown({index, device.owner, received.id, received.body, order_on(device)});
  if (received.protection == Protection::none) ++device.shown_in_the_clear;
  if (device.is_reading) {
    device.agent->displayed(now_on(device), received.id);
  } else {
    device.unread.push_back(received.id);
  }
}

void World::note(std::size_t index, const Delivery& delivery) {
  ledger_.changed(index, delivery);
  for (SentMessage& message : devices_[index].sent)
    if (message.draft.id == delivery.id) message.delivery = delivery;
}

void World::ask_sealer(std::size_t index, const Question& question) {
  auto given = sealer_answer(random_, weather_.sealer, question, address_of(devices_[index].owner));
  if (const auto* seal = std::get_if<Seal>(&question); seal && !has_key(seal->recipient))
    given = InTheClear{};
  if (!given) {
    if (std::holds_alternative<Seal>(question)) ++devices_[index].never_sealed;
    return;
  }
  const JobId job = std::visit([](const auto& one) { return one.job; }, question);
  const auto range = static_cast<std::uint64_t>(weather_.sealer.longest_delay.count()) + 1;
  schedule({.kind = Kind::sealer_answer,
            .device = index,
            .job = job,
            .life = devices_[index].life,
            .given = std::move(*given)},
           Milliseconds(random_.below(range)));
}

/// Whether a device of that person opens what is sealed.
bool World::has_key(const std::string& address) const {
  return std::any_of(devices_.begin(), devices_.end(), [&](const Device& device) {
    return device.account.end_to_end == EndToEnd::driver && address_of(device.owner) == address;
  });
}

Ledger::Order World::order_on(const Device& device) const {
  const auto siblings = std::count_if(devices_.begin(), devices_.end(),
                                      [&](const Device& other) { return other.owner == device.owner; });
  return siblings > 1 && !is_reliable(device.protocol) ? Ledger::Order::free : Ledger::Order::kept;
}

}  // namespace sim
