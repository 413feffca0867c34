// KeyInfo: what a SubjectPublicKeyInfo says of its key, without libcrypto.
//
// Sizes come from the DER, so that a giant key can be refused before anything
// computes with it (T-65).
#pragma once

#include <optional>
#include <string>

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/limits.h"

namespace bulla::x509 {

struct KeyInfo {
  KeyKind kind = KeyKind::Unknown;
  std::size_t bits = 0;           // 0: unknown kind or curve, or malformed
  std::size_t exponent_bits = 0;  // RSA
  std::string description;        // "RSA 2048", "EC P-256", or the dotted OID
};

KeyInfo read_key_info(ByteView spki);

// Why the key must not reach libcrypto, or nothing: too large, malformed, or an
// elliptic curve without a name.
std::optional<std::string> find_key_flaw(const KeyInfo& key, const Limits& limits);

}  // namespace bulla::x509
