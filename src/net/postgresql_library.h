// libpq, loaded when a store in PostgreSQL is opened: it brings Kerberos and LDAP along.
#pragma once

#include <postgresql/libpq-fe.h>

#include "bulla/result.h"

namespace bulla::net {

struct PostgresqlLibrary {
  decltype(&::PQconninfoParse) parse_uri = nullptr;
  decltype(&::PQconninfoFree) free_options = nullptr;
  decltype(&::PQfreemem) free_memory = nullptr;
  decltype(&::PQconnectStartParams) connect_start = nullptr;
  decltype(&::PQconnectPoll) connect_poll = nullptr;
  decltype(&::PQfinish) finish = nullptr;
  decltype(&::PQstatus) status = nullptr;
  decltype(&::PQsocket) socket = nullptr;
  decltype(&::PQerrorMessage) error_message = nullptr;
  decltype(&::PQconnectionNeedsPassword) needs_password = nullptr;
  decltype(&::PQparameterStatus) parameter = nullptr;
  decltype(&::PQsetErrorVerbosity) set_verbosity = nullptr;
  decltype(&::PQsetNoticeProcessor) set_notice_processor = nullptr;
  decltype(&::PQsetnonblocking) set_nonblocking = nullptr;
  decltype(&::PQsendPrepare) send_prepare = nullptr;
  decltype(&::PQsendQueryPrepared) send_prepared = nullptr;
  decltype(&::PQsetSingleRowMode) set_single_row_mode = nullptr;
  decltype(&::PQflush) flush = nullptr;
  decltype(&::PQisBusy) is_busy = nullptr;
  decltype(&::PQconsumeInput) consume_input = nullptr;
  decltype(&::PQgetResult) result = nullptr;
  decltype(&::PQresultStatus) result_status = nullptr;
  decltype(&::PQresultErrorField) error_field = nullptr;
  decltype(&::PQcmdStatus) command_status = nullptr;
  decltype(&::PQcmdTuples) command_rows = nullptr;
  decltype(&::PQnfields) columns = nullptr;
  decltype(&::PQgetvalue) value = nullptr;
  decltype(&::PQgetlength) length = nullptr;
  decltype(&::PQgetisnull) is_null = nullptr;
  decltype(&::PQclear) clear = nullptr;
};

// The same for the life of the program. Errors: store.unavailable.
Result<const PostgresqlLibrary*> postgresql_library();

}  // namespace bulla::net
