// SQLite behind the interface of Database.
//
// A file in write-ahead mode: readers and one writer at a time do not wait for each other, and
// what was committed survives the death of the process and of the machine.
#pragma once

#include <memory>

#include "store/database.h"

namespace bulla::store {

enum class Missing { Fail, Create };

// A file that is marked as ours, or an empty one. A new file and the folders above it can be
// used by their owner alone. Errors: store.absent, store.unavailable, store.damaged (a file
// of something else too), store.busy, io.cannot-create.
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, Missing missing);

}  // namespace bulla::store
