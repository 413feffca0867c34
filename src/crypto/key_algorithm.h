// Which key a SubjectPublicKeyInfo or PrivateKeyInfo holds, and making libcrypto's
// keys and shared secrets from numbers and octets.
#pragma once

#include <optional>

#include "asn1/algorithm_identifier.h"
#include "crypto/curve.h"
#include "crypto/openssl.h"
#include "crypto/post_quantum.h"

namespace bulla::crypto {

// Keys that are octets without structure (RFC 8410).
struct RawKeyRow {
  KeyKind kind;
  Oid oid;
  const char* type;  // libcrypto's name
  std::size_t bits;  // of the field
  std::size_t size;  // octets of either half
};
const RawKeyRow* find_raw_key(KeyKind kind);

// The kind that an algorithm OID says; Unknown for all others.
KeyKind key_kind(const Oid& oid);
// REQUIRES: kind is not Unknown.
const Oid& key_oid(KeyKind kind);

// The named curve in the parameters of id-ecPublicKey. crypto.bad-key for explicit
// parameters and none (ALG-24), crypto.unknown-algorithm for another curve.
Result<const CurveRow*> read_curve(const asn1::AlgorithmIdentifier& algorithm);

// Keys; nullptr if libcrypto refuses the values.
Owned<EVP_PKEY> make_rsa_key(ByteView modulus, ByteView exponent);
// The point is checked to be on the curve.
Owned<EVP_PKEY> make_ec_key(const CurveRow& curve, ByteView point);
Owned<EVP_PKEY> make_raw_key(const RawKeyRow& row, ByteView octets);
// REQUIRES: the row is available.
Owned<EVP_PKEY> make_post_quantum_key(const PostQuantumRow& row, ByteView octets);
Owned<EVP_PKEY> make_key(const char* type, int selection, Parameters& parameters);

// A context for one operation with the key.
Owned<EVP_PKEY_CTX> operation(EVP_PKEY* key);

// The Diffie-Hellman shared secret; Rule::EncFailed for every failure. All curves
// here have cofactor 1, so that a point on the curve is a point of the group; a number of RFC
// 2631 was found to be one when its key was made.
Result<Secret> shared_secret(EVP_PKEY* own, EVP_PKEY* peer);

}  // namespace bulla::crypto
