// `cert find` where others are asked: in directories, in the DNS, on the web.
#pragma once

#include "cli/answer.h"
#include "cli/store_options.h"

namespace bulla::cli {

// Errors: key.unknown-address where nobody has a certificate that can be used, io.network where
// somebody could not be asked, and those of the flags and the store.
Result<Answer> discover(const StoreOptions& options);

}  // namespace bulla::cli
