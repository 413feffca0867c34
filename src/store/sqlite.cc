#include "store/sqlite.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <system_error>

#include "base/check.h"
#include "base/try.h"
#include "store/file.h"
#include "store/sqlite_library.h"

namespace bulla::store {
namespace {

// As long as whoever waits at a terminal would: a transaction takes milliseconds.
constexpr int kBusyMilliseconds = 10'000;
constexpr int kRetryMilliseconds = 20;
// The largest field is a certificate, of at most 256 KiB; capabilities are smaller.
constexpr int kMaxField = 1 << 20;
constexpr int kMaxStatement = 16 << 10;
// "bull": what `file` and other programs know the file by.
constexpr std::int64_t kApplication = 0x62756c6c;

std::string system_message(const std::string& path) {
  return path + ": " + std::generic_category().message(errno);
}

Rule rule_for(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Rule::StoreBusy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA:
      return Rule::StoreDamaged;
    case SQLITE_FULL:
    case SQLITE_READONLY:
      return Rule::IoWrite;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return Rule::IoCannotCreate;
    case SQLITE_TOOBIG:
      return Rule::LimitSize;
    default:
      return Rule::IoRead;
  }
}

class SqliteRow final : public Row {
 public:
  SqliteRow(const SqliteLibrary& sqlite, sqlite3_stmt* statement)
      : sqlite_(sqlite), statement_(statement) {}

  bool is_null(int column) const override {
    return sqlite_.column_type(statement_, column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const override {
    return sqlite_.column_int64(statement_, column);
  }
  std::string_view text(int column) const override {
    const auto* start = reinterpret_cast<const char*>(sqlite_.column_text(statement_, column));
    return start == nullptr ? std::string_view() : std::string_view(start, size(column));
  }
  ByteView bytes(int column) const override {
    const auto* start = static_cast<const std::uint8_t*>(sqlite_.column_blob(statement_, column));
    return start == nullptr ? ByteView() : ByteView(start, size(column));
  }

 private:
  std::size_t size(int column) const {
    return static_cast<std::size_t>(sqlite_.column_bytes(statement_, column));
  }

  const SqliteLibrary& sqlite_;
  sqlite3_stmt* statement_;
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const SqliteLibrary& sqlite, std::string path)
      : sqlite_(sqlite), path_(std::move(path)) {}
  ~SqliteDatabase() override {
    for (auto& [sql, statement] : statements_) sqlite_.finalize(statement);
    sqlite_.close(database_);
  }

  Result<void> open();
  std::string name() const override { return path_; }
  Result<void> run_with(std::string_view sql, std::span<const Value> values,
                        const OnRow& on_row) override;
  std::int64_t changed() const override { return sqlite_.changes(database_); }
  Result<void> begin(Access access) override {
    return run(access == Access::Write ? "BEGIN IMMEDIATE" : "BEGIN");
  }
  Result<void> commit() override { return run("COMMIT"); }
  void roll_back() override { (void)run("ROLLBACK"); }
  Result<void> define(std::string_view sql) override { return run_once(sql); }
  Result<void> keep_rows(std::string_view table) override;
  Result<int> schema_version() override;
  Result<void> set_schema_version(int version) override;
  Result<std::vector<std::string>> find_damage() override;

 private:
  Result<sqlite3_stmt*> prepare(std::string_view sql);
  Result<void> bind(sqlite3_stmt* statement, std::span<const Value> values);
  Result<void> step(sqlite3_stmt* statement, const OnRow& on_row);
  Result<void> run_once(std::string_view sql);
  Result<void> set(const std::string& pragma, std::int64_t value);
  Result<std::int64_t> number(std::string_view sql);
  Result<void> configure();
  Result<void> check_owner();
  Result<void> enter_write_ahead_mode();
  tl::unexpected<Error> fail(int code) const;

  const SqliteLibrary& sqlite_;
  std::string path_;
  sqlite3* database_ = nullptr;
  std::mutex mutex_;
  std::map<std::string_view, sqlite3_stmt*> statements_;
};

tl::unexpected<Error> SqliteDatabase::fail(int code) const {
  const char* text = database_ == nullptr ? sqlite_.errstr(code) : sqlite_.errmsg(database_);
  return failure(rule_for(code), 0, path_ + ": " + text);
}

Result<sqlite3_stmt*> SqliteDatabase::prepare(std::string_view sql) {
  auto known = statements_.find(sql);
  if (known != statements_.end()) return known->second;
  sqlite3_stmt* statement = nullptr;
  int code = sqlite_.prepare(database_, sql.data(), static_cast<int>(sql.size()),
                             SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fail(code);
  statements_.emplace(sql, statement);
  return statement;
}

Result<void> SqliteDatabase::bind(sqlite3_stmt* statement, std::span<const Value> values) {
  CHECK(sqlite_.bind_parameter_count(statement) == static_cast<int>(values.size()));
  int number = 0;
  for (const Value& value : values) {
    ++number;
    int code = SQLITE_OK;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      code = sqlite_.bind_int64(statement, number, *integer);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      // A null pointer would be NULL.
      const char* start = text->data() == nullptr ? "" : text->data();
      code = sqlite_.bind_text(statement, number, start, text->size(), SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* bytes = std::get_if<ByteView>(&value)) {
      const void* start = bytes->empty() ? static_cast<const void*>("") : bytes->data();
      code = sqlite_.bind_blob(statement, number, start, bytes->size(), SQLITE_STATIC);
    } else {
      code = sqlite_.bind_null(statement, number);
    }
    if (code != SQLITE_OK) return fail(code);
  }
  return {};
}

Result<void> SqliteDatabase::step(sqlite3_stmt* statement, const OnRow& on_row) {
  SqliteRow row(sqlite_, statement);
  for (;;) {
    int code = sqlite_.step(statement);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) return fail(code);
    if (on_row) TRY_VOID(on_row(row));
  }
}

Result<void> SqliteDatabase::run_with(std::string_view sql, std::span<const Value> values,
                                      const OnRow& on_row) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* statement = TRY(prepare(sql));
  Result<void> done = bind(statement, values);
  if (done) done = step(statement, on_row);
  sqlite_.reset(statement);
  sqlite_.clear_bindings(statement);
  return done;
}

// A statement that is not kept.
Result<void> SqliteDatabase::run_once(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int code =
      sqlite_.prepare(database_, sql.data(), static_cast<int>(sql.size()), 0, &statement, nullptr);
  if (code != SQLITE_OK) return fail(code);
  Result<void> done = step(statement, {});
  sqlite_.finalize(statement);
  return done;
}

// A pragma takes no parameters.
Result<void> SqliteDatabase::set(const std::string& pragma, std::int64_t value) {
  return run_once("PRAGMA " + pragma + " = " + std::to_string(value));
}

// Against mistakes; against whoever can write the file the chain of hashes helps.
Result<void> SqliteDatabase::keep_rows(std::string_view table) {
  std::string name(table);
  std::string refuse =
      " ON " + name + " BEGIN SELECT RAISE(ABORT, 'the " + name + " only grows'); END";
  TRY_VOID(run_once("CREATE TRIGGER " + name + "_stays BEFORE DELETE" + refuse));
  return run_once("CREATE TRIGGER " + name + "_is_fixed BEFORE UPDATE" + refuse);
}

Result<std::int64_t> SqliteDatabase::number(std::string_view sql) {
  std::int64_t value = 0;
  TRY_VOID(run(sql, {}, [&](const Row& row) -> Result<void> {
    value = row.integer(0);
    return {};
  }));
  return value;
}

Result<int> SqliteDatabase::schema_version() {
  return static_cast<int>(TRY(number("PRAGMA user_version")));
}

Result<void> SqliteDatabase::set_schema_version(int version) {
  TRY_VOID(set("application_id", kApplication));
  return set("user_version", version);
}

// What a hostile file could do is switched off: functions in its schema, writes to the schema
// itself, text that is taken for a column.
Result<void> SqliteDatabase::configure() {
  sqlite_.extended_result_codes(database_, 1);
  sqlite_.busy_timeout(database_, kBusyMilliseconds);
  sqlite_.limit(database_, SQLITE_LIMIT_LENGTH, kMaxField);
  sqlite_.limit(database_, SQLITE_LIMIT_SQL_LENGTH, kMaxStatement);
  sqlite_.limit(database_, SQLITE_LIMIT_ATTACHED, 0);
  for (auto [option, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1},
                               {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                               {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                               {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
                               {SQLITE_DBCONFIG_DQS_DML, 0},
                               {SQLITE_DBCONFIG_DQS_DDL, 0}}) {
    int code = sqlite_.db_config(database_, option, value, nullptr);
    if (code != SQLITE_OK) return fail(code);
  }
  return {};
}

// An empty file is one whose maker died; whoever comes next fills it.
Result<void> SqliteDatabase::check_owner() {
  // In this order: whoever makes the tables marks the file in the same transaction.
  std::int64_t tables = TRY(number("SELECT count(*) FROM sqlite_master"));
  std::int64_t found = TRY(number("PRAGMA application_id"));
  if (found == kApplication || (found == 0 && tables == 0)) return {};
  return failure(Rule::StoreDamaged, 0, path_ + ": a database of another program");
}

// Several processes may want this of a new file at the same time, and SQLite does not wait then.
// A file system without shared memory keeps the old journal, which is as safe.
Result<void> SqliteDatabase::enter_write_ahead_mode() {
  for (int waited = 0;; waited += kRetryMilliseconds) {
    auto entered = run("PRAGMA journal_mode = WAL", {}, {});
    bool is_busy = !entered && entered.error().rule == Rule::StoreBusy;
    if (!is_busy || waited >= kBusyMilliseconds) return entered;
    sqlite_.sleep(kRetryMilliseconds);
  }
}

Result<void> SqliteDatabase::open() {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  int code = sqlite_.open(path_.c_str(), &database_, flags, nullptr);
  if (code != SQLITE_OK) return fail(code);
  TRY_VOID(configure());
  TRY_VOID(check_owner());
  TRY_VOID(enter_write_ahead_mode());
  TRY_VOID(run("PRAGMA synchronous = FULL", {}, {}));
  TRY_VOID(run("PRAGMA cell_size_check = ON", {}, {}));
  TRY_VOID(run("PRAGMA secure_delete = ON", {}, {}));
  // KiB. Fingerprints have no order, so that an import touches pages everywhere.
  TRY_VOID(run("PRAGMA cache_size = -16384", {}, {}));
  return run("PRAGMA temp_store = MEMORY", {}, {});
}

// Makes the file, readable by its owner alone; SQLite gives its companions the same mode.
Result<void> create_private_file(const std::string& path, int more_flags) {
  int number = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | more_flags, 0600);
  if (number < 0) return failure(Rule::IoCannotCreate, 0, system_message(path));
  ::close(number);
  return {};
}

Result<std::vector<std::string>> SqliteDatabase::find_damage() {
  std::vector<std::string> lines;
  auto take = [&](const Row& row) -> Result<void> {
    if (row.text(0) != "ok") lines.emplace_back(row.text(0));
    return {};
  };
  TRY_VOID(run("PRAGMA integrity_check(20)", {}, take));
  return lines;
}

Result<void> create_folders(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != path.npos;
       slash = path.find('/', slash + 1)) {
    std::string folder = path.substr(0, slash);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST && !is_folder(folder)) {
      return failure(Rule::IoCannotCreate, 0, system_message(folder));
    }
  }
  return {};
}

Result<std::unique_ptr<Database>> open_file(const std::string& path) {
  const SqliteLibrary* sqlite = TRY(sqlite_library());
  auto database = std::make_unique<SqliteDatabase>(*sqlite, path);
  TRY_VOID(database->open());
  return database;
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, Missing missing) {
  if (is_absent(path)) {
    if (missing == Missing::Fail) return failure(Rule::StoreAbsent, 0, path);
    TRY_VOID(create_folders(path));
    TRY_VOID(create_private_file(path, 0));
  }
  return open_file(path);
}

Result<std::unique_ptr<Database>> create_sqlite(const std::string& path) {
  TRY_VOID(create_private_file(path, O_EXCL));
  auto made = open_file(path);
  if (!made) remove_sqlite(path);
  return made;
}

void remove_sqlite(const std::string& path) {
  for (const char* end : {"", "-wal", "-shm"}) ::unlink((path + end).c_str());
}

}  // namespace bulla::store
