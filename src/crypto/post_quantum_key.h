// Private keys of ML-KEM, ML-DSA and SLH-DSA as PKCS #8 holds them (RFC 9935 6, RFC 9881 6,
// RFC 9909 5). load_private_key is the way in.
#pragma once

#include "crypto/openssl.h"
#include "crypto/post_quantum.h"

namespace bulla::crypto {

// libcrypto 3.0 has no name for it.
inline constexpr const char* kSeedParameter = "seed";

struct PostQuantumKey {
  Owned<EVP_PKEY> key;
  Bytes public_key;
};

// `octets` is the content of PrivateKeyInfo.privateKey. Errors: crypto.bad-key for what is
// malformed or contradicts itself (KM-50, KM-51), crypto.unavailable.
Result<PostQuantumKey> read_post_quantum_key(const PostQuantumRow& row, ByteView octets);

}  // namespace bulla::crypto
