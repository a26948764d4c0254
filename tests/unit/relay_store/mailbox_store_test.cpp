#include "store/mailbox_store.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "temporary_directory.h"

namespace mailbox_store_test {

using namespace relay;
using sip::Milliseconds;
using sip::UnixTime;
using Stored = MailboxStore::Stored;

namespace {

MailboxStore open_store(const std::string& data, const MailboxQuota& quota = {}) {
  auto opened = MailboxStore::open(data, quota);
  if (const auto* error = std::get_if<StoreError>(&opened)) FAIL(error->message);
  return std::get<MailboxStore>(std::move(opened));
}

Letter letter(const std::string& identity, const std::string& recipient = "bob@example.com",
              std::int64_t expires_at = 1000) {
  return {recipient, identity, "MESSAGE " + identity, UnixTime(Milliseconds(expires_at))};
}

Stored store(MailboxStore& store, const Letter& letter) {
  REQUIRE(store.begin());
  const Stored outcome = store.store(letter);
  REQUIRE(store.commit());
  return outcome;
}

void forget(MailboxStore& store, std::uint64_t number) {
  REQUIRE(store.begin());
  CHECK(store.forget(number) != MailboxStore::Forgotten::failed);
  REQUIRE(store.commit());
}

std::vector<std::string> everything_for(MailboxStore& store, const std::string& recipient) {
  std::vector<std::string> identities;
  for (auto loaded = store.load(recipient, 0); loaded.letter;
       loaded = store.load(recipient, loaded.letter->number))
    identities.push_back(loaded.letter->identity);
  return identities;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("letters are loaded in the order in which they were stored, each recipient's apart") {
  MailboxStore box = open_store(":memory:");
  for (const char* name : {"c", "a", "b"}) CHECK(store(box, letter(name)) == Stored::stored);
  CHECK(store(box, letter("x", "alice@example.com")) == Stored::stored);
  CHECK(everything_for(box, "bob@example.com") == Names{"c", "a", "b"});
  CHECK(everything_for(box, "alice@example.com") == Names{"x"});
  CHECK(everything_for(box, "carol@example.com").empty());
}

TEST_CASE("a letter comes back byte for byte, whatever its bytes are") {
  MailboxStore box = open_store(":memory:");
  Letter odd = letter("odd");
  odd.request = std::string("a\0b\r\n\xff\xc3\x28", 9);
  store(box, odd);
  const auto loaded = box.load("bob@example.com", 0);
  REQUIRE(loaded.letter);
  CHECK(loaded.letter->request == odd.request);
  CHECK(loaded.letter->expires_at == odd.expires_at);
}

TEST_CASE("what was committed is there after the store is opened again; what was not is not") {
  const TemporaryDirectory directory;
  {
    MailboxStore box = open_store(directory.name());
    store(box, letter("kept"));
    REQUIRE(box.begin());
    CHECK(box.store(letter("lost")) == Stored::stored);
  }
  MailboxStore box = open_store(directory.name());
  CHECK(everything_for(box, "bob@example.com") == Names{"kept"});
}

TEST_CASE("what was committed survives a process that is killed") {
  const TemporaryDirectory directory;
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto opened = MailboxStore::open(directory.name(), {});
    auto* box = std::get_if<MailboxStore>(&opened);
    if (box && box->begin() && box->store(letter("kept")) == Stored::stored && box->commit() && box->begin())
      box->store(letter("lost"));
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  MailboxStore box = open_store(directory.name());
  CHECK(everything_for(box, "bob@example.com") == Names{"kept"});
}

TEST_CASE("a repeat is known, for its recipient, until the letter is forgotten") {
  MailboxStore box = open_store(":memory:");
  CHECK(store(box, letter("a")) == Stored::stored);
  CHECK(store(box, letter("a")) == Stored::repeat);
  CHECK(store(box, letter("a", "alice@example.com")) == Stored::stored);
  CHECK(everything_for(box, "bob@example.com") == Names{"a"});
  forget(box, 1);
  CHECK(store(box, letter("a")) == Stored::stored);
}

TEST_CASE("a number is never given again, even after the last letter is forgotten") {
  MailboxStore box = open_store(":memory:");
  store(box, letter("a"));
  forget(box, 1);
  store(box, letter("b"));
  const auto loaded = box.load("bob@example.com", 0);
  REQUIRE(loaded.letter);
  CHECK(loaded.letter->number == 2);
}

TEST_CASE("the quotas are kept: letters and bytes, of one recipient and of all") {
  const std::int64_t size = static_cast<std::int64_t>(std::string("bob@example.com"
                                                                  "1"
                                                                  "MESSAGE 1")
                                                          .size());
  struct Case {
    MailboxQuota quota;
    std::string other;
    Stored outcome;
  };
  const std::string bob = "bob@example.com";
  const std::string eve = "eve@example.com";
  const Case cases[] = {
      {{.messages_each = 2}, bob, Stored::full},       {{.messages_each = 2}, eve, Stored::stored},
      {{.bytes_each = 2 * size}, bob, Stored::full},   {{.bytes_each = 3 * size}, bob, Stored::stored},
      {{.bytes_each = 2 * size}, eve, Stored::stored}, {{.messages = 2}, eve, Stored::full},
      {{.bytes = 2 * size}, eve, Stored::full},        {{.bytes = 3 * size}, eve, Stored::stored}};
  for (const Case& c : cases) {
    CAPTURE(c.quota.messages_each, c.quota.bytes_each, c.quota.messages, c.quota.bytes, c.other);
    MailboxStore box = open_store(":memory:", c.quota);
    CHECK(store(box, letter("1")) == Stored::stored);
    CHECK(store(box, letter("2")) == Stored::stored);
    CHECK(store(box, letter("3", c.other)) == c.outcome);
    // A repeat has its place already.
    CHECK(store(box, letter("1")) == Stored::repeat);
    if (c.outcome != Stored::full) continue;
    forget(box, 1);
    CHECK(store(box, letter("3", c.other)) == Stored::stored);
  }
}

TEST_CASE(
    "a letter that takes the place of another is stored where that is still there, and that goes with it") {
  const TemporaryDirectory directory;
  {
    MailboxStore box = open_store(directory.name());
    CHECK(store(box, letter("a")) == Stored::stored);
    Letter told = letter("told", "alice@example.com");
    told.instead_of = 1;
    REQUIRE(box.begin());
    CHECK(box.store(told) == Stored::stored);
    box.roll_back();
    CHECK(everything_for(box, "bob@example.com") == Names{"a"});
    CHECK(store(box, told) == Stored::stored);
    told.identity = "told again";
    CHECK(store(box, told) == Stored::repeat);
    CHECK(box.messages() == 1);
  }
  MailboxStore after = open_store(directory.name());
  CHECK(everything_for(after, "bob@example.com").empty());
  CHECK(everything_for(after, "alice@example.com") == Names{"told"});
}

TEST_CASE("a letter that takes the place of another may go to twice the quota, and else that one stays") {
  MailboxStore box = open_store(":memory:", {.messages_each = 2});
  for (const char* name : {"a", "b"}) CHECK(store(box, letter(name, "alice@example.com")) == Stored::stored);
  CHECK(store(box, letter("c", "alice@example.com")) == Stored::full);
  for (const char* name : {"c", "d", "e"}) {
    CHECK(store(box, letter(name)) == Stored::stored);
    Letter told = letter(std::string("of ") + name, "alice@example.com");
    told.instead_of = box.load("bob@example.com", 0).letter->number;
    CHECK(store(box, told) == (std::string(name) == "e" ? Stored::full : Stored::stored));
  }
  CHECK(everything_for(box, "bob@example.com") == Names{"e"});
}

TEST_CASE("strangers may take half of each quota, and leave the rest to those who are known") {
  const std::string bob = "bob@example.com";
  const std::string eve = "eve@example.com";
  const auto of_stranger = [](const std::string& identity, const std::string& recipient) {
    Letter one = letter(identity, recipient);
    one.is_from_stranger = true;
    return one;
  };
  const std::int64_t size = static_cast<std::int64_t>((bob + "1" + "MESSAGE 1").size());
  struct Case {
    MailboxQuota quota;
    Stored for_bob;
    Stored for_eve;
  };
  const Case cases[] = {{{.messages_each = 4}, Stored::full, Stored::stored},
                        {{.bytes_each = 4 * size}, Stored::full, Stored::stored},
                        {{.messages = 4}, Stored::full, Stored::full},
                        {{.bytes = 4 * size}, Stored::full, Stored::full},
                        {{.messages_each = 6, .messages = 8}, Stored::stored, Stored::stored}};
  for (const Case& c : cases) {
    CAPTURE(c.quota.messages_each, c.quota.bytes_each, c.quota.messages, c.quota.bytes);
    const TemporaryDirectory directory;
    {
      MailboxStore box = open_store(directory.name(), c.quota);
      CHECK(store(box, of_stranger("1", bob)) == Stored::stored);
      CHECK(store(box, of_stranger("2", bob)) == Stored::stored);
    }
    MailboxStore box = open_store(directory.name(), c.quota);
    REQUIRE(box.begin());
    CHECK(box.store(of_stranger("3", bob)) == c.for_bob);
    CHECK(box.store(of_stranger("3", eve)) == c.for_eve);
    box.roll_back();
    CHECK(store(box, of_stranger("1", bob)) == Stored::repeat);
    CHECK(store(box, letter("3", bob)) == Stored::stored);
    CHECK(store(box, letter("4", bob)) == Stored::stored);
    forget(box, 1);
    CHECK(store(box, of_stranger("5", bob)) == Stored::stored);
  }
}

TEST_CASE("what those who are known have sent takes nothing from the half of strangers, but from the whole") {
  MailboxStore box = open_store(":memory:", {.messages_each = 4});
  for (const char* name : {"1", "2", "3"}) CHECK(store(box, letter(name)) == Stored::stored);
  Letter of_stranger = letter("4");
  of_stranger.is_from_stranger = true;
  CHECK(store(box, of_stranger) == Stored::stored);
  CHECK(store(box, letter("5")) == Stored::full);
}

TEST_CASE("the messages of an earlier version are kept byte for byte, and count as sent by who is known") {
  const TemporaryDirectory directory;
  const std::string bytes = "a\r\n\r\n 'b'";
  {
    Sqlite earlier(directory.name() + "/mailbox.sqlite");
    REQUIRE(earlier.run(R"(
      CREATE TABLE messages (
        number INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL, identity TEXT NOT NULL,
        request TEXT NOT NULL, size INTEGER NOT NULL, expires_at INTEGER NOT NULL,
        UNIQUE (recipient, identity)) STRICT;
      CREATE INDEX messages_in_order ON messages (recipient, number, size);
      CREATE INDEX messages_by_end ON messages (expires_at, number);
      PRAGMA user_version = 1)"));
    Statement insert = earlier.prepare(
        "INSERT INTO messages (number, recipient, identity, request, size, expires_at) "
        "VALUES (?1, 'bob@example.com', 'old', ?2, 30, 1000)");
    insert.bind(1, std::int64_t{7});
    insert.bind(2, bytes);
    REQUIRE(insert.step() == Statement::Step::done);
  }
  MailboxStore box = open_store(directory.name(), {.messages_each = 2});
  CHECK(box.messages() == 1);
  CHECK(box.bytes() == 30);
  const auto loaded = box.load("bob@example.com", 0);
  REQUIRE(loaded.letter);
  CHECK(loaded.letter->number == 7);
  CHECK(loaded.letter->request == bytes);
  CHECK(store(box, letter("old")) == Stored::repeat);
  Letter of_stranger = letter("new");
  of_stranger.is_from_stranger = true;
  CHECK(store(box, of_stranger) == Stored::stored);
  CHECK(everything_for(box, "bob@example.com") == Names{"old", "new"});
}

TEST_CASE("the quotas count what an earlier run has stored, and nothing that was rolled back") {
  const TemporaryDirectory directory;
  const MailboxQuota quota{.messages = 2};
  {
    MailboxStore box = open_store(directory.name(), quota);
    store(box, letter("1"));
  }
  MailboxStore box = open_store(directory.name(), quota);
  store(box, letter("2"));
  CHECK(store(box, letter("3")) == Stored::full);
}

TEST_CASE("what another process has removed leaves its place at once, and is not counted any more") {
  const TemporaryDirectory directory;
  MailboxStore box = open_store(directory.name(), {.messages = 2});
  CHECK(store(box, letter("a")) == Stored::stored);
  CHECK(store(box, letter("b")) == Stored::stored);
  MailboxStore other = open_store(directory.name());
  CHECK(other.messages() == 2);
  REQUIRE(other.begin());
  CHECK(other.forget_all("bob@example.com"));
  REQUIRE(other.commit());
  CHECK(store(box, letter("c")) == Stored::stored);
  CHECK(box.messages() == 1);
  REQUIRE(other.begin());
  CHECK(other.messages() == 1);
  CHECK(other.bytes() == box.bytes());
  REQUIRE(other.commit());
}

TEST_CASE("what has expired is loaded, that which expired first comes first") {
  MailboxStore box = open_store(":memory:");
  store(box, letter("late", "bob@example.com", 2000));
  store(box, letter("second", "bob@example.com", 500));
  store(box, letter("third", "eve@example.com", 500));
  store(box, letter("first", "eve@example.com", 400));
  Names names;
  auto loaded = box.load_expired(UnixTime(Milliseconds(500)), UnixTime(), 0);
  for (; loaded.letter; loaded = box.load_expired(UnixTime(Milliseconds(500)), loaded.letter->expires_at,
                                                  loaded.letter->number))
    names.push_back(loaded.letter->identity);
  CHECK(names == Names{"first", "second", "third"});
}

TEST_CASE("forgetting what is not there is no failure, and all of a recipient's can be forgotten") {
  MailboxStore box = open_store(":memory:");
  forget(box, 77);
  store(box, letter("a"));
  store(box, letter("b"));
  store(box, letter("x", "alice@example.com"));
  const std::int64_t bytes = box.bytes();
  CHECK(box.forget_all("bob@example.com"));
  CHECK(box.messages() == 1);
  CHECK(box.bytes() > 0);
  CHECK(box.bytes() < bytes);
  CHECK(everything_for(box, "bob@example.com").empty());
  CHECK(everything_for(box, "alice@example.com") == Names{"x"});
}

TEST_CASE("a file that is no database, or of a later version, is told in one line") {
  const TemporaryDirectory directory;
  const auto error = [&] {
    auto opened = MailboxStore::open(directory.name(), {});
    const auto* failure = std::get_if<StoreError>(&opened);
    return failure ? failure->message : std::string();
  };
  { std::ofstream(directory.name() + "/mailbox.sqlite") << std::string(5000, 'x'); }
  CHECK(error() == "cannot open " + directory.name() + "/mailbox.sqlite: file is not a database");
  std::filesystem::remove(directory.name() + "/mailbox.sqlite");
  CHECK(error().empty());
  {
    Sqlite later(directory.name() + "/mailbox.sqlite");
    REQUIRE(later.run("PRAGMA user_version = 3"));
  }
  CHECK(error() ==
        "cannot open " + directory.name() + "/mailbox.sqlite: it was written by a newer sipmsg-relay");
}

TEST_CASE("a store that lost its table says so with every answer") {
  const TemporaryDirectory directory;
  MailboxStore box = open_store(directory.name());
  store(box, letter("a"));
  Sqlite other(directory.name() + "/mailbox.sqlite");
  REQUIRE(other.run("DROP TABLE messages"));
  CHECK(store(box, letter("b")) == Stored::failed);
  CHECK(box.load("bob@example.com", 0).failed);
  CHECK(box.load_expired(UnixTime(Milliseconds(9000)), UnixTime(), 0).failed);
  CHECK(box.forget(1) == MailboxStore::Forgotten::failed);
  CHECK_FALSE(box.forget_all("bob@example.com"));
}

TEST_CASE("a transaction that could not forget a letter comes to nothing") {
  const TemporaryDirectory directory;
  MailboxStore box = open_store(directory.name());
  store(box, letter("a"));
  Sqlite other(directory.name() + "/mailbox.sqlite");
  REQUIRE(other.run("CREATE TRIGGER stuck BEFORE DELETE ON messages BEGIN SELECT RAISE(ABORT, 'no'); END"));
  REQUIRE(box.begin());
  CHECK(box.store(letter("b")) == Stored::stored);
  CHECK(box.forget(1) == MailboxStore::Forgotten::failed);
  CHECK_FALSE(box.commit());
  CHECK(everything_for(box, "bob@example.com") == Names{"a"});
  CHECK(store(box, letter("b")) == Stored::stored);
}

TEST_CASE("a full disk fails what does not fit and loses nothing that was kept") {
  const TemporaryDirectory directory;
  Sqlite disk(directory.name() + "/mailbox.sqlite");
  REQUIRE(disk.run("PRAGMA max_page_count = 12"));
  MailboxStore box = std::get<MailboxStore>(MailboxStore::in(std::move(disk), {}));
  store(box, letter("kept"));
  Letter big = letter("big");
  big.request.assign(200'000, 'x');
  REQUIRE(box.begin());
  CHECK(box.store(big) == Stored::failed);
  box.commit();
  CHECK(everything_for(box, "bob@example.com") == Names{"kept"});
  CHECK(store(box, letter("small")) == Stored::stored);
}

}  // namespace mailbox_store_test
