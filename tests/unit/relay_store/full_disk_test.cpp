#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <future>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "store/mailbox_thread.h"
#include "temporary_directory.h"

namespace full_disk_test {

using namespace relay;
using Stored = MailboxStore::Stored;
using Loaded = MailboxStore::Loaded;

namespace {

/// While it lives no file can be written beyond so many bytes, as on a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t room = 0) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit little{room, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &little) == 0);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

/// A mailbox whose answers are noted in order, and its thread.
class Box {
 public:
  explicit Box(const std::string& directory)
      : thread(std::get<MailboxStore>(MailboxStore::open(directory, {}))) {}

  void store(const std::string& name, std::size_t size = 10) {
    thread.store({"bob@example.com", name, std::string(size, 'x'), {}},
                 [this](Stored outcome) { said.emplace_back(outcome == Stored::stored ? "ok" : "failed"); });
  }
  void load(std::uint64_t after = 0) {
    thread.load("bob@example.com", after, [this](const Loaded& loaded) {
      said.push_back(loaded.failed ? "failed" : loaded.letter ? loaded.letter->identity : "nothing");
    });
  }
  /// Whether it still fails once a sweep has begun.
  bool fails_after_sweep() {
    thread.load_expired({}, {}, 0, [](const Loaded&) {});
    answers();
    return thread.status().is_failing;
  }
  /// What was answered since it was asked last.
  std::vector<std::string> answers() {
    std::promise<void> answered;
    thread.load("nobody", 0, [&](const Loaded&) { answered.set_value(); });
    answered.get_future().get();
    return std::exchange(said, {});
  }
  /// Has the thread wait, so that what is asked goes into one transaction, until open().
  void hold() {
    std::promise<void> reached;
    thread.load("nobody", 0, [&](const Loaded&) {
      reached.set_value();
      open_.get_future().get();
    });
    reached.get_future().get();
  }
  void open() { open_.set_value(); }

  std::vector<std::string> said;
  MailboxThread thread;

 private:
  std::promise<void> open_;
};

using Answers = std::vector<std::string>;

}  // namespace

TEST_CASE("from a full disk what waits is read, without what was forgotten and what could not be stored") {
  const TemporaryDirectory directory;
  Box box(directory.name());
  box.store("a");
  box.store("b");
  CHECK(box.answers() == Answers{"ok", "ok"});
  {
    const FullDisk disk;
    box.hold();
    box.thread.forget(1);
    box.load();
    box.thread.forget(2);
    box.store("c");
    box.load();
    box.open();
    CHECK(box.answers() == Answers{"b", "failed", "nothing"});
    box.load();
    CHECK(box.answers() == Answers{"nothing"});
    CHECK(box.thread.status().is_failing);
  }
  box.store("d");
  box.load();
  CHECK(box.answers() == Answers{"ok", "d"});
}

TEST_CASE(
    "of a transaction that a full disk ends in its midst nothing counts, nor what comes after that in it") {
  const TemporaryDirectory directory;
  Box box(directory.name());
  box.store("a");
  box.store("b");
  CHECK(box.answers() == Answers{"ok", "ok"});
  {
    // Room for each of the small ones, but not for all of the large ones together.
    const FullDisk disk(std::size_t{1} << 20);
    box.hold();
    box.thread.forget(1);
    for (int i = 0; i < 60; ++i) box.store("large " + std::to_string(i), 60'000);
    for (int i = 0; i < 10; ++i) box.store("small " + std::to_string(i));
    box.load();
    box.open();
    Answers expected(70, "failed");
    expected.emplace_back("b");
    CHECK(box.answers() == expected);
  }
  box.load();
  box.load(2);
  CHECK(box.answers() == Answers{"b", "nothing"});
  CHECK(box.thread.status().messages == 1);
}

TEST_CASE("a disk that is full is known as failing until something can be written, and that is tried") {
  const TemporaryDirectory directory;
  Box box(directory.name());
  box.store("a");
  CHECK(box.answers() == Answers{"ok"});
  {
    const FullDisk disk;
    box.store("b");
    CHECK(box.answers() == Answers{"failed"});
    box.load();
    CHECK(box.answers() == Answers{"a"});
    CHECK(box.thread.status().is_failing);
    CHECK(box.fails_after_sweep());
  }
  {
    // What has room for a small message alone.
    const FullDisk disk(std::size_t{64} << 10);
    CHECK(box.fails_after_sweep());
  }
  CHECK_FALSE(box.fails_after_sweep());
  CHECK(box.thread.status().messages == 1);
}

TEST_CASE("however much of what waits on a full disk was forgotten, the rest is read") {
  const TemporaryDirectory directory;
  Box box(directory.name());
  constexpr int count = 900;
  for (int i = 0; i < count; ++i) box.store(std::to_string(i), 4000);
  CHECK(box.answers() == Answers(count, "ok"));
  {
    const FullDisk disk;
    for (int i = 1; i < count; ++i) box.thread.forget(static_cast<std::uint64_t>(i));
    box.load();
    CHECK(box.answers() == Answers{std::to_string(count - 1)});
  }
  box.load();
  CHECK(box.answers() == Answers{std::to_string(count - 1)});
}

TEST_CASE("nothing is stored any more in a transaction that SQLite has ended, whatever for") {
  const TemporaryDirectory directory;
  Box box(directory.name());
  Sqlite other(directory.name() + "/mailbox.sqlite");
  REQUIRE(
      other.run("CREATE TRIGGER ending BEFORE INSERT ON messages WHEN NEW.identity = 'the end' "
                "BEGIN SELECT RAISE(ROLLBACK, 'as where a disk fails'); END"));
  box.hold();
  box.store("a");
  box.store("the end");
  box.store("b");
  box.load();
  box.open();
  CHECK(box.answers() == Answers{"failed", "failed", "failed", "nothing"});
  box.load();
  CHECK(box.answers() == Answers{"nothing"});
}

}  // namespace full_disk_test
