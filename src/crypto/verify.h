// Signature verification with libcrypto's keys. PublicKey is the way in.
#pragma once

#include "crypto/openssl.h"

namespace bulla::crypto {

// Parameters of one RSA or ECDSA signature operation on a digest.
void set_signature_parameters(const SignatureScheme& scheme, Parameters& parameters);

// As PublicKey::verify and verify_digest. REQUIRES: the key is of the scheme's kind.
Result<bool> verify_message(EVP_PKEY* key, const SignatureScheme& scheme, ByteView message,
                            ByteView signature);
Result<bool> verify_digest(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest,
                           ByteView signature);

}  // namespace bulla::crypto
