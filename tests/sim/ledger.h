#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "im/delivery.h"

namespace sim {

/// Who wrote what to whom, what became of it, and which device showed what: enough to say afterwards whether
/// everybody saw what they must have seen, and nothing else.
class Ledger {
 public:
  struct Letter {
    std::size_t writer = 0;     ///< a device
    std::size_t recipient = 0;  ///< a person
    std::string body;
    sip::Delivery delivery{};
    bool is_told = false;  ///< the writer has heard of it
    unsigned tries = 0;    ///< how often it was told to be on its way
  };

  void written(const sip::MessageId& id, Letter letter);
  void changed(std::size_t device, const sip::Delivery& delivery);
  /// What a device shows. Order is free on one of several devices that is reached by datagrams: a copy that
  /// got lost comes again after the sender has heard of another device's 200 and has gone on.
  enum class Order : std::uint8_t { kept, free };
  struct Showing {
    std::size_t device = 0;
    std::size_t owner = 0;
    sip::MessageId id;
    std::string body;
    Order order = Order::kept;
  };
  void shown(Showing showing) { showings_.push_back(std::move(showing)); }

  /// Anything else that must not be.
  void went_wrong(std::string what) { wrong_.push_back(std::move(what)); }

  bool all_final() const;
  /// What one device showed, in order.
  std::vector<std::string> shown_on(std::size_t device) const;
  /// What the writers were told to be stored or delivered, and no device of the recipient has shown.
  std::vector<std::string> accepted_and_unseen() const;
  /// What was written to a person, in the order of writing.
  std::vector<std::string> written_to(std::size_t person) const;
  /// What that person must have seen of it: all but what was told to have failed, because they were offline
  /// at each of its tries.
  std::vector<std::string> owed_to(std::size_t person) const;
  /// How many were told to have failed because their recipient was offline at each of their tries. Some may
  /// have been shown all the same, where the answer was lost.
  std::size_t given_up() const;
  std::size_t count(sip::DeliveryState state) const;
  /// Of the messages that this device wrote.
  std::size_t count(sip::DeliveryState state, std::size_t writer) const;

  /// Everything that must not be, in words:
  /// - a device shows a message twice, or one that was not written to its owner, or with another text;
  /// - the messages of one writer come in another order than they were written, where order is kept;
  /// - a writer is told "delivered" although no device of the recipient has shown it;
  /// - what a writer is told of a message goes back (may_follow()).
  std::vector<std::string> violations() const;

 private:
  void check_showings(std::vector<std::string>& found) const;
  void check_order(std::vector<std::string>& found) const;
  void check_deliveries(std::vector<std::string>& found) const;

  std::map<sip::MessageId, Letter> letters_;
  std::vector<sip::MessageId> in_order_;
  std::vector<Showing> showings_;
  std::vector<std::string> wrong_;  ///< seen while it happened
};

}  // namespace sim
