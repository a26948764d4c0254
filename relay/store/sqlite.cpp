#include "store/sqlite.h"

#include <sqlite3.h>

namespace relay {

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text(statement_.get(), index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

void Statement::bind(int index, std::int64_t number) { sqlite3_bind_int64(statement_.get(), index, number); }

Statement::Step Statement::step() {
  switch (sqlite3_step(statement_.get()) & 0xff) {  // the low byte is the primary result code
    case SQLITE_ROW: return Step::row;
    case SQLITE_DONE: return Step::done;
    case SQLITE_CONSTRAINT: return Step::constraint;
    default: return Step::failed;
  }
}

std::string Statement::text(int index) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), index));
  return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), index)))
              : std::string();
}

std::int64_t Statement::number(int index) const { return sqlite3_column_int64(statement_.get(), index); }

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

void Sqlite::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Sqlite::Sqlite(const std::string& name) {
  sqlite3* connection = nullptr;
  open_ = sqlite3_open(name.c_str(), &connection) == SQLITE_OK;
  connection_.reset(connection);
  // Another process (user add beside a running relay) may hold the lock for a moment.
  if (open_) sqlite3_busy_timeout(connection, 5000);
}

bool Sqlite::run(const std::string& statements) {
  return sqlite3_exec(connection_.get(), statements.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

Statement Sqlite::prepare(std::string_view text) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(connection_.get(), text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                     &statement, nullptr);
  return Statement(statement);
}

std::optional<std::string> Sqlite::ask(std::string_view query) {
  Statement statement = prepare(query);
  if (!statement || statement.step() != Statement::Step::row) return std::nullopt;
  return statement.text(0);
}

bool Sqlite::is_in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

std::string Sqlite::error() const {
  return connection_ ? sqlite3_errmsg(connection_.get()) : "out of memory";
}

}  // namespace relay
