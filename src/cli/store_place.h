// Where the store is: --store, else BULLA_STORE, else the configuration file, else the folder for
// data.
#pragma once

#include <memory>
#include <optional>

#include "cli/options.h"
#include "store/store.h"

namespace bulla::cli {

// The database at that place. Errors: config.bad for a place that is none, or a password in a
// URI that others can read; those of net::open_postgresql() and store::open_sqlite().
Result<std::unique_ptr<store::Store>> open_store(const CommonOptions& common,
                                                 store::Missing missing);

// The same if there is one. A place that somebody has named must have one.
Result<std::unique_ptr<store::Store>> find_store(const CommonOptions& common);

}  // namespace bulla::cli
