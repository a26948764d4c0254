#include "store/mailbox_thread.h"

#include <catch2/catch.hpp>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "temporary_directory.h"

namespace mailbox_thread_test {

using namespace relay;
using Stored = MailboxStore::Stored;
using Loaded = MailboxStore::Loaded;

namespace {

MailboxStore new_store(const std::string& data = ":memory:") {
  return std::get<MailboxStore>(MailboxStore::open(data, {}));
}

Letter letter(const std::string& identity) { return {"bob@example.com", identity, "MESSAGE", {}}; }

std::string name_of(const Loaded& loaded) { return loaded.letter ? loaded.letter->identity : "nothing"; }

/// Keeps the store's thread busy until it is let go.
class Gate {
 public:
  explicit Gate(MailboxThread& thread) {
    thread.load("nobody", 0, [this](const Loaded&) {
      reached_.set_value();
      open_.get_future().get();
    });
    reached_.get_future().get();
  }
  void open() { open_.set_value(); }

 private:
  std::promise<void> reached_;
  std::promise<void> open_;
};

/// One that does not wait for a database which somebody else has locked.
MailboxStore impatient_store(const std::string& directory) {
  Sqlite impatient(directory + "/mailbox.sqlite");
  REQUIRE(impatient.run("PRAGMA busy_timeout = 0"));
  return std::get<MailboxStore>(MailboxStore::in(std::move(impatient), {}));
}

}  // namespace

TEST_CASE("what is asked is done in order, on another thread, and each finds what was done before it") {
  MailboxThread thread(new_store());
  std::promise<void> done;
  std::vector<std::string> answers;
  bool other_thread = true;
  const auto here = std::this_thread::get_id();
  const auto note = [&](std::string what) {
    answers.push_back(std::move(what));
    other_thread = other_thread && std::this_thread::get_id() != here;
  };
  thread.load("bob@example.com", 0, [&](const Loaded& loaded) { note(name_of(loaded)); });
  thread.store(letter("a"), [&](Stored outcome) { note(outcome == Stored::stored ? "stored" : "not"); });
  thread.store(letter("a"), [&](Stored outcome) { note(outcome == Stored::repeat ? "repeat" : "not"); });
  thread.load("bob@example.com", 0, [&](const Loaded& loaded) { note(name_of(loaded)); });
  thread.load_expired(sip::UnixTime(), sip::UnixTime(), 0,
                      [&](const Loaded& loaded) { note(name_of(loaded)); });
  thread.forget(1);
  thread.load("bob@example.com", 0, [&](const Loaded& loaded) {
    note(name_of(loaded));
    done.set_value();
  });
  done.get_future().get();
  CHECK(answers == std::vector<std::string>{"nothing", "stored", "repeat", "a", "a", "nothing"});
  CHECK(other_thread);
}

TEST_CASE("whoever removes a letter hears whether it was there, and whether that is certain") {
  using Forgotten = MailboxStore::Forgotten;
  const TemporaryDirectory directory;
  MailboxThread thread(impatient_store(directory.name()));
  MailboxStore other = new_store(directory.name());
  const auto removed = [&](std::uint64_t number) {
    std::promise<Forgotten> outcome;
    thread.remove(number, [&](Forgotten each) { outcome.set_value(each); });
    return outcome.get_future().get();
  };
  std::promise<void> stored;
  thread.store(letter("a"), [&](Stored) { stored.set_value(); });
  stored.get_future().get();
  CHECK(removed(2) == Forgotten::missing);
  REQUIRE(other.begin());
  CHECK(removed(1) == Forgotten::failed);
  REQUIRE(other.commit());
  CHECK(removed(1) == Forgotten::forgotten);
  CHECK(removed(1) == Forgotten::missing);
}

TEST_CASE("what is asked while the disk is busy is committed together, before the first of it is answered") {
  const TemporaryDirectory directory;
  MailboxThread thread(new_store(directory.name()));
  MailboxStore reader = new_store(directory.name());
  Gate gate(thread);
  std::promise<std::string> last_seen_at_first_answer;
  for (int i = 0; i < 10; ++i)
    thread.store(letter(std::to_string(i)), [&, i](Stored outcome) {
      if (i == 0) last_seen_at_first_answer.set_value(name_of(reader.load("bob@example.com", 9)));
      if (outcome != Stored::stored) last_seen_at_first_answer.set_value("not stored");
    });
  gate.open();
  CHECK(last_seen_at_first_answer.get_future().get() == "9");
}

TEST_CASE("what is told of a letter is stored with it, once, and is no reason not to keep the letter") {
  MailboxThread thread(new_store());
  thread.limit({.messages_each = 1});
  const auto stored = [&](const std::string& identity, const std::string& notice) {
    std::promise<Stored> outcome;
    Letter told = letter(notice);
    told.recipient = "alice@example.com";
    thread.store(letter(identity), told, [&](Stored found) { outcome.set_value(found); });
    return outcome.get_future().get();
  };
  const auto first = [&](std::uint64_t after = 0) {
    std::promise<std::string> name;
    thread.load("alice@example.com", after, [&](const Loaded& loaded) { name.set_value(name_of(loaded)); });
    return name.get_future().get();
  };
  CHECK(stored("a", "told of a") == Stored::stored);
  CHECK(first() == "told of a");
  CHECK(stored("a", "told again") == Stored::repeat);
  CHECK(stored("b", "told of b") == Stored::full);
  thread.forget(1);
  CHECK(stored("b", "told of b") == Stored::stored);
  CHECK(first(2) == "nothing");
}

TEST_CASE("a database that is locked fails every answer of its transaction, and none of a later one") {
  const TemporaryDirectory directory;
  MailboxThread thread(impatient_store(directory.name()));
  MailboxStore other = new_store(directory.name());
  REQUIRE(other.begin());
  std::promise<Stored> first;
  std::promise<bool> load_failed;
  std::promise<Stored> second;
  thread.store(letter("a"), [&](Stored outcome) { first.set_value(outcome); });
  CHECK(first.get_future().get() == Stored::failed);
  thread.forget(1);
  thread.load("bob@example.com", 0, [&](const Loaded& loaded) { load_failed.set_value(loaded.failed); });
  CHECK(load_failed.get_future().get());
  REQUIRE(other.commit());
  thread.store(letter("a"), [&](Stored outcome) { second.set_value(outcome); });
  CHECK(second.get_future().get() == Stored::stored);
}

TEST_CASE("what could not be forgotten is forgotten before anything else succeeds") {
  const TemporaryDirectory directory;
  MailboxThread thread(impatient_store(directory.name()));
  const auto stored = [&](const std::string& identity) {
    std::promise<Stored> outcome;
    thread.store(letter(identity), [&](Stored found) { outcome.set_value(found); });
    return outcome.get_future().get();
  };
  const auto first = [&] {
    std::promise<std::string> name;
    thread.load("bob@example.com", 0,
                [&](const Loaded& loaded) { name.set_value(loaded.failed ? "failed" : name_of(loaded)); });
    return name.get_future().get();
  };
  REQUIRE(stored("a") == Stored::stored);
  REQUIRE(stored("b") == Stored::stored);
  MailboxStore other = new_store(directory.name());
  REQUIRE(other.begin());
  thread.forget(1);
  CHECK(first() == "failed");
  REQUIRE(other.commit());
  CHECK(first() == "b");
}

TEST_CASE("when too many questions wait the next fails at once; forgetting is never turned away") {
  MailboxThread thread(new_store());
  Gate gate(thread);
  std::promise<void> last;
  for (std::size_t i = 0; i + 1 < MailboxThread::max_waiting; ++i) thread.forget(i);
  thread.load("bob@example.com", 0, [&](const Loaded&) { last.set_value(); });
  Stored stored = Stored::stored;
  thread.store(letter("a"), [&](Stored outcome) { stored = outcome; });
  CHECK(stored == Stored::failed);
  int failures = 0;
  const auto note = [&](const Loaded& loaded) { failures += loaded.failed ? 1 : 0; };
  thread.load("bob@example.com", 0, note);
  thread.load_expired(sip::UnixTime(), sip::UnixTime(), 0, note);
  CHECK(failures == 2);
  thread.forget(1);
  gate.open();
  last.get_future().get();
}

TEST_CASE("the thread does what was asked before it ends") {
  const TemporaryDirectory directory;
  {
    MailboxThread thread(new_store(directory.name()));
    for (int i = 0; i < 100; ++i) thread.store(letter(std::to_string(i)), [](Stored) {});
  }
  MailboxStore after = new_store(directory.name());
  CHECK(name_of(after.load("bob@example.com", 99)) == "99");
}

TEST_CASE("the thread says that it has done what was asked before, and what comes later fails") {
  const TemporaryDirectory directory;
  MailboxThread thread(new_store(directory.name()));
  std::promise<void> ended;
  thread.store(letter("a"), [](Stored) {});
  CHECK_FALSE(thread.has_ended());
  thread.end([&] { ended.set_value(); });
  ended.get_future().get();
  CHECK(thread.has_ended());
  CHECK(thread.unwritten().changes == 0);
  Stored late = Stored::stored;
  thread.store(letter("b"), [&](Stored outcome) { late = outcome; });
  CHECK(late == Stored::failed);
  MailboxStore after = new_store(directory.name());
  CHECK(name_of(after.load("bob@example.com", 0)) == "a");
}

TEST_CASE("what is asked for and not yet known to be on the disk can be told while the disk hangs") {
  MailboxThread thread(new_store());
  Gate gate(thread);
  thread.store(letter("a"), [](Stored) {});
  thread.forget(7);
  std::promise<void> ended;
  thread.end([&] { ended.set_value(); });
  CHECK(thread.unwritten().changes == 1);
  CHECK(thread.unwritten().forgets == 1);
  CHECK_FALSE(thread.has_ended());
  gate.open();
  ended.get_future().get();
  CHECK(thread.unwritten().changes == 0);
  CHECK(thread.unwritten().forgets == 0);
}

TEST_CASE("the mailbox's thread ends without having been asked anything") {
  std::optional<MailboxThread> thread(new_store());
  thread.reset();
  CHECK_FALSE(thread);
}

TEST_CASE("the thread tells how much waits, lists it without its text, and forgets all of somebody's") {
  MailboxThread thread(new_store());
  std::promise<Stored> stored;
  thread.store(letter("a"), [](Stored) {});
  thread.store(letter("b"), [&](Stored outcome) { stored.set_value(outcome); });
  REQUIRE(stored.get_future().get() == Stored::stored);
  CHECK(thread.status().messages == 2);
  CHECK(thread.status().bytes > 0);
  CHECK(thread.status().waiting == 0);
  CHECK_FALSE(thread.status().is_failing);
  std::promise<std::optional<std::vector<MailboxStore::Summary>>> listed;
  thread.list("bob@example.com", [&](const auto& found) { listed.set_value(found); });
  const auto summaries = listed.get_future().get();
  REQUIRE(summaries);
  REQUIRE(summaries->size() == 2);
  CHECK(summaries->at(0).number == 1);
  CHECK(summaries->at(0).size * 2 == thread.status().bytes);
  std::promise<bool> forgotten;
  thread.forget_all("bob@example.com", [&](bool is_done) { forgotten.set_value(is_done); });
  CHECK(forgotten.get_future().get());
  CHECK(thread.status().messages == 0);
}

TEST_CASE(
    "a store that could not keep a message counts as failing until one is kept, whatever is read meanwhile") {
  const TemporaryDirectory directory;
  MailboxThread thread(impatient_store(directory.name()));
  MailboxStore other = new_store(directory.name());
  REQUIRE(other.begin());
  std::promise<void> failed;
  thread.store(letter("a"), [&](Stored) { failed.set_value(); });
  failed.get_future().get();
  CHECK(thread.status().is_failing);
  REQUIRE(other.commit());
  std::promise<void> read;
  thread.load("bob@example.com", 0, [](const Loaded&) {});
  thread.list("bob@example.com", [&](const auto&) { read.set_value(); });
  read.get_future().get();
  CHECK(thread.status().is_failing);
  std::promise<void> kept;
  thread.store(letter("a"), [&](Stored) { kept.set_value(); });
  kept.get_future().get();
  CHECK_FALSE(thread.status().is_failing);
}

TEST_CASE("a store that fails is tried by itself whenever a sweep begins, and nothing of the trial stays") {
  const TemporaryDirectory directory;
  MailboxThread thread(impatient_store(directory.name()));
  MailboxStore other = new_store(directory.name());
  const auto sweep = [&](sip::UnixTime after_time = {}) {
    std::promise<void> swept;
    thread.load_expired(sip::UnixTime(), after_time, 0, [&](const Loaded&) { swept.set_value(); });
    swept.get_future().get();
    return thread.status().is_failing;
  };
  REQUIRE(other.begin());
  CHECK(sweep());
  REQUIRE(other.commit());
  CHECK(sweep(sip::UnixTime(sip::Milliseconds(1))));  // goes on with one
  CHECK_FALSE(sweep());
  CHECK(thread.status().messages == 0);
  Sqlite database(directory.name() + "/mailbox.sqlite");
  Statement tables = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'trial'");
  CHECK(tables.step() == Statement::Step::done);
}

TEST_CASE("what waits is counted anew when another process has changed it, or it is said that it cannot be") {
  const TemporaryDirectory directory;
  MailboxThread thread(impatient_store(directory.name()));
  const auto count = [&] {
    std::promise<std::optional<std::int64_t>> counted;
    thread.count(
        [&](const auto& total) { counted.set_value(total ? std::optional(total->messages) : std::nullopt); });
    return counted.get_future().get();
  };
  thread.store(letter("a"), [](Stored) {});
  thread.store(letter("b"), [](Stored) {});
  CHECK(count() == 2);
  MailboxStore other = new_store(directory.name());
  REQUIRE(other.begin());
  REQUIRE(other.forget_all("bob@example.com"));
  CHECK(count() == std::nullopt);
  REQUIRE(other.commit());
  CHECK(count() == 0);
  CHECK(thread.status().messages == 0);
}

TEST_CASE("a new quota counts for what is stored after it") {
  MailboxThread thread(new_store());
  std::promise<Stored> first;
  std::promise<Stored> second;
  thread.store(letter("a"), [&](Stored outcome) { first.set_value(outcome); });
  thread.limit({.messages_each = 1});
  thread.store(letter("b"), [&](Stored outcome) { second.set_value(outcome); });
  CHECK(first.get_future().get() == Stored::stored);
  CHECK(second.get_future().get() == Stored::full);
}

}  // namespace mailbox_thread_test
