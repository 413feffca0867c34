// SQLite behind the interface of Database.
//
// A file in write-ahead mode: readers and one writer at a time do not wait for each other, and
// what was committed survives the death of the process and of the machine.
#pragma once

#include <memory>

#include "store/database.h"

namespace bulla::store {

// A file that is marked as ours, or an empty one. A new file and the folders above it can be
// used by their owner alone. Errors: store.absent, store.unavailable, store.damaged (a file
// of something else too), store.busy, io.cannot-create.
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, Missing missing);

// A new file in a folder that is there. Errors: io.cannot-create if there is such a file.
Result<std::unique_ptr<Database>> create_sqlite(const std::string& path);
// With what SQLite has put beside it.
void remove_sqlite(const std::string& path);

}  // namespace bulla::store
