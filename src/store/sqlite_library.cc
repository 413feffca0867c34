#include "store/sqlite_library.h"

#include "base/shared_library.h"

namespace bulla::store {
namespace {

constexpr const char* kName = "libsqlite3.so.0";

Result<SqliteLibrary> load() {
  SharedLibrary library(kName);
  if (!library.is_there()) return failure(Rule::StoreUnavailable, 0, kName);
  SqliteLibrary sqlite;
  library.find("sqlite3_open_v2", sqlite.open);
  library.find("sqlite3_close_v2", sqlite.close);
  library.find("sqlite3_extended_result_codes", sqlite.extended_result_codes);
  library.find("sqlite3_errmsg", sqlite.errmsg);
  library.find("sqlite3_errstr", sqlite.errstr);
  library.find("sqlite3_busy_timeout", sqlite.busy_timeout);
  library.find("sqlite3_db_config", sqlite.db_config);
  library.find("sqlite3_limit", sqlite.limit);
  library.find("sqlite3_prepare_v3", sqlite.prepare);
  library.find("sqlite3_step", sqlite.step);
  library.find("sqlite3_reset", sqlite.reset);
  library.find("sqlite3_clear_bindings", sqlite.clear_bindings);
  library.find("sqlite3_finalize", sqlite.finalize);
  library.find("sqlite3_bind_null", sqlite.bind_null);
  library.find("sqlite3_bind_int64", sqlite.bind_int64);
  library.find("sqlite3_bind_text64", sqlite.bind_text);
  library.find("sqlite3_bind_blob64", sqlite.bind_blob);
  library.find("sqlite3_bind_parameter_count", sqlite.bind_parameter_count);
  library.find("sqlite3_column_type", sqlite.column_type);
  library.find("sqlite3_column_int64", sqlite.column_int64);
  library.find("sqlite3_column_text", sqlite.column_text);
  library.find("sqlite3_column_blob", sqlite.column_blob);
  library.find("sqlite3_column_bytes", sqlite.column_bytes);
  library.find("sqlite3_changes64", sqlite.changes);
  library.find("sqlite3_sleep", sqlite.sleep);
  // sqlite3_changes64 is of 3.37, which Debian 12 is past.
  if (!library.is_whole()) {
    return failure(Rule::StoreUnavailable, 0, std::string(kName) + " is too old");
  }
  return sqlite;
}

}  // namespace

Result<const SqliteLibrary*> sqlite_library() {
  static const Result<SqliteLibrary> library = load();
  if (!library) return tl::unexpected<Error>(library.error());
  return &*library;
}

}  // namespace bulla::store
