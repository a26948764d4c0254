#include "store/schema.h"

#include <string>

namespace relay {

std::optional<StoreError> migrate(Sqlite& database, const Schema& schema) {
  const auto failure = [&] { return StoreError{StoreError::Reason::failed, database.error()}; };
  const auto found = database.ask("PRAGMA user_version");
  if (!found) return failure();
  if (*found == schema.version) return std::nullopt;
  if (!database.run("BEGIN IMMEDIATE")) return failure();
  // Asked again: another process may have done it while we waited for our turn.
  const auto version = database.ask("PRAGMA user_version");
  std::optional<StoreError> error;
  if (!version) {
    error = failure();
  } else if (*version == "0" || *version == "1") {
    if (!database.run(*version == "0" ? schema.tables : schema.from_version_1)) error = failure();
  } else if (*version != schema.version) {
    error = StoreError{StoreError::Reason::failed, "it was written by a newer sipmsg-relay"};
  }
  if (!error && !database.run("COMMIT")) error = failure();
  if (error) database.run("ROLLBACK");
  return error;
}

}  // namespace relay
