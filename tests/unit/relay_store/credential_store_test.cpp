#include "store/credential_store.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "auth/digest.h"
#include "temporary_directory.h"

namespace credential_store_test {

using namespace relay;
using Reason = StoreError::Reason;
namespace fs = std::filesystem;

namespace {

CredentialStore open_store(const std::string& data) {
  auto opened = CredentialStore::open(data);
  if (const auto* error = std::get_if<StoreError>(&opened)) FAIL(error->message);
  return std::get<CredentialStore>(std::move(opened));
}

std::string error_of(const std::string& data) {
  const auto opened = CredentialStore::open(data);
  const auto* error = std::get_if<StoreError>(&opened);
  return error ? error->message : "none";
}

std::vector<std::string> accounts(CredentialStore& store) {
  return std::get<std::vector<std::string>>(store.list());
}

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("an added user is found with every digest of the password") {
  CredentialStore store = open_store(":memory:");
  REQUIRE_FALSE(store.add("alice", "example.com", "secret"));
  const auto found = store.find("alice", "example.com");
  CHECK_FALSE(found.failed);
  REQUIRE(found.digest);
  CHECK(found.digest->ha1_md5 ==
        sip::digest_ha1(sip::DigestAlgorithm::md5, "alice", "example.com", "secret"));
  CHECK(found.digest->ha1_sha256 ==
        sip::digest_ha1(sip::DigestAlgorithm::sha256, "alice", "example.com", "secret"));
  CHECK(found.digest->ha1_sha512_256 ==
        sip::digest_ha1(sip::DigestAlgorithm::sha512_256, "alice", "example.com", "secret"));
}

TEST_CASE("a user who was never added is not found, which is no failure") {
  CredentialStore store = open_store(":memory:");
  REQUIRE_FALSE(store.add("alice", "example.com", "secret"));
  for (const auto& [user, domain] : {std::pair{"bob", "example.com"}, std::pair{"alice", "example.org"}}) {
    const auto found = store.find(user, domain);
    CHECK_FALSE(found.digest);
    CHECK_FALSE(found.failed);
  }
}

TEST_CASE("user names are compared as given, domains without case") {
  CredentialStore store = open_store(":memory:");
  REQUIRE_FALSE(store.add("alice", "Example.COM", "secret"));
  CHECK(store.find("alice", "eXample.com").digest);
  CHECK_FALSE(store.find("Alice", "example.com").digest);
  CHECK(store.find("alice", "example.com").digest->ha1_md5 ==
        sip::digest_ha1(sip::DigestAlgorithm::md5, "alice", "example.com", "secret"));
}

TEST_CASE("a user can't be added twice, and the first password stays") {
  CredentialStore store = open_store(":memory:");
  REQUIRE_FALSE(store.add("alice", "example.com", "first"));
  const auto error = store.add("alice", "EXAMPLE.com", "second");
  REQUIRE(error);
  CHECK(error->reason == Reason::exists);
  CHECK(error->message == "there is an account alice@example.com already");
  CHECK(store.find("alice", "example.com").digest->ha1_md5 ==
        sip::digest_ha1(sip::DigestAlgorithm::md5, "alice", "example.com", "first"));
}

TEST_CASE("a new password replaces every digest of that user alone") {
  CredentialStore store = open_store(":memory:");
  REQUIRE_FALSE(store.add("alice", "example.com", "old"));
  REQUIRE_FALSE(store.add("bob", "example.com", "old"));
  REQUIRE_FALSE(store.set_password("alice", "example.com", "new"));
  const auto alice = store.find("alice", "example.com").digest;
  CHECK(alice->ha1_md5 == sip::digest_ha1(sip::DigestAlgorithm::md5, "alice", "example.com", "new"));
  CHECK(alice->ha1_sha256 == sip::digest_ha1(sip::DigestAlgorithm::sha256, "alice", "example.com", "new"));
  CHECK(alice->ha1_sha512_256 ==
        sip::digest_ha1(sip::DigestAlgorithm::sha512_256, "alice", "example.com", "new"));
  CHECK(store.find("bob", "example.com").digest->ha1_md5 ==
        sip::digest_ha1(sip::DigestAlgorithm::md5, "bob", "example.com", "old"));
}

TEST_CASE("what is not there can be neither changed nor removed") {
  CredentialStore store = open_store(":memory:");
  CHECK(store.set_password("alice", "example.com", "new")->reason == Reason::missing);
  const auto error = store.remove("alice", "example.com");
  REQUIRE(error);
  CHECK(error->reason == Reason::missing);
  CHECK(error->message == "there is no account alice@example.com");
}

TEST_CASE("accounts are listed by domain, then by user; a removed one is gone") {
  CredentialStore store = open_store(":memory:");
  CHECK(accounts(store).empty());
  for (const auto& [user, domain] :
       {std::pair{"zoe", "a.example"}, std::pair{"bob", "b.example"}, std::pair{"alice", "b.example"}})
    REQUIRE_FALSE(store.add(user, domain, "secret"));
  CHECK(accounts(store) == std::vector<std::string>{"zoe@a.example", "alice@b.example", "bob@b.example"});
  REQUIRE_FALSE(store.remove("alice", "b.example"));
  CHECK(accounts(store) == std::vector<std::string>{"zoe@a.example", "bob@b.example"});
  CHECK_FALSE(store.find("alice", "b.example").digest);
}

TEST_CASE("text that looks like SQL is only text") {
  CredentialStore store = open_store(":memory:");
  REQUIRE_FALSE(store.add("x'; DROP TABLE users; --", "example.com", "secret"));
  CHECK(store.find("x'; DROP TABLE users; --", "example.com").digest);
  CHECK_FALSE(store.find("' OR '1'='1", "example.com").digest);
  CHECK(accounts(store).size() == 1);
}

TEST_CASE("what is stored outlives the store, and no file holds the password") {
  const TemporaryDirectory directory;
  {
    CredentialStore store = open_store(directory.name());
    REQUIRE_FALSE(store.add("alice", "example.com", "correct horse battery staple"));
    for (const auto& file : fs::directory_iterator(directory.name()))
      CHECK(content(file).find("battery") == std::string::npos);
  }
  CredentialStore store = open_store(directory.name());
  CHECK(store.find("alice", "example.com").digest);
}

TEST_CASE("directory and database can be read by their owner alone") {
  const TemporaryDirectory directory;
  const fs::path data = fs::path(directory.name()) / "deep" / "data";
  CredentialStore store = open_store(data.string() + "/");
  CHECK(fs::status(data).permissions() == fs::perms::owner_all);
  REQUIRE_FALSE(store.add("alice", "example.com", "secret"));
  int files = 0;
  for (const auto& file : fs::directory_iterator(data)) {
    CHECK(file.status().permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    ++files;
  }
  CHECK(files >= 1);
}

TEST_CASE("a store sees what another process adds while both have it open") {
  const TemporaryDirectory directory;
  CredentialStore relay_side = open_store(directory.name());
  CHECK_FALSE(relay_side.find("alice", "example.com").digest);
  CredentialStore command_side = open_store(directory.name());
  REQUIRE_FALSE(command_side.add("alice", "example.com", "secret"));
  CHECK(relay_side.find("alice", "example.com").digest);
  REQUIRE_FALSE(command_side.remove("alice", "example.com"));
  CHECK_FALSE(relay_side.find("alice", "example.com").digest);
}

TEST_CASE("a place that can't hold the store is an error that names it") {
  const TemporaryDirectory directory;
  const std::string file = directory.name() + "/file";
  std::ofstream(file) << "text";
  CHECK(error_of(file) == "cannot make the directory " + file + ": File exists");
  std::ofstream(directory.name() + "/sipmsg.sqlite") << std::string(8192, 'x');
  CHECK(error_of(directory.name()) ==
        "cannot open " + directory.name() + "/sipmsg.sqlite: file is not a database");
}

namespace {

/// The database that the first version of the store wrote, with one account.
void write_version_1(const std::string& directory) {
  Sqlite first(directory + "/sipmsg.sqlite");
  REQUIRE(first.run(R"(
    CREATE TABLE users (
      user TEXT NOT NULL,
      domain TEXT NOT NULL,
      ha1_md5 TEXT NOT NULL,
      ha1_sha256 TEXT NOT NULL,
      PRIMARY KEY (domain, user)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO users VALUES ('alice', 'example.com', 'm', 's');
    PRAGMA user_version = 1;
  )"));
}

}  // namespace

TEST_CASE("a database of the first version keeps its accounts, and gets the new digest with a new password") {
  const TemporaryDirectory directory;
  write_version_1(directory.name());
  {
    CredentialStore store = open_store(directory.name());
    const auto alice = store.find("alice", "example.com").digest;
    REQUIRE(alice);
    CHECK(alice->ha1_md5 == "m");
    CHECK(alice->ha1_sha256 == "s");
    CHECK(alice->ha1_sha512_256.empty());
    REQUIRE_FALSE(store.set_password("alice", "example.com", "new"));
  }
  CredentialStore again = open_store(directory.name());
  CHECK(again.find("alice", "example.com").digest->ha1_sha512_256 ==
        sip::digest_ha1(sip::DigestAlgorithm::sha512_256, "alice", "example.com", "new"));
}

TEST_CASE("after the migration a store of the first version can still write") {
  const TemporaryDirectory directory;
  write_version_1(directory.name());
  CredentialStore store = open_store(directory.name());
  Sqlite older(directory.name() + "/sipmsg.sqlite");
  REQUIRE(older.run(
      "INSERT INTO users (user, domain, ha1_md5, ha1_sha256) VALUES ('bob', 'example.com', 'm', 's')"));
  const auto bob = store.find("bob", "example.com").digest;
  REQUIRE(bob);
  CHECK(bob->ha1_sha512_256.empty());
}

TEST_CASE("a migration that fails leaves the database as it was") {
  const TemporaryDirectory directory;
  {
    Sqlite broken(directory.name() + "/sipmsg.sqlite");
    REQUIRE(broken.run("CREATE TABLE other (x INT); PRAGMA user_version = 1"));
  }
  CHECK(error_of(directory.name()).find("no such table: users") != std::string::npos);
  Sqlite after(directory.name() + "/sipmsg.sqlite");
  CHECK(after.ask("PRAGMA user_version") == "1");
}

TEST_CASE("a database of a later version is left alone") {
  const TemporaryDirectory directory;
  {
    CredentialStore store = open_store(directory.name());
    Sqlite later(directory.name() + "/sipmsg.sqlite");
    REQUIRE(later.run("PRAGMA user_version = 3"));
  }
  CHECK(error_of(directory.name()) ==
        "cannot open " + directory.name() + "/sipmsg.sqlite: it was written by a newer sipmsg-relay");
}

TEST_CASE("a database that lost its table fails to answer instead of denying the user") {
  const TemporaryDirectory directory;
  CredentialStore store = open_store(directory.name());
  REQUIRE_FALSE(store.add("alice", "example.com", "secret"));
  Sqlite other(directory.name() + "/sipmsg.sqlite");
  REQUIRE(other.run("DROP TABLE users"));
  CHECK(store.find("alice", "example.com").failed);
  CHECK(std::holds_alternative<StoreError>(store.list()));
  CHECK(store.remove("alice", "example.com")->reason == Reason::failed);
}

}  // namespace credential_store_test
