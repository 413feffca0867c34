#include "store/sqlite_library.h"

#include <dlfcn.h>

namespace bulla::store {
namespace {

constexpr const char* kName = "libsqlite3.so.0";

// Takes functions out of a library; `is_whole` if it had all of them.
struct Finder {
  void* library;
  bool is_whole = true;

  template <typename Function>
  void find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    is_whole = is_whole && function != nullptr;
  }
};

Result<SqliteLibrary> load() {
  void* library = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return failure(Rule::StoreUnavailable, 0, kName);
  SqliteLibrary sqlite;
  Finder finder{library};
  finder.find("sqlite3_open_v2", sqlite.open);
  finder.find("sqlite3_close_v2", sqlite.close);
  finder.find("sqlite3_extended_result_codes", sqlite.extended_result_codes);
  finder.find("sqlite3_errmsg", sqlite.errmsg);
  finder.find("sqlite3_errstr", sqlite.errstr);
  finder.find("sqlite3_busy_timeout", sqlite.busy_timeout);
  finder.find("sqlite3_db_config", sqlite.db_config);
  finder.find("sqlite3_limit", sqlite.limit);
  finder.find("sqlite3_prepare_v3", sqlite.prepare);
  finder.find("sqlite3_step", sqlite.step);
  finder.find("sqlite3_reset", sqlite.reset);
  finder.find("sqlite3_clear_bindings", sqlite.clear_bindings);
  finder.find("sqlite3_finalize", sqlite.finalize);
  finder.find("sqlite3_bind_null", sqlite.bind_null);
  finder.find("sqlite3_bind_int64", sqlite.bind_int64);
  finder.find("sqlite3_bind_text64", sqlite.bind_text);
  finder.find("sqlite3_bind_blob64", sqlite.bind_blob);
  finder.find("sqlite3_bind_parameter_count", sqlite.bind_parameter_count);
  finder.find("sqlite3_column_type", sqlite.column_type);
  finder.find("sqlite3_column_int64", sqlite.column_int64);
  finder.find("sqlite3_column_text", sqlite.column_text);
  finder.find("sqlite3_column_blob", sqlite.column_blob);
  finder.find("sqlite3_column_bytes", sqlite.column_bytes);
  finder.find("sqlite3_changes64", sqlite.changes);
  finder.find("sqlite3_sleep", sqlite.sleep);
  finder.find("sqlite3_backup_init", sqlite.backup_init);
  finder.find("sqlite3_backup_step", sqlite.backup_step);
  finder.find("sqlite3_backup_finish", sqlite.backup_finish);
  // sqlite3_changes64 is of 3.37, which Debian 12 is past.
  if (!finder.is_whole) {
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
