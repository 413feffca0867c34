// PostgreSQL behind the interface of store::Database: a store that several hosts share.
//
// Its tables are in one schema, "bulla", or the first of the search_path that the URI, the role or
// the database sets. Readers wait for nobody; one writer at a time has the store. A connection
// that was lost is made again where nothing is half done.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "store/database.h"

namespace bulla::net {

// "postgresql://…" or "postgres://…" (PostgreSQL manual 34.1.1.2).
bool is_postgresql_uri(std::string_view text);

// Whether anybody who sees the URI sees a password. Errors: store.unavailable, config.bad.
Result<bool> has_password(const std::string& uri);

// Errors: store.absent (no such database, or nothing in it), store.unavailable, store.damaged
// (tables of something else), config.bad (no rights too), io.network.
Result<std::unique_ptr<store::Database>> open_postgresql(const std::string& uri,
                                                         store::Missing missing);

}  // namespace bulla::net
