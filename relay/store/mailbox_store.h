#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"
#include "store/sqlite.h"
#include "store/store_error.h"

namespace relay {

/// How much may wait, in messages and in bytes of them: for one recipient, and for all. Strangers may take
/// half of each, and the other half is left to those who are known.
struct MailboxQuota {
  std::int64_t messages_each = 1000;
  std::int64_t bytes_each = std::int64_t{8} << 20;
  std::int64_t messages = 1'000'000;
  std::int64_t bytes = std::int64_t{1} << 30;

  MailboxQuota doubled() const { return {messages_each * 2, bytes_each * 2, messages * 2, bytes * 2}; }
  MailboxQuota of_strangers() const { return {messages_each / 2, bytes_each / 2, messages / 2, bytes / 2}; }
};

/// A message that waits for its recipient.
struct Letter {
  std::string recipient;  ///< user@domain
  std::string identity;   ///< a repeat has the same
  std::string request;
  sip::UnixTime expires_at{};
  std::uint64_t number = 0;       ///< counts on with each one that is stored; never given again
  bool is_from_stranger = false;  ///< nobody answers for its sender
  /// The number of that whose place it takes, where it is there still; a repeat otherwise. Not loaded. One
  /// goes where another comes: it may go to twice the quotas.
  std::uint64_t instead_of = 0;
};

/// The messages of users who are not there. Every change belongs into a transaction: begin(), the changes,
/// commit(). What was committed survives the end of the process and of the machine at any instant. One that
/// could not forget a letter comes to nothing: whatever counts on its order would meet that letter again.
class MailboxStore {
 public:
  /// `data` as of CredentialStore::open().
  static std::variant<MailboxStore, StoreError> open(const std::string& data, const MailboxQuota& quota);
  /// In a database that is open, if it is.
  static std::variant<MailboxStore, StoreError> in(Sqlite database, const MailboxQuota& quota);

  bool begin();
  /// False when nothing of the transaction counts.
  bool commit();
  /// Ends it without a change. False when what it read does not count: it could not forget a letter, or was
  /// at its end before.
  bool roll_back();
  /// Whether a message of the greatest length can be written; nothing of the trial stays. Not in a
  /// transaction.
  bool can_write();
  /// False where a full disk has ended the transaction in its midst: then nothing of it counts, and nothing
  /// more may be changed before the next one.
  bool is_in_transaction() const { return database_.is_in_transaction(); }

  enum class Stored : std::uint8_t { stored, repeat, full, failed };
  Stored store(const Letter& letter);
  struct Loaded {
    std::optional<Letter> letter = {};
    bool failed = false;
  };
  /// The recipient's first one with a higher number than `after`.
  Loaded load(std::string_view recipient, std::uint64_t after);
  /// The one that expired first; behind the one that expired at `after_time` and has the number `after`.
  Loaded load_expired(sip::UnixTime now, sip::UnixTime after_time, std::uint64_t after);
  enum class Forgotten : std::uint8_t { forgotten, missing, failed };
  Forgotten forget(std::uint64_t number);
  struct Summary {
    std::uint64_t number;
    std::int64_t size;  ///< bytes
    sip::UnixTime expires_at;
  };
  /// What waits for somebody, the oldest first, a thousand at most; none where it cannot be read.
  std::optional<std::vector<Summary>> list(std::string_view recipient);
  /// For what is stored from now on.
  void limit(const MailboxQuota& quota) { quota_ = quota; }
  /// What waits, all together; what other processes have changed counts from the next begin() on.
  std::int64_t messages() const { return held_.messages; }
  std::int64_t bytes() const { return held_.bytes; }
  /// Everything that waits for somebody.
  bool forget_all(std::string_view recipient);

 private:
  /// What waits, all together, and what of it strangers have sent.
  struct Held {
    std::int64_t messages = 0;
    std::int64_t bytes = 0;
    std::int64_t strangers_messages = 0;
    std::int64_t strangers_bytes = 0;

    void add(std::int64_t size, bool is_from_stranger) {
      ++messages;
      bytes += size;
      if (!is_from_stranger) return;
      ++strangers_messages;
      strangers_bytes += size;
    }
    void remove(std::int64_t size, bool is_from_stranger) {
      --messages;
      bytes -= size;
      if (!is_from_stranger) return;
      --strangers_messages;
      strangers_bytes -= size;
    }
  };

  MailboxStore(Sqlite database, const MailboxQuota& quota) : database_(std::move(database)), quota_(quota) {}
  std::optional<StoreError> prepare();
  std::int64_t data_version();
  bool count();
  Forgotten erase(std::uint64_t number);
  Stored judge(const Letter& letter);
  Stored insert(const Letter& letter);
  StoreError failure() const;

  Sqlite database_;
  MailboxQuota quota_;
  Held held_;
  std::int64_t counted_version_ = 0;  ///< the data_version() of it
  bool has_failed_ = false;           ///< the transaction, to forget
  Statement data_version_;
  Statement find_;
  Statement sum_;
  Statement insert_;
  Statement load_;
  Statement load_expired_;
  Statement forget_;
};

}  // namespace relay
