#include "store/mailbox_store.h"

#include <utility>

#include "store/data_directory.h"
#include "store/schema.h"

namespace relay {
namespace {

using Step = Statement::Step;

constexpr std::string_view mailbox_schema_version = "2";
/// AUTOINCREMENT: no number is ever given again, or a late "forget" would hit another message.
constexpr const char* mailbox_schema = R"(
  CREATE TABLE messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient TEXT NOT NULL,
    identity TEXT NOT NULL,
    request TEXT NOT NULL,
    size INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    from_stranger INTEGER NOT NULL DEFAULT 0,
    UNIQUE (recipient, identity)
  ) STRICT;
  CREATE INDEX messages_in_order ON messages (recipient, number, size, from_stranger);
  CREATE INDEX messages_by_end ON messages (expires_at, number);
  PRAGMA user_version = 2;
)";
/// Nobody knows any more who sent what waits: it counts as known.
constexpr const char* mailbox_from_version_1 = R"(
  ALTER TABLE messages ADD COLUMN from_stranger INTEGER NOT NULL DEFAULT 0;
  DROP INDEX messages_in_order;
  CREATE INDEX messages_in_order ON messages (recipient, number, size, from_stranger);
  PRAGMA user_version = 2;
)";
/// As much as a SIP message may have, which a page that is free already would not show. Where the process
/// ends in between, the next trial does away with it.
constexpr const char* trial =
    "BEGIN IMMEDIATE; DROP TABLE IF EXISTS trial; CREATE TABLE trial (content BLOB); "
    "INSERT INTO trial VALUES (zeroblob(65536)); COMMIT";
/// How many, how large, and those of strangers among them.
constexpr const char* mailbox_sums =
    "SELECT COUNT(*), IFNULL(SUM(size), 0), "
    "IFNULL(SUM(from_stranger), 0), IFNULL(SUM(size * from_stranger), 0) "
    "FROM messages";

std::int64_t size_of(const Letter& letter) {
  return static_cast<std::int64_t>(letter.request.size() + letter.recipient.size() + letter.identity.size());
}

std::int64_t milliseconds(sip::UnixTime time) { return time.time_since_epoch().count(); }

/// Resets a statement when the block ends.
class Run {
 public:
  explicit Run(Statement& statement) : statement_(statement) {}
  ~Run() { statement_.reset(); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  Statement* operator->() { return &statement_; }

 private:
  Statement& statement_;
};

MailboxStore::Loaded row_of(Statement& statement) {
  switch (statement.step()) {
    case Step::row: break;
    case Step::done: return {};
    case Step::constraint:
    case Step::failed: return {.failed = true};
  }
  return {Letter{.recipient = statement.text(1),
                 .identity = statement.text(2),
                 .request = statement.text(3),
                 .expires_at = sip::UnixTime(sip::Milliseconds(statement.number(4))),
                 .number = static_cast<std::uint64_t>(statement.number(0)),
                 .is_from_stranger = statement.number(5) != 0}};
}

}  // namespace

std::variant<MailboxStore, StoreError> MailboxStore::open(const std::string& data,
                                                          const MailboxQuota& quota) {
  const auto file = private_file(data, "mailbox.sqlite");
  if (const auto* error = std::get_if<StoreError>(&file)) return *error;
  const std::string& name = std::get<std::string>(file);
  auto opened = in(Sqlite(name), quota);
  if (const auto* error = std::get_if<StoreError>(&opened))
    return StoreError{error->reason, "cannot open " + name + ": " + error->message};
  return opened;
}

std::variant<MailboxStore, StoreError> MailboxStore::in(Sqlite database, const MailboxQuota& quota) {
  MailboxStore store{std::move(database), quota};
  auto error = store.database_.is_open() ? store.prepare() : store.failure();
  if (error) return *std::move(error);
  return store;
}

std::optional<StoreError> MailboxStore::prepare() {
  // FULL: a commit returns when the write-ahead log is on the disk.
  // No spill: a transaction stays in memory until its commit (some 32 MiB of it at most), so that a full disk
  // does not end one that is only read in.
  if (!database_.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_spill = OFF"))
    return failure();
  if (auto error = migrate(database_, {mailbox_schema_version, mailbox_schema, mailbox_from_version_1}))
    return error;
  data_version_ = database_.prepare("PRAGMA data_version");
  find_ = database_.prepare("SELECT 1 FROM messages WHERE recipient = ?1 AND identity = ?2");
  sum_ = database_.prepare(std::string(mailbox_sums) + " WHERE recipient = ?1");
  insert_ = database_.prepare(
      "INSERT INTO messages (recipient, identity, request, size, expires_at, from_stranger) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  load_ = database_.prepare(
      "SELECT number, recipient, identity, request, expires_at, from_stranger FROM messages "
      "WHERE recipient = ?1 AND number > ?2 ORDER BY number LIMIT 1");
  load_expired_ = database_.prepare(
      "SELECT number, recipient, identity, request, expires_at, from_stranger FROM messages "
      "WHERE expires_at <= ?1 AND (expires_at, number) > (?2, ?3) ORDER BY expires_at, number LIMIT 1");
  forget_ = database_.prepare("DELETE FROM messages WHERE number = ?1 RETURNING size, from_stranger");
  if (!data_version_ || !find_ || !sum_ || !insert_ || !load_ || !load_expired_ || !forget_ || !count())
    return failure();
  return std::nullopt;
}

/// Another one when any other connection has changed the database.
std::int64_t MailboxStore::data_version() {
  Run asking(data_version_);
  return asking->step() == Step::row ? asking->number(0) : 0;
}

bool MailboxStore::count() {
  const std::int64_t version = data_version();
  Statement all = database_.prepare(mailbox_sums);
  if (!all || all.step() != Step::row) return false;
  held_ = {all.number(0), all.number(1), all.number(2), all.number(3)};
  counted_version_ = version;
  return true;
}

bool MailboxStore::begin() {
  has_failed_ = false;
  if (!database_.run("BEGIN IMMEDIATE")) return false;
  if (data_version() != counted_version_) count();
  return true;
}

bool MailboxStore::commit() {
  if (!has_failed_ && database_.run("COMMIT")) return true;
  roll_back();
  return false;
}

bool MailboxStore::roll_back() {
  const bool counts = !has_failed_ && is_in_transaction();
  database_.run("ROLLBACK");
  count();
  return counts;
}

bool MailboxStore::can_write() {
  const bool is_written = database_.run(trial) && database_.run("DROP TABLE trial");
  if (is_in_transaction()) database_.run("ROLLBACK");
  return is_written;
}

MailboxStore::Stored MailboxStore::store(const Letter& letter) {
  const Stored judged = judge(letter);
  if (judged != Stored::stored) return judged;
  if (letter.instead_of == 0) return insert(letter);
  const Forgotten before = forget(letter.instead_of);
  if (before == Forgotten::missing) return Stored::repeat;
  const Stored outcome = before == Forgotten::failed ? Stored::failed : insert(letter);
  // What it was to replace must not be gone without it.
  has_failed_ = has_failed_ || outcome == Stored::failed;
  return outcome;
}

MailboxStore::Stored MailboxStore::insert(const Letter& letter) {
  const std::int64_t size = size_of(letter);
  Run row(insert_);
  row->bind(1, letter.recipient);
  row->bind(2, letter.identity);
  row->bind(3, letter.request);
  row->bind(4, size);
  row->bind(5, milliseconds(letter.expires_at));
  row->bind(6, std::int64_t{letter.is_from_stranger ? 1 : 0});
  if (row->step() != Step::done) return Stored::failed;
  held_.add(size, letter.is_from_stranger);
  return Stored::stored;
}

/// Whether there is a place for it; a repeat has one already.
MailboxStore::Stored MailboxStore::judge(const Letter& letter) {
  Run find(find_);
  find->bind(1, letter.recipient);
  find->bind(2, letter.identity);
  const Step found = find->step();
  if (found == Step::row) return Stored::repeat;
  if (found != Step::done) return Stored::failed;
  const std::int64_t size = size_of(letter);
  const MailboxQuota strangers = quota_.of_strangers();
  const MailboxQuota all = letter.instead_of == 0 ? quota_ : quota_.doubled();
  const auto is_full = [&](std::int64_t messages, std::int64_t bytes, std::int64_t most_messages,
                           std::int64_t most_bytes) {
    return messages >= most_messages || bytes + size > most_bytes;
  };
  if (is_full(held_.messages, held_.bytes, all.messages, all.bytes)) return Stored::full;
  if (letter.is_from_stranger &&
      is_full(held_.strangers_messages, held_.strangers_bytes, strangers.messages, strangers.bytes))
    return Stored::full;
  Run sum(sum_);
  sum->bind(1, letter.recipient);
  if (sum->step() != Step::row) return Stored::failed;
  if (is_full(sum->number(0), sum->number(1), all.messages_each, all.bytes_each)) return Stored::full;
  const bool is_past_half = letter.is_from_stranger && is_full(sum->number(2), sum->number(3),
                                                               strangers.messages_each, strangers.bytes_each);
  return is_past_half ? Stored::full : Stored::stored;
}

MailboxStore::Loaded MailboxStore::load(std::string_view recipient, std::uint64_t after) {
  Run load(load_);
  load->bind(1, recipient);
  load->bind(2, static_cast<std::int64_t>(after));
  return row_of(load_);
}

MailboxStore::Loaded MailboxStore::load_expired(sip::UnixTime now, sip::UnixTime after_time,
                                                std::uint64_t after) {
  Run load(load_expired_);
  load->bind(1, milliseconds(now));
  load->bind(2, milliseconds(after_time));
  load->bind(3, static_cast<std::int64_t>(after));
  return row_of(load_expired_);
}

MailboxStore::Forgotten MailboxStore::forget(std::uint64_t number) {
  const Forgotten outcome = erase(number);
  has_failed_ = has_failed_ || outcome == Forgotten::failed;
  return outcome;
}

MailboxStore::Forgotten MailboxStore::erase(std::uint64_t number) {
  Run forget(forget_);
  forget->bind(1, static_cast<std::int64_t>(number));
  switch (forget->step()) {
    case Step::row: break;
    case Step::done: return Forgotten::missing;
    case Step::constraint:
    case Step::failed: return Forgotten::failed;
  }
  const std::int64_t size = forget->number(0);
  const bool is_from_stranger = forget->number(1) != 0;
  if (forget->step() != Step::done) return Forgotten::failed;
  held_.remove(size, is_from_stranger);
  return Forgotten::forgotten;
}

bool MailboxStore::forget_all(std::string_view recipient) {
  Statement forgetting =
      database_.prepare("DELETE FROM messages WHERE recipient = ?1 RETURNING size, from_stranger");
  if (!forgetting) return false;
  forgetting.bind(1, recipient);
  Held left = held_;
  Step step = forgetting.step();
  for (; step == Step::row; step = forgetting.step())
    left.remove(forgetting.number(0), forgetting.number(1) != 0);
  if (step != Step::done) return false;
  held_ = left;
  return true;
}

std::optional<std::vector<MailboxStore::Summary>> MailboxStore::list(std::string_view recipient) {
  Statement reading = database_.prepare(
      "SELECT number, size, expires_at FROM messages WHERE recipient = ?1 ORDER BY number LIMIT 1000");
  if (!reading) return std::nullopt;
  reading.bind(1, recipient);
  std::vector<Summary> summaries;
  Step step = reading.step();
  for (; step == Step::row; step = reading.step())
    summaries.push_back({static_cast<std::uint64_t>(reading.number(0)), reading.number(1),
                         sip::UnixTime(sip::Milliseconds(reading.number(2)))});
  if (step != Step::done) return std::nullopt;
  return summaries;
}

StoreError MailboxStore::failure() const { return {StoreError::Reason::failed, database_.error()}; }

}  // namespace relay
