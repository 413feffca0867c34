// The types of private keys that can be made. generate_private_key() makes them.
#pragma once

#include <optional>
#include <string_view>

#include "bulla/key.h"
#include "crypto/curve.h"
#include "crypto/post_quantum.h"

namespace bulla::crypto {

struct KeyType {
  std::string_view name;  // "rsa-3072"
  KeyKind kind;
  std::size_t rsa_bits = 0;
  const CurveRow* curve = nullptr;               // EC
  const PostQuantumRow* post_quantum = nullptr;  // ML-KEM, ML-DSA, SLH-DSA
};

// Nothing for a name that is none.
std::optional<KeyType> find_key_type(std::string_view name);

}  // namespace bulla::crypto
