#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "logic/asserted_identity.h"
#include "logic/request.h"

namespace relay {

/// What there is so much of and no more for all requests, as a whole and by sender: whoever lets much ring,
/// or asks for what is slow, keeps nobody else out.
class SenderShares {
 public:
  /// The most that one sender may hold is one of so many parts.
  static constexpr std::size_t shares = 4;
  /// Strangers have as many addresses as they like: together they hold one of so few parts.
  static constexpr std::size_t shares_of_strangers = 2;
  /// A user of ours, wherever they are; of anybody else the source. Known by a hash, so that there is no
  /// memory for each: two of them may share a part.
  enum class Sender : std::uint16_t {};

  SenderShares(std::size_t most, const AssertedIdentity& identity, sip::Random random)
      : most_(most), identity_(identity), key_(random.next()) {}

  Sender sender_of(const Request& request) const;
  bool has_room(Sender sender, std::size_t size) const {
    return all_ + size <= most_ && of_senders_[index(sender)] + size <= most_ / shares &&
           (!is_stranger(sender) || of_strangers_ + size <= most_ / shares_of_strangers);
  }
  void take(Sender sender, std::size_t size) {
    all_ += size;
    if (is_stranger(sender)) of_strangers_ += size;
    of_senders_[index(sender)] += size;
  }
  void give_back(Sender sender, std::size_t size) {
    all_ -= size;
    if (is_stranger(sender)) of_strangers_ -= size;
    of_senders_[index(sender)] -= size;
  }

 private:
  static constexpr std::size_t users = 4096;
  static constexpr std::size_t strangers = 4096;
  static std::size_t index(Sender sender) { return static_cast<std::size_t>(sender); }
  static bool is_stranger(Sender sender) { return index(sender) >= users; }

  std::size_t most_;
  const AssertedIdentity& identity_;
  std::uint64_t key_;  ///< or somebody could choose whom they share a part with
  std::size_t all_ = 0;
  std::size_t of_strangers_ = 0;
  std::vector<std::size_t> of_senders_ = std::vector<std::size_t>(users + strangers);  ///< users first
};

}  // namespace relay
