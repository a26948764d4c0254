#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "store/mailbox_store.h"

namespace relay {

/// Works for a MailboxStore on a thread of its own, so that a slow disk holds up no socket. What is asked
/// while the disk is busy goes into one transaction together, in order, and is answered after its commit. On
/// a disk that is full, what only reads is answered all the same: what waits can be delivered.
class MailboxThread {
 public:
  /// Called on the store's thread; they must not block.
  using StoreReply = std::function<void(MailboxStore::Stored)>;
  using LoadReply = std::function<void(MailboxStore::Loaded)>;
  /// Questions that may wait. When more come, the disk has hung, and saying so beats waiting with it.
  static constexpr std::size_t max_waiting = 10'000;
  /// Of one transaction, so that the first in it does not wait too long for the last.
  static constexpr std::size_t max_together = 500;

  explicit MailboxThread(MailboxStore store);
  /// Does what was asked first, however long the disk takes: whoever cannot wait looks at has_ended().
  ~MailboxThread();
  MailboxThread(const MailboxThread&) = delete;
  MailboxThread& operator=(const MailboxThread&) = delete;

  /// Has it do what it was asked, close the store and call `ended`, on its thread. To be called once.
  void end(std::function<void()> ended);
  /// Whether the store is closed. From any thread.
  bool has_ended() const;

  /// Each question is answered once, in order; with failed at once when too many wait, and after end().
  void store(Letter letter, const StoreReply& reply) { store(std::move(letter), std::nullopt, reply); }
  /// Stores `notice` together with it, unless it is a repeat or there is no room for that.
  void store(Letter letter, std::optional<Letter> notice, const StoreReply& reply);
  void load(std::string recipient, std::uint64_t after, const LoadReply& reply);
  /// Where the store fails, the beginning of a sweep (from no time and no number on) is the occasion to try
  /// whether it can be written again: nobody else may come to write.
  void load_expired(sip::UnixTime now, sip::UnixTime after_time, std::uint64_t after, const LoadReply& reply);
  /// Has no answer, and is never turned away: it takes next to nothing. Should it fail, it is done again
  /// before anything else succeeds.
  void forget(std::uint64_t number);

  /// For whoever wants to know what came of it, and asks again if need be.
  void remove(std::uint64_t number, const std::function<void(MailboxStore::Forgotten)>& reply);
  /// Everything that waits for somebody. Says whether it is done.
  void forget_all(std::string recipient, const std::function<void(bool)>& reply);
  /// None where it cannot be read.
  using ListReply = std::function<void(std::optional<std::vector<MailboxStore::Summary>>)>;
  void list(std::string recipient, const ListReply& reply);
  struct Total {
    std::int64_t messages;
    std::int64_t bytes;
  };
  /// What waits, all together, as the database has it now.
  void count(const std::function<void(std::optional<Total>)>& reply);
  /// For what is stored after it.
  void limit(const MailboxQuota& quota);

  /// After the last transaction.
  struct Status {
    std::size_t waiting = 0;  ///< questions
    std::int64_t messages = 0;
    std::int64_t bytes = 0;
    /// A transaction came to nothing, or what it was to change did, and nothing has been stored since.
    bool is_failing = false;
  };
  /// From any thread.
  Status status() const;
  /// What is asked for and not known to be on the disk.
  struct Unwritten {
    std::size_t changes = 0;  ///< none of which has been answered
    std::size_t forgets = 0;
  };
  /// From any thread.
  Unwritten unwritten() const;

 private:
  enum class Fate : std::uint8_t { committed, lost };
  /// Says what came of it, once that is certain.
  using Answer = std::function<void(Fate)>;
  /// The store is missing where it is in no transaction: it could not begin it, or a full disk has ended it.
  using Task = std::function<Answer(MailboxStore*)>;
  struct Work {
    enum class Kind : std::uint8_t { changes, forgets, reads };
    Kind kind;
    Task task;
  };
  void ask(const std::function<MailboxStore::Loaded(MailboxStore&)>& question, const LoadReply& reply);
  bool add(Work work, std::size_t limit);
  static void count_in(Unwritten& unwritten, const Work& work);
  void begin_to_end(std::function<void()> ended);
  void work();
  std::vector<Work> take();
  void work_on(const std::vector<Work>& works);
  bool read_without_changes(const std::vector<Work>& works, std::vector<Answer>& answers);
  void note(bool is_failing);
  bool still_fails(bool is_committed);

  MailboxStore store_;                      ///< the thread's own once it runs
  std::vector<std::uint64_t> unforgotten_;  ///< likewise; what still has to be forgotten
  bool has_failed_ = false;                 ///< likewise; something of the transaction in work
  bool has_stored_ = false;                 ///< likewise; a letter
  bool is_sweep_begun_ = false;             ///< likewise; by it
  bool is_failing_ = false;                 ///< likewise; as in Status
  mutable std::mutex mutex_;                ///< guards what stands below
  std::condition_variable changed_;
  std::deque<Work> waiting_;
  Status status_;
  Unwritten in_work_;
  enum class Life : std::uint8_t { running, ending, ended };
  Life life_ = Life::running;
  std::function<void()> ended_;
  std::thread thread_;
};

}  // namespace relay
