#include "net/postgresql_library.h"

#include <dlfcn.h>

namespace bulla::net {
namespace {

constexpr const char* kName = "libpq.so.5";

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

Result<PostgresqlLibrary> load() {
  void* library = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return failure(Rule::StoreUnavailable, 0, kName);
  PostgresqlLibrary pq;
  Finder finder{library};
  finder.find("PQconninfoParse", pq.parse_uri);
  finder.find("PQconninfoFree", pq.free_options);
  finder.find("PQfreemem", pq.free_memory);
  finder.find("PQconnectStartParams", pq.connect_start);
  finder.find("PQconnectPoll", pq.connect_poll);
  finder.find("PQfinish", pq.finish);
  finder.find("PQstatus", pq.status);
  finder.find("PQsocket", pq.socket);
  finder.find("PQerrorMessage", pq.error_message);
  finder.find("PQconnectionNeedsPassword", pq.needs_password);
  finder.find("PQparameterStatus", pq.parameter);
  finder.find("PQsetErrorVerbosity", pq.set_verbosity);
  finder.find("PQsetNoticeProcessor", pq.set_notice_processor);
  finder.find("PQsetnonblocking", pq.set_nonblocking);
  finder.find("PQsendPrepare", pq.send_prepare);
  finder.find("PQsendQueryPrepared", pq.send_prepared);
  finder.find("PQsetSingleRowMode", pq.set_single_row_mode);
  finder.find("PQflush", pq.flush);
  finder.find("PQisBusy", pq.is_busy);
  finder.find("PQconsumeInput", pq.consume_input);
  finder.find("PQgetResult", pq.result);
  finder.find("PQresultStatus", pq.result_status);
  finder.find("PQresultErrorField", pq.error_field);
  finder.find("PQcmdStatus", pq.command_status);
  finder.find("PQcmdTuples", pq.command_rows);
  finder.find("PQnfields", pq.columns);
  finder.find("PQgetvalue", pq.value);
  finder.find("PQgetlength", pq.length);
  finder.find("PQgetisnull", pq.is_null);
  finder.find("PQclear", pq.clear);
  if (!finder.is_whole) {
    return failure(Rule::StoreUnavailable, 0, std::string(kName) + " is too old");
  }
  return pq;
}

}  // namespace

Result<const PostgresqlLibrary*> postgresql_library() {
  static const Result<PostgresqlLibrary> library = load();
  if (!library) return tl::unexpected<Error>(library.error());
  return &*library;
}

}  // namespace bulla::net
