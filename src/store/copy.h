// All rows of a store, from one database into another, whatever their engines.
#pragma once

#include "store/database.h"

namespace bulla::store {

// As of one moment, while others go on with `from`; all or nothing. Errors: io.cannot-create if
// there is something in `to`.
[[nodiscard]] Result<void> copy_store(Database& from, Database& to);

// Into a new file. Errors: io.cannot-create if there is such a file.
[[nodiscard]] Result<void> back_up_to_sqlite(Database& from, const std::string& path);

}  // namespace bulla::store
