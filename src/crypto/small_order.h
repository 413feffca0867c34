// Keys that would make any signature fit or any agreement zero (T-66).
#pragma once

#include "bulla/algorithm.h"
#include "bulla/bytes.h"

namespace bulla::crypto {

// Whether an Ed25519 or Ed448 public key is a point of small order. False for all
// other kinds: X25519 and X448 are checked by their result (KM-26).
bool has_small_order(KeyKind kind, ByteView key);

}  // namespace bulla::crypto
