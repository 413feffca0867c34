// The tables of the store, and their versions.
#pragma once

#include "store/database.h"

namespace bulla::store {

// Makes the tables of a new database, or brings those of an older bulla to the present form,
// all or nothing. Errors: store.newer.
Result<void> prepare_schema(Database& database);

}  // namespace bulla::store
