#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace relay {

/// One prepared statement: bind, step, read, and it is ready for the next run when reset.
class Statement {
 public:
  enum class Step : std::uint8_t { row, done, constraint, failed };

  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  explicit operator bool() const { return statement_ != nullptr; }
  /// `index` counts from 1. The text must live until the statement is reset.
  void bind(int index, std::string_view text);
  void bind(int index, std::int64_t number);
  Step step();
  /// `index` counts from 0; the column of the row that step() came to.
  std::string text(int index) const;
  std::int64_t number(int index) const;
  void reset();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection to a database, used by one thread at a time.
class Sqlite {
 public:
  /// `name` is a file's or ":memory:". Whether it worked tells error().
  explicit Sqlite(const std::string& name);

  /// Runs statements that give no rows.
  bool run(const std::string& statements);
  /// Empty when the text could not be compiled.
  Statement prepare(std::string_view text);
  /// The first column of the first row of a query, as with PRAGMA user_version.
  std::optional<std::string> ask(std::string_view query);
  /// A disk that is full, or fails, ends a transaction whenever SQLite has to write for it (SQLITE_FULL,
  /// SQLITE_IOERR); what is run after that counts by itself.
  bool is_in_transaction() const;
  /// What went wrong last, in words.
  std::string error() const;
  bool is_open() const { return open_; }

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> connection_;
  bool open_ = false;
};

}  // namespace relay
