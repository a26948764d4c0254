#include "store/mailbox_thread.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace relay {

using Stored = MailboxStore::Stored;
using Loaded = MailboxStore::Loaded;
using Forgotten = MailboxStore::Forgotten;

MailboxThread::MailboxThread(MailboxStore store)
    : store_(std::move(store)),
      status_{.messages = store_.messages(), .bytes = store_.bytes()},
      thread_([this] { work(); }) {}

MailboxThread::~MailboxThread() {
  begin_to_end({});
  thread_.join();
}

void MailboxThread::end(std::function<void()> ended) { begin_to_end(std::move(ended)); }

void MailboxThread::begin_to_end(std::function<void()> ended) {
  {
    const std::lock_guard lock(mutex_);
    if (life_ != Life::running) return;
    life_ = Life::ending;
    ended_ = std::move(ended);
  }
  changed_.notify_one();
}

bool MailboxThread::has_ended() const {
  const std::lock_guard lock(mutex_);
  return life_ == Life::ended;
}

void MailboxThread::store(Letter letter, std::optional<Letter> notice, const StoreReply& reply) {
  const auto task = [this, letter = std::move(letter), notice = std::move(notice),
                     reply](MailboxStore* store) -> Answer {
    Stored outcome = store ? store->store(letter) : Stored::failed;
    if (outcome == Stored::stored && notice && store->store(*notice) == Stored::failed)
      outcome = Stored::failed;
    has_failed_ = has_failed_ || outcome == Stored::failed;
    has_stored_ = has_stored_ || outcome == Stored::stored;
    return [outcome, reply](Fate fate) { reply(fate == Fate::committed ? outcome : Stored::failed); };
  };
  if (!add({Work::Kind::changes, task}, max_waiting)) reply(Stored::failed);
}

void MailboxThread::load(std::string recipient, std::uint64_t after, const LoadReply& reply) {
  ask([recipient = std::move(recipient), after](MailboxStore& store) { return store.load(recipient, after); },
      reply);
}

void MailboxThread::load_expired(sip::UnixTime now, sip::UnixTime after_time, std::uint64_t after,
                                 const LoadReply& reply) {
  const bool begins = after_time == sip::UnixTime() && after == 0;
  const auto question = [this, begins, now, after_time, after](MailboxStore& store) {
    is_sweep_begun_ = is_sweep_begun_ || begins;
    return store.load_expired(now, after_time, after);
  };
  ask(question, reply);
}

void MailboxThread::ask(const std::function<MailboxStore::Loaded(MailboxStore&)>& question,
                        const LoadReply& reply) {
  const auto task = [question, reply](MailboxStore* store) -> Answer {
    Loaded loaded = store ? question(*store) : Loaded{.failed = true};
    return [loaded = std::move(loaded), reply](Fate fate) {
      reply(fate == Fate::committed ? loaded : Loaded{.failed = true});
    };
  };
  if (!add({Work::Kind::reads, task}, max_waiting)) reply({.failed = true});
}

void MailboxThread::forget(std::uint64_t number) {
  const auto task = [this, number](MailboxStore* store) -> Answer {
    if (store) store->forget(number);
    return [this, number](Fate fate) {
      if (fate == Fate::lost) unforgotten_.push_back(number);
    };
  };
  add({Work::Kind::forgets, task}, std::numeric_limits<std::size_t>::max());
}

void MailboxThread::remove(std::uint64_t number, const std::function<void(Forgotten)>& reply) {
  const auto task = [this, number, reply](MailboxStore* store) -> Answer {
    const Forgotten outcome = store ? store->forget(number) : Forgotten::failed;
    has_failed_ = has_failed_ || outcome == Forgotten::failed;
    return [outcome, reply](Fate fate) { reply(fate == Fate::committed ? outcome : Forgotten::failed); };
  };
  if (!add({Work::Kind::changes, task}, max_waiting)) reply(Forgotten::failed);
}

void MailboxThread::forget_all(std::string recipient, const std::function<void(bool)>& reply) {
  const auto task = [this, recipient = std::move(recipient), reply](MailboxStore* store) -> Answer {
    const bool is_done = store && store->forget_all(recipient);
    has_failed_ = has_failed_ || !is_done;
    return [is_done, reply](Fate fate) { reply(is_done && fate == Fate::committed); };
  };
  if (!add({Work::Kind::changes, task}, max_waiting)) reply(false);
}

void MailboxThread::list(std::string recipient, const ListReply& reply) {
  const auto task = [recipient = std::move(recipient), reply](MailboxStore* store) -> Answer {
    auto summaries = store ? store->list(recipient) : std::nullopt;
    return [summaries = std::move(summaries), reply](Fate) { reply(summaries); };
  };
  if (!add({Work::Kind::reads, task}, max_waiting)) reply(std::nullopt);
}

void MailboxThread::count(const std::function<void(std::optional<Total>)>& reply) {
  const auto task = [reply](MailboxStore* store) -> Answer {
    const auto total = store ? std::optional(Total{store->messages(), store->bytes()}) : std::nullopt;
    return [total, reply](Fate fate) { reply(fate == Fate::committed ? total : std::nullopt); };
  };
  if (!add({Work::Kind::reads, task}, max_waiting)) reply(std::nullopt);
}

void MailboxThread::limit(const MailboxQuota& quota) {
  const auto task = [this, quota](MailboxStore*) -> Answer {
    store_.limit(quota);
    return [](Fate) {};
  };
  add({Work::Kind::changes, task}, std::numeric_limits<std::size_t>::max());
}

bool MailboxThread::add(Work work, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= limit || life_ != Life::running) return false;
  waiting_.push_back(std::move(work));
  changed_.notify_one();
  return true;
}

void MailboxThread::work() {
  for (auto works = take(); !works.empty(); works = take()) work_on(works);
  // Which writes: it moves what is in the log to where it belongs.
  { const MailboxStore closing(std::move(store_)); }
  const std::unique_lock lock(mutex_);
  life_ = Life::ended;
  if (ended_) ended_();
}

/// What is to be done together; nothing when all is done and the thread is to end.
std::vector<MailboxThread::Work> MailboxThread::take() {
  std::unique_lock lock(mutex_);
  in_work_ = {};
  changed_.wait(lock, [this] { return life_ != Life::running || !waiting_.empty(); });
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), max_together));
  const auto end = waiting_.begin() + count;
  std::vector<Work> works(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  for (const Work& work : works) count_in(in_work_, work);
  return works;
}

void MailboxThread::work_on(const std::vector<Work>& works) {
  const bool is_begun = store_.begin();
  has_failed_ = has_stored_ = is_sweep_begun_ = false;
  for (const std::uint64_t number : unforgotten_)
    if (store_.is_in_transaction()) store_.forget(number);
  std::vector<Answer> answers;
  answers.reserve(works.size());
  for (const Work& work : works) answers.push_back(work.task(store_.is_in_transaction() ? &store_ : nullptr));
  const bool is_committed = is_begun && store_.commit();
  const bool is_read = is_committed || (is_begun && read_without_changes(works, answers));
  if (is_committed) unforgotten_.clear();
  is_failing_ = still_fails(is_committed);
  note(is_failing_);
  for (std::size_t i = 0; i < works.size(); ++i) {
    const bool counts = works[i].kind == Work::Kind::reads ? is_read : is_committed;
    answers[i](counts ? Fate::committed : Fate::lost);
  }
}

/// What is only read says nothing of a disk that could not be written.
bool MailboxThread::still_fails(bool is_committed) {
  if (!is_committed || has_failed_) return true;
  if (!is_failing_ || has_stored_) return false;
  return !is_sweep_begun_ || !store_.can_write();
}

/// Nothing can be written: reads again without what was to be stored, but as if all were forgotten that has
/// to be.
bool MailboxThread::read_without_changes(const std::vector<Work>& works, std::vector<Answer>& answers) {
  if (!store_.begin()) return false;
  for (const std::uint64_t number : unforgotten_) store_.forget(number);
  for (std::size_t i = 0; i < works.size(); ++i) {
    if (works[i].kind == Work::Kind::forgets) works[i].task(&store_);
    if (works[i].kind == Work::Kind::reads) answers[i] = works[i].task(&store_);
  }
  return store_.roll_back();
}

void MailboxThread::note(bool is_failing) {
  const std::lock_guard lock(mutex_);
  status_.messages = store_.messages();
  status_.bytes = store_.bytes();
  status_.is_failing = is_failing;
}

void MailboxThread::count_in(Unwritten& unwritten, const Work& work) {
  switch (work.kind) {
    case Work::Kind::changes: ++unwritten.changes; break;
    case Work::Kind::forgets: ++unwritten.forgets; break;
    case Work::Kind::reads: break;
  }
}

MailboxThread::Unwritten MailboxThread::unwritten() const {
  const std::lock_guard lock(mutex_);
  Unwritten unwritten = in_work_;
  for (const Work& work : waiting_) count_in(unwritten, work);
  return unwritten;
}

MailboxThread::Status MailboxThread::status() const {
  const std::lock_guard lock(mutex_);
  Status status = status_;
  status.waiting = waiting_.size();
  return status;
}

}  // namespace relay
