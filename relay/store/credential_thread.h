#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "store/credential_store.h"

namespace relay {

/// Answers questions to a CredentialStore on a thread of its own, so that a slow disk holds up no socket.
class CredentialThread {
 public:
  /// Called on the store's thread; it must not block.
  using Reply = std::function<void(CredentialStore::Found)>;
  /// Questions that may wait. When more come, the disk has hung, and saying so beats waiting with it.
  static constexpr std::size_t max_waiting = 10000;

  explicit CredentialThread(CredentialStore store);
  /// Waits for the question in work; those still waiting get no answer.
  ~CredentialThread();
  CredentialThread(const CredentialThread&) = delete;
  CredentialThread& operator=(const CredentialThread&) = delete;

  /// Each question is answered once, in order; with `failed` at once when too many wait.
  void find(std::string user, std::string domain, Reply reply);

 private:
  struct Question {
    std::string user;
    std::string domain;
    Reply reply;
  };
  void work();

  CredentialStore store_;  ///< the thread's own once it runs
  std::mutex mutex_;       ///< guards what stands below
  std::condition_variable changed_;
  std::deque<Question> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace relay
