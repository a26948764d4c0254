#include <algorithm>
#include <utility>

#include "world.h"

namespace sim {

using namespace sip;

bool World::empty_mailboxes(Milliseconds limit) {
  const Instant end = now_.mono + limit;
  while (!disk_.messages.empty() && now_.mono < end) pass(Seconds(10));
  return disk_.messages.empty();
}

/// What the relay asks of the disk is done in order, and then answered. A relay that dies in between has
/// asked in vain, or never learns of the answer.
void World::ask_disk(relay::StoreQuestion question) {
  disk_is_free_ = std::max(disk_is_free_, now_.mono + any_delay());
  schedule({.kind = Kind::disk, .life = life_, .question = std::move(question)}, disk_is_free_ - now_.mono);
}

void World::commit(const Event& event) {
  if (event.life != life_) return;
  const bool fails = random_.below(1000) < weather_.store_failures;
  if (const auto* forget = std::get_if<relay::ForgetMessage>(&event.question))
    unforgotten_.push_back(forget->number);
  // What could not be forgotten is forgotten before anything else succeeds.
  if (!fails)
    for (const relay::MessageNumber number : std::exchange(unforgotten_, {})) disk_.forget(number);
  Event answer{.kind = Kind::disk_answer, .life = life_};
  if (const auto* store = std::get_if<relay::StoreMessage>(&event.question)) {
    answer.job = store->job;
    answer.stored = fails ? relay::Stored::failed : disk_.store(*store);
  } else if (const auto* load = std::get_if<relay::LoadMessage>(&event.question)) {
    answer.job = load->job;
    answer.loaded = disk_.load(load->recipient, load->after);
  } else if (const auto* sweep = std::get_if<relay::LoadExpired>(&event.question)) {
    answer.job = sweep->job;
    answer.loaded = disk_.expired(sweep->now, sweep->after_time, sweep->after);
  } else {
    return;
  }
  if (fails) answer.loaded = {.message = {}, .failed = true};
  answer.question = event.question;
  schedule(std::move(answer), Milliseconds(1));
}

void World::answer_from_disk(const Event& event) {
  if (event.life != life_) return;
  if (std::holds_alternative<relay::StoreMessage>(event.question)) {
    relay_->answer(now_, event.job, event.stored);
  } else {
    relay_->answer(now_, event.job, event.loaded);
  }
}

}  // namespace sim
