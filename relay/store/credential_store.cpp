#include "store/credential_store.h"

#include <utility>

#include "base/ascii.h"
#include "store/data_directory.h"
#include "store/schema.h"

namespace relay {
namespace {

constexpr std::string_view credential_schema_version = "2";
constexpr const char* credential_schema = R"(
  CREATE TABLE users (
    user TEXT NOT NULL,
    domain TEXT NOT NULL,
    ha1_md5 TEXT NOT NULL,
    ha1_sha256 TEXT NOT NULL,
    ha1_sha512_256 TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (domain, user)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = 2;
)";
/// Nobody knows the passwords any more: what they give by SHA-512/256 comes with the next ones. The default
/// lets an older sipmsg-relay go on writing.
constexpr const char* from_version_1 = R"(
  ALTER TABLE users ADD COLUMN ha1_sha512_256 TEXT NOT NULL DEFAULT '';
  PRAGMA user_version = 2;
)";

/// A row comes in any case, and as long a one: the time that it takes tells nobody which users exist.
constexpr const char* find_user =
    "SELECT ha1_md5, ha1_sha256, ha1_sha512_256, 1 FROM users WHERE user = ?1 AND domain = ?2 "
    "UNION ALL SELECT ?3, ?4, ?4, 0 LIMIT 1";
constexpr std::string_view nobodys_digest =
    "0000000000000000000000000000000000000000000000000000000000000000";

std::string account(std::string_view user, std::string_view domain) {
  return std::string(user) + "@" + std::string(domain);
}

}  // namespace

std::variant<CredentialStore, StoreError> CredentialStore::open(const std::string& data) {
  const auto file = private_file(data, "sipmsg.sqlite");
  if (const auto* error = std::get_if<StoreError>(&file)) return *error;
  const std::string& name = std::get<std::string>(file);
  CredentialStore store{Sqlite(name)};
  auto error = store.database_.is_open() ? store.prepare() : store.failure();
  if (error) return StoreError{error->reason, "cannot open " + name + ": " + error->message};
  return store;
}

std::optional<StoreError> CredentialStore::prepare() {
  // The write-ahead log lets `user add` write while the relay reads.
  if (!database_.run("PRAGMA journal_mode = WAL")) return failure();
  if (auto error = migrate(database_, {credential_schema_version, credential_schema, from_version_1}))
    return error;
  find_ = database_.prepare(find_user);
  if (!find_) return failure();
  return std::nullopt;
}

std::optional<StoreError> CredentialStore::add(std::string_view user, std::string_view domain,
                                               std::string_view password) {
  const std::string realm = sip::lower_case(domain);
  const sip::StoredDigest digest = sip::StoredDigest::of(user, realm, password);
  return change(
      "INSERT INTO users (user, domain, ha1_md5, ha1_sha256, ha1_sha512_256) "
      "VALUES (?1, ?2, ?3, ?4, ?5) RETURNING 1",
      user, realm, &digest);
}

std::optional<StoreError> CredentialStore::remove(std::string_view user, std::string_view domain) {
  return change("DELETE FROM users WHERE user = ?1 AND domain = ?2 RETURNING 1", user,
                sip::lower_case(domain), nullptr);
}

std::optional<StoreError> CredentialStore::set_password(std::string_view user, std::string_view domain,
                                                        std::string_view password) {
  const std::string realm = sip::lower_case(domain);
  const sip::StoredDigest digest = sip::StoredDigest::of(user, realm, password);
  return change(
      "UPDATE users SET ha1_md5 = ?3, ha1_sha256 = ?4, ha1_sha512_256 = ?5 "
      "WHERE user = ?1 AND domain = ?2 RETURNING 1",
      user, realm, &digest);
}

/// Runs a statement that returns a row for the account that it changed.
std::optional<StoreError> CredentialStore::change(std::string_view statement, std::string_view user,
                                                  std::string_view domain, const sip::StoredDigest* digest) {
  Statement changing = database_.prepare(statement);
  if (!changing) return failure();
  changing.bind(1, user);
  changing.bind(2, domain);
  if (digest) {
    changing.bind(3, digest->ha1_md5);
    changing.bind(4, digest->ha1_sha256);
    changing.bind(5, digest->ha1_sha512_256);
  }
  switch (changing.step()) {
    case Statement::Step::row: break;
    case Statement::Step::done:
      return StoreError{StoreError::Reason::missing, "there is no account " + account(user, domain)};
    case Statement::Step::constraint:
      return StoreError{StoreError::Reason::exists,
                        "there is an account " + account(user, domain) + " already"};
    case Statement::Step::failed: return failure();
  }
  // The statement is not committed before it has been stepped to its end.
  if (changing.step() != Statement::Step::done) return failure();
  return std::nullopt;
}

CredentialStore::Found CredentialStore::find(std::string_view user, std::string_view domain) {
  const std::string realm = sip::lower_case(domain);
  find_.bind(1, user);
  find_.bind(2, realm);
  find_.bind(3, nobodys_digest.substr(0, 32));
  find_.bind(4, nobodys_digest);
  Found found;
  if (find_.step() == Statement::Step::row) {
    sip::StoredDigest digest{
        .ha1_md5 = find_.text(0), .ha1_sha256 = find_.text(1), .ha1_sha512_256 = find_.text(2)};
    if (find_.number(3) != 0) found.digest = std::move(digest);
  } else {
    found.failed = true;
  }
  find_.reset();
  return found;
}

std::variant<std::vector<std::string>, StoreError> CredentialStore::list() {
  Statement reading = database_.prepare("SELECT user, domain FROM users ORDER BY domain, user");
  if (!reading) return failure();
  std::vector<std::string> accounts;
  Statement::Step step = reading.step();
  for (; step == Statement::Step::row; step = reading.step())
    accounts.push_back(account(reading.text(0), reading.text(1)));
  if (step != Statement::Step::done) return failure();
  return accounts;
}

StoreError CredentialStore::failure() const { return {StoreError::Reason::failed, database_.error()}; }

}  // namespace relay
