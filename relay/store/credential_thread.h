#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "store/credential_store.h"

namespace relay {

/// Works for a CredentialStore on a thread of its own, so that a slow disk holds up no socket.
class CredentialThread {
 public:
  /// All are called on the store's thread; they must not block.
  using Reply = std::function<void(CredentialStore::Found)>;
  using ListReply = std::function<void(std::variant<std::vector<std::string>, StoreError>)>;
  using ChangeReply = std::function<void(std::optional<StoreError>)>;
  /// Questions that may wait. When more come, the disk has hung, and saying so beats waiting with it.
  static constexpr std::size_t max_waiting = 10000;

  explicit CredentialThread(CredentialStore store);
  /// As end(), however long the disk takes: whoever cannot wait looks at has_ended().
  ~CredentialThread();
  CredentialThread(const CredentialThread&) = delete;
  CredentialThread& operator=(const CredentialThread&) = delete;

  /// Has it finish the question in work, while those still waiting get no answer, close the store and call
  /// `ended`, on its thread. To be called once.
  void end(std::function<void()> ended);
  /// Whether the store is closed. From any thread.
  bool has_ended() const;

  /// Each question is answered once, in order; with `failed` at once when too many wait, and after end().
  void find(std::string user, std::string domain, const Reply& reply);
  void list(const ListReply& reply);
  /// CredentialStore::add, set_password and remove.
  void add(std::string user, std::string domain, std::string password, const ChangeReply& reply);
  void set_password(std::string user, std::string domain, std::string password, const ChangeReply& reply);
  void remove(std::string user, std::string domain, const ChangeReply& reply);
  /// Questions that wait. From any thread.
  std::size_t waiting() const;

 private:
  using Task = std::function<void(CredentialStore&)>;
  using Change = std::function<std::optional<StoreError>(CredentialStore&)>;
  void change(const Change& change, const ChangeReply& reply);
  /// False when too many wait, or it ends.
  bool enqueue(Task task);
  void begin_to_end(std::function<void()> ended);
  void work();

  CredentialStore store_;     ///< the thread's own once it runs
  mutable std::mutex mutex_;  ///< guards what stands below
  std::condition_variable changed_;
  std::deque<Task> waiting_;
  enum class Life : std::uint8_t { running, ending, ended };
  Life life_ = Life::running;
  std::function<void()> ended_;
  std::thread thread_;
};

}  // namespace relay
