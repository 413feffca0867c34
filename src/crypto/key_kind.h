// What kinds of keys have in common.
#pragma once

#include "bulla/algorithm.h"

namespace bulla::crypto {

// An RSA key, whatever it may be used for: its size is that of its modulus.
constexpr bool is_rsa(KeyKind kind) {
  return kind == KeyKind::Rsa || kind == KeyKind::RsaPss || kind == KeyKind::RsaOaep ||
         kind == KeyKind::RsaKem;
}

}  // namespace bulla::crypto
