#include "store/credential_thread.h"

#include <utility>

namespace relay {
namespace {

StoreError busy() { return {StoreError::Reason::failed, "too many questions wait for the accounts"}; }

}  // namespace

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

void CredentialThread::find(std::string user, std::string domain, const Reply& reply) {
  const auto task = [user = std::move(user), domain = std::move(domain), reply](CredentialStore& store) {
    reply(store.find(user, domain));
  };
  if (!enqueue(task)) reply({std::nullopt, true});
}

void CredentialThread::list(const ListReply& reply) {
  if (!enqueue([reply](CredentialStore& store) { reply(store.list()); })) reply(busy());
}

void CredentialThread::add(std::string user, std::string domain, std::string password,
                           const ChangeReply& reply) {
  change([user = std::move(user), domain = std::move(domain), password = std::move(password)](
             CredentialStore& store) { return store.add(user, domain, password); },
         reply);
}

void CredentialThread::set_password(std::string user, std::string domain, std::string password,
                                    const ChangeReply& reply) {
  change([user = std::move(user), domain = std::move(domain), password = std::move(password)](
             CredentialStore& store) { return store.set_password(user, domain, password); },
         reply);
}

void CredentialThread::remove(std::string user, std::string domain, const ChangeReply& reply) {
  change([user = std::move(user),
          domain = std::move(domain)](CredentialStore& store) { return store.remove(user, domain); },
         reply);
}

void CredentialThread::change(const Change& change, const ChangeReply& reply) {
  if (!enqueue([change, reply](CredentialStore& store) { reply(change(store)); })) reply(busy());
}

bool CredentialThread::enqueue(Task task) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= max_waiting) return false;
  waiting_.push_back(std::move(task));
  changed_.notify_one();
  return true;
}

std::size_t CredentialThread::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void CredentialThread::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const Task task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    task(store_);
  }
}

}  // namespace relay
