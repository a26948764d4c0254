#include "ledger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "im/outbox.h"
#include "world.h"

namespace sim {

using namespace sip;

namespace {

bool is_final(DeliveryState state) {
  return state == DeliveryState::stored || state == DeliveryState::delivered ||
         state == DeliveryState::displayed || state == DeliveryState::failed;
}

bool is_with_recipient(DeliveryState state) {
  return state == DeliveryState::delivered || state == DeliveryState::displayed;
}

bool is_given_up(const Ledger::Letter& letter) {
  return letter.delivery.state == DeliveryState::failed && letter.delivery.reason == FailureReason::offline &&
         letter.tries >= Outbox::max_tries;
}

}  // namespace

void Ledger::written(const MessageId& id, Letter letter) {
  in_order_.push_back(id);
  letters_.emplace(id, std::move(letter));
}

void Ledger::changed(std::size_t device, const Delivery& delivery) {
  const auto letter = letters_.find(delivery.id);
  if (letter == letters_.end() || letter->second.writer != device) {
    wrong_.push_back("device " + std::to_string(device) + " is told of a message that it did not write");
    return;
  }
  if (letter->second.is_told && !may_follow(letter->second.delivery, delivery))
    wrong_.push_back(letter->second.body + ": went back");
  letter->second.is_told = true;
  if (delivery.state == DeliveryState::sending) ++letter->second.tries;
  letter->second.delivery = delivery;
}

bool Ledger::all_final() const {
  return std::all_of(letters_.begin(), letters_.end(),
                     [](const auto& entry) { return is_final(entry.second.delivery.state); });
}

std::vector<std::string> Ledger::shown_on(std::size_t device) const {
  std::vector<std::string> bodies;
  for (const Showing& showing : showings_)
    if (showing.device == device) bodies.push_back(showing.body);
  return bodies;
}

std::vector<std::string> Ledger::accepted_and_unseen() const {
  std::set<MessageId> seen;
  for (const Showing& showing : showings_) seen.insert(showing.id);
  std::vector<std::string> bodies;
  for (const auto& [id, letter] : letters_) {
    const DeliveryState state = letter.delivery.state;
    if ((state == DeliveryState::stored || is_with_recipient(state)) && !seen.contains(id))
      bodies.push_back(letter.body);
  }
  return bodies;
}

std::vector<std::string> Ledger::written_to(std::size_t person) const {
  std::vector<std::string> bodies;
  for (const MessageId& id : in_order_)
    if (letters_.at(id).recipient == person) bodies.push_back(letters_.at(id).body);
  return bodies;
}

std::vector<std::string> Ledger::owed_to(std::size_t person) const {
  std::set<MessageId> seen;
  for (const Showing& showing : showings_) seen.insert(showing.id);
  std::vector<std::string> bodies;
  for (const MessageId& id : in_order_) {
    const Letter& letter = letters_.at(id);
    if (letter.recipient == person && (seen.contains(id) || !is_given_up(letter)))
      bodies.push_back(letter.body);
  }
  return bodies;
}

std::size_t Ledger::given_up() const {
  return static_cast<std::size_t>(std::count_if(letters_.begin(), letters_.end(),
                                                [](const auto& entry) { return is_given_up(entry.second); }));
}

std::size_t Ledger::count(DeliveryState state) const {
  return static_cast<std::size_t>(std::count_if(letters_.begin(), letters_.end(), [&](const auto& entry) {
    return entry.second.delivery.state == state;
  }));
}

std::size_t Ledger::count(DeliveryState state, std::size_t writer) const {
  return static_cast<std::size_t>(std::count_if(letters_.begin(), letters_.end(), [&](const auto& entry) {
    return entry.second.writer == writer && entry.second.delivery.state == state;
  }));
}

std::vector<std::string> Ledger::violations() const {
  std::vector<std::string> found = wrong_;
  check_showings(found);
  check_order(found);
  check_deliveries(found);
  return found;
}

void Ledger::check_showings(std::vector<std::string>& found) const {
  std::set<std::pair<std::size_t, MessageId>> seen;
  for (const Showing& showing : showings_) {
    const auto letter = letters_.find(showing.id);
    if (letter == letters_.end() || letter->second.recipient != showing.owner) {
      found.push_back(showing.body + ": shown to " + name_of(showing.owner) + ", for whom it was not");
    } else if (letter->second.body != showing.body) {
      found.push_back(letter->second.body + ": shown as " + showing.body);
    }
    if (!seen.emplace(showing.device, showing.id).second)
      found.push_back(showing.body + ": shown twice on device " + std::to_string(showing.device));
  }
}

/// Of one writer's messages to one person, what a device shows comes in the order of writing.
void Ledger::check_order(std::vector<std::string>& found) const {
  std::map<MessageId, std::size_t> place;
  for (std::size_t i = 0; i < in_order_.size(); ++i) place[in_order_[i]] = i;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> last;
  for (const Showing& showing : showings_) {
    const auto letter = letters_.find(showing.id);
    if (letter == letters_.end() || showing.order == Order::free) continue;
    const auto [before, is_first] =
        last.try_emplace({showing.device, letter->second.writer}, place[showing.id]);
    if (!is_first && before->second > place[showing.id])
      found.push_back(showing.body + ": shown after a later one of the same writer");
    before->second = std::max(before->second, place[showing.id]);
  }
}

void Ledger::check_deliveries(std::vector<std::string>& found) const {
  std::set<MessageId> seen;
  for (const Showing& showing : showings_) seen.insert(showing.id);
  for (const auto& [id, letter] : letters_)
    if (is_with_recipient(letter.delivery.state) && !seen.contains(id))
      found.push_back(letter.body + ": said to be delivered, and nobody has seen it");
}

}  // namespace sim
