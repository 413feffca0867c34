// RSASSA-PSS with SHAKE as hash and as mask generation function (RFC 8702 3.2.1), which
// libcrypto does not have: EMSA-PSS (RFC 8017 9.1) over its RSA primitives.
#pragma once

#include "crypto/openssl.h"

namespace bulla::crypto {

// Whether the scheme is one of these.
bool is_shake_pss(const SignatureScheme& scheme);

// Errors: crypto.sign-failed.
Result<Bytes> sign_shake_pss(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest);
// REQUIRES: `signature` is as long as the modulus. Errors: crypto.unavailable.
Result<bool> verify_shake_pss(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest,
                              ByteView signature);

}  // namespace bulla::crypto
