#include "store/credential_thread.h"

#include <utility>

namespace relay {

CredentialThread::CredentialThread(CredentialStore store)
    : store_(std::move(store)), thread_([this] { work(); }) {}

CredentialThread::~CredentialThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void CredentialThread::find(std::string user, std::string domain, Reply reply) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < max_waiting) {
      waiting_.push_back({std::move(user), std::move(domain), std::move(reply)});
      changed_.notify_one();
      return;
    }
  }
  reply({std::nullopt, true});
}

void CredentialThread::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    Question question = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    question.reply(store_.find(question.user, question.domain));
  }
}

}  // namespace relay
