// A store for one test, in SQLite or in PostgreSQL.
//
// The second needs the server that tests/store/postgresql_server.py starts, and says so by
// is_there() where there is none. Each test has a database of its own.
#pragma once

#include <gtest/gtest.h>
#include <postgresql/libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>

#include "host/temporary_folder.h"
#include "net/postgresql.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace bulla::store {

class Engine {
 public:
  virtual ~Engine() = default;
  virtual bool is_there() const { return true; }
  virtual Result<std::unique_ptr<Database>> database(Missing missing) const = 0;
  Result<std::unique_ptr<Store>> open(Missing missing) const {
    auto opened = database(missing);
    if (!opened) return tl::unexpected<Error>(opened.error());
    return Store::open(std::move(*opened));
  }
  // Changes the tables as somebody without bulla could.
  virtual void tamper(std::string sql) const = 0;
  virtual void drop_trigger(const std::string& name) const = 0;
  virtual void set_version(int version) const = 0;
};

class SqliteEngine final : public Engine {
 public:
  Result<std::unique_ptr<Database>> database(Missing missing) const override {
    return open_sqlite(path(), missing);
  }
  void tamper(std::string sql) const override {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << message;
    sqlite3_close(database);
  }
  void drop_trigger(const std::string& name) const override { tamper("DROP TRIGGER " + name); }
  void set_version(int version) const override {
    tamper("PRAGMA user_version = " + std::to_string(version));
  }

 private:
  std::string path() const { return folder_.path("data/store.db"); }
  TemporaryFolder folder_;
};

class PostgresqlEngine final : public Engine {
 public:
  PostgresqlEngine() : name_("test_" + std::to_string(::getpid())) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* place = std::getenv("BULLA_POSTGRESQL");
    std::ifstream file(place == nullptr ? "" : place);
    if (!std::getline(file, server_) || !std::getline(file, folder_)) return;
    std::string drop = "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)";
    execute(server_, {drop, "CREATE DATABASE " + name_ + " OWNER bulla"});
  }
  ~PostgresqlEngine() override {
    if (is_there()) execute(server_, {"DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)"});
  }

  bool is_there() const override { return !folder_.empty(); }
  std::string folder() const { return folder_; }
  std::string name() const { return name_; }
  // For an ordinary role, the owner of the database.
  std::string uri(const std::string& more = "&user=bulla") const {
    return "postgresql:///" + name_ + "?host=" + folder_ + more;
  }
  Result<std::unique_ptr<Database>> database(Missing missing) const override {
    return net::open_postgresql(uri(), missing);
  }
  // Octets are written x'00'.
  void tamper(std::string sql) const override {
    for (std::size_t at = sql.find(" x'"); at != sql.npos; at = sql.find(" x'", at + 3)) {
      sql.replace(at + 1, 2, "'\\x");
    }
    execute(uri("&user=postgres&options=-csearch_path%3Dbulla"), {sql});
  }
  void drop_trigger(const std::string& name) const override {
    tamper("DROP TRIGGER " + name + " ON history");
  }
  void set_version(int version) const override {
    tamper("UPDATE store_version SET number = " + std::to_string(version));
  }

  static void execute(const std::string& uri, const std::vector<std::string>& statements) {
    PGconn* connection = PQconnectdb(uri.c_str());
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    for (const std::string& sql : statements) {
      PGresult* result = PQexec(connection, sql.c_str());
      ExecStatusType status = PQresultStatus(result);
      EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
          << sql << ": " << PQerrorMessage(connection);
      PQclear(result);
    }
    PQfinish(connection);
  }

 private:
  std::string name_;
  std::string server_;
  std::string folder_;
};

enum class EngineKind { Sqlite, Postgresql };

inline std::string engine_name(EngineKind kind) {
  return kind == EngineKind::Sqlite ? "SQLite" : "PostgreSQL";
}

inline std::unique_ptr<Engine> make_engine(EngineKind kind) {
  if (kind == EngineKind::Sqlite) return std::make_unique<SqliteEngine>();
  return std::make_unique<PostgresqlEngine>();
}

inline auto each_engine() { return testing::Values(EngineKind::Sqlite, EngineKind::Postgresql); }

}  // namespace bulla::store
