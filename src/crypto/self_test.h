// The start-up self test (T-128): what this project relies on in the libcrypto that
// it finds, in under two milliseconds. Tests and `bulla doctor` call it.
#pragma once

#include "bulla/result.h"

namespace bulla::crypto {

// Errors: crypto.unavailable, with what failed as detail.
Result<void> self_test();

}  // namespace bulla::crypto
