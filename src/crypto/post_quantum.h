// The algorithms of FIPS 203, 204 and 205: ML-KEM, ML-DSA and SLH-DSA.
//
// Their keys are octets of one size each, and their parameters are absent everywhere. A
// libcrypto that has them has them under the names of the rows; whether it does is asked,
// never concluded from its version.
#pragma once

#include <optional>
#include <span>

#include "asn1/algorithm_identifier.h"
#include "bulla/algorithm.h"
#include "bulla/oid.h"

namespace bulla::crypto {

struct PostQuantumRow {
  KeyKind kind;
  std::optional<SignatureAlgorithm> signature;
  std::optional<KemAlgorithm> kem;
  Oid oid;                   // of keys, signatures and encapsulations alike
  const char* type;          // as the standards and libcrypto write it
  std::string_view name;     // as a person types it
  std::size_t public_size;   // octets of the public key
  std::size_t private_size;  // of the expanded private key
  std::size_t seed_size;     // of what it is made from; 0: there is no such form
  std::size_t output_size;   // of a signature, or of an encapsulated secret
};

std::span<const PostQuantumRow> post_quantum_rows();
const PostQuantumRow* find_post_quantum(KeyKind kind);
const PostQuantumRow* find_post_quantum(const Oid& oid);
const PostQuantumRow* find_post_quantum(SignatureAlgorithm algorithm);

// Whether the libcrypto at hand has it (asked once, by fetching).
bool is_available(const PostQuantumRow& row);
// What would provide them.
inline constexpr std::string_view kPostQuantumProvider = "OpenSSL 3.5 has it";
// crypto.unavailable, with what would provide it.
tl::unexpected<Error> unavailable(const PostQuantumRow& row);

// The content's digest that goes with the signature beside signed attributes: of SLH-DSA
// the one of its set (RFC 9814 4), of ML-DSA SHA-512 (RFC 9882 3.3).
Digest default_digest(const PostQuantumRow& row);
// Whether the digest is as strong as the signature: those of RFC 9882 3.3 beside ML-DSA, and
// beside SLH-DSA all that are as long as the one that RFC 9814 4 names (ALG-33, ALG-36).
bool allows_digest(SignatureAlgorithm algorithm, Digest digest);

}  // namespace bulla::crypto
