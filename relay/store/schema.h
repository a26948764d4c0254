#pragma once

#include <optional>
#include <string_view>

#include "store/sqlite.h"
#include "store/store_error.h"

namespace relay {

/// The tables of a database and how an earlier version is brought to them. Its version is SQLite's
/// user_version, which the statements set; 0 is that of an empty file.
struct Schema {
  std::string_view version;
  const char* tables;
  const char* from_version_1;
};

/// Brings the tables to that version, all or nothing.
std::optional<StoreError> migrate(Sqlite& database, const Schema& schema);

}  // namespace relay
