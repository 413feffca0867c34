#include "net/postgresql_library.h"

#include "base/shared_library.h"

namespace bulla::net {
namespace {

constexpr const char* kName = "libpq.so.5";

Result<PostgresqlLibrary> load() {
  SharedLibrary library(kName);
  if (!library.is_there()) return failure(Rule::StoreUnavailable, 0, kName);
  PostgresqlLibrary pq;
  library.find("PQconninfoParse", pq.parse_uri);
  library.find("PQconninfoFree", pq.free_options);
  library.find("PQfreemem", pq.free_memory);
  library.find("PQconnectStartParams", pq.connect_start);
  library.find("PQconnectPoll", pq.connect_poll);
  library.find("PQfinish", pq.finish);
  library.find("PQstatus", pq.status);
  library.find("PQsocket", pq.socket);
  library.find("PQerrorMessage", pq.error_message);
  library.find("PQconnectionNeedsPassword", pq.needs_password);
  library.find("PQparameterStatus", pq.parameter);
  library.find("PQsetErrorVerbosity", pq.set_verbosity);
  library.find("PQsetNoticeProcessor", pq.set_notice_processor);
  library.find("PQsetnonblocking", pq.set_nonblocking);
  library.find("PQsendPrepare", pq.send_prepare);
  library.find("PQsendQueryPrepared", pq.send_prepared);
  library.find("PQsetSingleRowMode", pq.set_single_row_mode);
  library.find("PQflush", pq.flush);
  library.find("PQisBusy", pq.is_busy);
  library.find("PQconsumeInput", pq.consume_input);
  library.find("PQgetResult", pq.result);
  library.find("PQresultStatus", pq.result_status);
  library.find("PQresultErrorField", pq.error_field);
  library.find("PQcmdStatus", pq.command_status);
  library.find("PQcmdTuples", pq.command_rows);
  library.find("PQnfields", pq.columns);
  library.find("PQgetvalue", pq.value);
  library.find("PQgetlength", pq.length);
  library.find("PQgetisnull", pq.is_null);
  library.find("PQclear", pq.clear);
  if (!library.is_whole()) {
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
