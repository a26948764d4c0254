#include "store/credential_thread.h"

#include <utility>

namespace relay {
namespace {

StoreError busy() { return {StoreError::Reason::failed, "too many questions wait for the accounts"}; }

}  // namespace

CredentialThread::CredentialThread(CredentialStore store)
    : store_(std::move(store)), thread_([this] { work(); }) {}

CredentialThread::~CredentialThread() {
  begin_to_end({});
  thread_.join();
}

void CredentialThread::end(std::function<void()> ended) { begin_to_end(std::move(ended)); }

void CredentialThread::begin_to_end(std::function<void()> ended) {
  {
    const std::lock_guard lock(mutex_);
    if (life_ != Life::running) return;
    life_ = Life::ending;
    ended_ = std::move(ended);
  }
  changed_.notify_one();
}

bool CredentialThread::has_ended() const {
  const std::lock_guard lock(mutex_);
  return life_ == Life::ended;
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
  if (waiting_.size() >= max_waiting || life_ != Life::running) return false;
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
    changed_.wait(lock, [this] { return life_ != Life::running || !waiting_.empty(); });
    if (life_ != Life::running) break;
    const Task task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    task(store_);
  }
  // Which writes: it moves what is in the log to where it belongs.
  { const CredentialStore closing(std::move(store_)); }
  const std::lock_guard lock(mutex_);
  life_ = Life::ended;
  if (ended_) ended_();
}

}  // namespace relay
