// Database: as much of SQL as the store needs, whatever engine runs it.
//
//   TRY_VOID(database.run("SELECT der FROM certificates WHERE sha256 = $1", {fingerprint},
//                         [&](const Row& row) -> Result<void> { … }));
//
// Statements are literals, with $1, $2 … for values, which are bound and never pasted. They
// are written in what SQLite (store/sqlite.h) and PostgreSQL (net/postgresql.h) have in common:
// text is UTF-8 without NUL, compared by octets, and LIKE is used on lower-case ASCII alone.
//
// Thread safety: run() may be called from several threads. A Transaction belongs to one, and
// while it lives no other thread may use the database.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::store {

// Views must live until run() returns.
using Value = std::variant<std::monostate, std::int64_t, std::string_view, ByteView>;

// One row of an answer. Columns count from 0; views are valid until the handler returns.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual ByteView bytes(int column) const = 0;
};

// Write waits for other writers, and what is read from there on is the newest. Read sees one
// state of everything, whatever others do meanwhile, and waits for nobody.
enum class Access { Read, Write };

// What to do about a database that is not there.
enum class Missing { Fail, Create };

class Database {
 public:
  // Must not use the database. An error ends the statement.
  using OnRow = std::function<Result<void>(const Row&)>;

  virtual ~Database() = default;

  // What a person calls it: a file, or a URI without password.
  virtual std::string name() const = 0;

  // `sql` must live as long as the database does. Errors: store.busy (after ten seconds),
  // store.damaged, io.read, io.write, io.network, and what `on_row` gives.
  [[nodiscard]] Result<void> run(std::string_view sql, std::initializer_list<Value> values = {},
                                 const OnRow& on_row = {}) {
    return run_with(sql, {values.begin(), values.size()}, on_row);
  }
  [[nodiscard]] virtual Result<void> run_with(std::string_view sql, std::span<const Value> values,
                                              const OnRow& on_row) = 0;

  // Rows that the last statement changed.
  virtual std::int64_t changed() const = 0;

  // See Transaction. Neither of the last two is called without the first.
  [[nodiscard]] virtual Result<void> begin(Access access) = 0;
  [[nodiscard]] virtual Result<void> commit() = 0;
  virtual void roll_back() = 0;

  // Makes a table or an index. Types are BYTEA, BIGINT and TEXT.
  [[nodiscard]] virtual Result<void> define(std::string_view sql) = 0;

  // From now on rows of this table are added, and neither changed nor taken out by mistake.
  [[nodiscard]] virtual Result<void> keep_rows(std::string_view table) = 0;

  // Which tables there are: 0 of a new database. Setting it is part of a transaction.
  virtual Result<int> schema_version() = 0;
  [[nodiscard]] virtual Result<void> set_schema_version(int version) = 0;

  // What the engine itself finds wrong, a line each.
  virtual Result<std::vector<std::string>> find_damage() = 0;
};

// All or nothing: what is not committed is undone. One writer at a time has the database.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database, Access access = Access::Write);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // After this it is on the disk, whatever happens.
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // until commit()
};

}  // namespace bulla::store
