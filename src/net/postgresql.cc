#include "net/postgresql.h"

#include <mutex>

#include "base/try.h"
#include "net/postgresql_connection.h"
#include "store/history.h"

namespace bulla::net {
namespace {

using store::Access;
using store::Missing;
using store::Row;
using store::Value;

// Where the tables are, and what a session may not have otherwise: text as written, no rows that
// a policy hides, changes on the disk, plans made once, locks and statements that end, and no
// lock for a client that hangs.
constexpr std::string_view kSession =
    "SELECT s.name, set_config('search_path', quote_ident(s.name), false),"
    " set_config('standard_conforming_strings', 'on', false),"
    " set_config('row_security', 'off', false),"
    " CASE WHEN current_setting('synchronous_commit') = 'off'"
    "  THEN set_config('synchronous_commit', 'on', false) END,"
    " set_config('plan_cache_mode', 'force_generic_plan', false),"
    " set_config('lock_timeout', '10s', false),"
    " set_config('statement_timeout', '300s', false),"
    " set_config('idle_in_transaction_session_timeout', '60s', false)"
    " FROM (SELECT CASE WHEN source IN ('default', 'configuration file') THEN 'bulla'"
    "  ELSE current_schema()::text END AS name"
    "  FROM pg_settings WHERE name = 'search_path') s";

constexpr std::string_view kCountSchemas =
    "SELECT count(*) FROM pg_namespace WHERE nspname = current_schema()";
constexpr std::string_view kCountTables =
    "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')"
    " AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";
constexpr std::string_view kCountVersions =
    "SELECT count(*) FROM pg_class WHERE relname = 'store_version' AND relkind = 'r'"
    " AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";

// "bull", as SQLite files are marked, and the schema: two stores do not wait for each other.
constexpr std::string_view kLockSchema =
    "SELECT pg_advisory_xact_lock(1651862636, oid::int4) FROM pg_namespace"
    " WHERE nspname = current_schema()";
constexpr std::string_view kLockDatabase = "SELECT pg_advisory_xact_lock(1651862636, 0)";

constexpr std::string_view kFindDamage =
    "SELECT 'the index ' || c.relname || ' is not valid' FROM pg_index i"
    " JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND NOT (i.indisvalid AND i.indisready)"
    " UNION ALL"
    " SELECT 'the constraint ' || k.conname || ' was not checked' FROM pg_constraint k"
    " JOIN pg_namespace n ON n.oid = k.connamespace"
    " WHERE n.nspname = current_schema() AND NOT k.convalidated LIMIT 20";

class PostgresqlDatabase final : public store::Database {
 public:
  PostgresqlDatabase(const PostgresqlLibrary& pq, PostgresqlUri uri)
      : pq_(pq), uri_(std::move(uri)) {}

  Result<void> open(Missing missing);
  std::string name() const override { return uri_.shown; }
  Result<void> run_with(std::string_view sql, std::span<const Value> values,
                        const OnRow& on_row) override;
  std::int64_t changed() const override { return connection_->changed(); }
  Result<void> begin(Access access) override;
  Result<void> commit() override;
  void roll_back() override;
  Result<void> define(std::string_view sql) override;
  Result<void> keep_rows(std::string_view table) override;
  Result<int> schema_version() override;
  Result<void> set_schema_version(int version) override;
  Result<std::vector<std::string>> find_damage() override;

 private:
  bool is_open() const { return connection_ != nullptr && connection_->is_open(); }
  Result<void> connect();
  Result<void> make_schema();
  Result<void> start(Access access);
  Result<void> run_in_transaction(std::string_view sql, std::span<const Value> values,
                                  const OnRow& on_row);

  const PostgresqlLibrary& pq_;
  PostgresqlUri uri_;
  std::mutex mutex_;
  std::unique_ptr<PostgresqlConnection> connection_;  // null before open()
  enum class Within { Nothing, Reading, Writing } within_ = Within::Nothing;
};

Result<void> PostgresqlDatabase::connect() {
  if (is_open()) return {};
  auto fresh = TRY(PostgresqlConnection::open(pq_, uri_));
  bool has_schema = false;
  auto take = [&](const Row& row) -> Result<void> {
    has_schema = !row.is_null(0);
    return {};
  };
  TRY_VOID(fresh->run(kSession, {}, take));
  if (!has_schema) {
    return failure(Rule::ConfigBad, 0, name() + ": the schema of the search_path is not there");
  }
  connection_ = std::move(fresh);
  return {};
}

// Several processes may want this of a new database at the same time.
Result<void> PostgresqlDatabase::make_schema() {
  TRY_VOID(connection_->run("BEGIN"));
  TRY_VOID(connection_->run(kLockDatabase));
  TRY_VOID(connection_->run("CREATE SCHEMA IF NOT EXISTS bulla"));
  return connection_->run("COMMIT");
}

Result<void> PostgresqlDatabase::open(Missing missing) {
  TRY_VOID(connect());
  if (TRY(store::count_rows(*this, kCountSchemas)) == 0) {
    if (missing == Missing::Fail) return failure(Rule::StoreAbsent, 0, name());
    TRY_VOID(make_schema());
    if (TRY(store::count_rows(*this, kCountSchemas)) == 0) {
      return failure(Rule::ConfigBad, 0, name() + ": no right to use the schema bulla");
    }
  }
  // In this order: whoever makes the tables marks them in the same transaction.
  std::int64_t tables = TRY(store::count_rows(*this, kCountTables));
  if (TRY(store::count_rows(*this, kCountVersions)) != 0) return {};
  if (tables != 0) {
    return failure(Rule::StoreDamaged, 0, name() + ": a schema with tables of another program");
  }
  if (missing == Missing::Fail) return failure(Rule::StoreAbsent, 0, name());
  return {};
}

Result<void> PostgresqlDatabase::run_in_transaction(std::string_view sql,
                                                    std::span<const Value> values,
                                                    const OnRow& on_row) {
  auto done = connection_->run(sql, values, on_row);
  bool was_cut_off = !done && !is_open() && done.error().rule == Rule::IoNetwork;
  if (was_cut_off && within_ == Within::Writing) {
    done.error().detail += "; the change was not made";
  }
  return done;
}

// Outside of a transaction, what reads can be asked again as long as nobody has seen an answer.
Result<void> PostgresqlDatabase::run_with(std::string_view sql, std::span<const Value> values,
                                          const OnRow& on_row) {
  std::lock_guard lock(mutex_);
  if (within_ != Within::Nothing) return run_in_transaction(sql, values, on_row);
  bool was_seen = false;
  auto see = [&](const Row& row) -> Result<void> {
    was_seen = true;
    return on_row ? on_row(row) : Result<void>();
  };
  TRY_VOID(connect());
  auto done = connection_->run(sql, values, see);
  if (done || is_open() || was_seen || !sql.starts_with("SELECT")) return done;
  TRY_VOID(connect());
  return connection_->run(sql, values, see);
}

Result<void> PostgresqlDatabase::start(Access access) {
  TRY_VOID(connect());
  if (access == Access::Read) {
    TRY_VOID(connection_->run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    // Whoever copies everything takes the rows as slowly as it writes them.
    return connection_->run("SET LOCAL statement_timeout = 0");
  }
  TRY_VOID(connection_->run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"));
  return connection_->run(kLockSchema);
}

Result<void> PostgresqlDatabase::begin(Access access) {
  std::lock_guard lock(mutex_);
  bool was_open = is_open();
  auto done = start(access);
  if (!done && was_open && !is_open()) done = start(access);
  if (done) within_ = access == Access::Write ? Within::Writing : Within::Reading;
  if (!done && is_open()) (void)connection_->run("ROLLBACK");
  return done;
}

// A transaction in which something failed ends with a COMMIT that the server answers by ROLLBACK.
Result<void> PostgresqlDatabase::commit() {
  std::lock_guard lock(mutex_);
  bool was_open = is_open();
  auto done = connection_->run("COMMIT");
  if (!done) {
    bool is_lost = was_open && !is_open();
    done.error().detail +=
        is_lost ? "; whether the change was made is not known" : "; the change was not made";
    return done;
  }
  within_ = Within::Nothing;
  if (connection_->command() == "COMMIT") return {};
  return failure(Rule::IoWrite, 0, name() + ": the change was not made");
}

void PostgresqlDatabase::roll_back() {
  std::lock_guard lock(mutex_);
  if (within_ == Within::Nothing) return;
  within_ = Within::Nothing;
  // Without a connection the server does it by itself.
  if (is_open()) (void)connection_->run("ROLLBACK");
}

// Text is compared by its octets, and letters are those of ASCII, wherever the server stands.
Result<void> PostgresqlDatabase::define(std::string_view sql) {
  constexpr std::string_view kType = " TEXT";
  std::string own;
  for (std::size_t at = sql.find(kType); at != sql.npos; at = sql.find(kType)) {
    own.append(sql.substr(0, at + kType.size())).append(" COLLATE \"C\"");
    sql.remove_prefix(at + kType.size());
  }
  std::lock_guard lock(mutex_);
  return connection_->run_once(own.append(sql));
}

// Against mistakes; against whoever owns the tables the chain of hashes helps.
Result<void> PostgresqlDatabase::keep_rows(std::string_view table) {
  std::string name(table);
  std::string function = name + "_only_grows";
  std::string refuse = " ON " + name + " FOR EACH STATEMENT EXECUTE FUNCTION " + function + "()";
  std::lock_guard lock(mutex_);
  TRY_VOID(connection_->run_once("CREATE FUNCTION " + function +
                                 "() RETURNS trigger LANGUAGE plpgsql AS"
                                 " 'BEGIN RAISE EXCEPTION ''the " +
                                 name + " only grows''; END'"));
  TRY_VOID(connection_->run_once("CREATE TRIGGER " + name + "_stays BEFORE DELETE OR TRUNCATE" +
                                 refuse));
  return connection_->run_once("CREATE TRIGGER " + name + "_is_fixed BEFORE UPDATE" + refuse);
}

Result<int> PostgresqlDatabase::schema_version() {
  if (TRY(store::count_rows(*this, kCountVersions)) == 0) return 0;
  return static_cast<int>(
      TRY(store::count_rows(*this, "SELECT number FROM store_version LIMIT 1")));
}

Result<void> PostgresqlDatabase::set_schema_version(int version) {
  TRY_VOID(run("CREATE TABLE IF NOT EXISTS store_version (number BIGINT NOT NULL)"));
  TRY_VOID(run("DELETE FROM store_version"));
  return run("INSERT INTO store_version (number) VALUES ($1)", {std::int64_t{version}});
}

Result<std::vector<std::string>> PostgresqlDatabase::find_damage() {
  std::vector<std::string> lines;
  TRY_VOID(run(kFindDamage, {}, [&](const Row& row) -> Result<void> {
    lines.emplace_back(row.text(0));
    return {};
  }));
  return lines;
}

}  // namespace

bool is_postgresql_uri(std::string_view text) {
  return text.starts_with("postgresql:") || text.starts_with("postgres:");
}

Result<bool> has_password(const std::string& uri) {
  const PostgresqlLibrary* pq = TRY(postgresql_library());
  PostgresqlUri parsed = TRY(PostgresqlUri::parse(*pq, uri));
  return parsed.password == PostgresqlUri::Password::Inside;
}

Result<std::unique_ptr<store::Database>> open_postgresql(const std::string& uri, Missing missing) {
  const PostgresqlLibrary* pq = TRY(postgresql_library());
  PostgresqlUri parsed = TRY(PostgresqlUri::parse(*pq, uri));
  auto database = std::make_unique<PostgresqlDatabase>(*pq, std::move(parsed));
  TRY_VOID(database->open(missing));
  return database;
}

}  // namespace bulla::net
