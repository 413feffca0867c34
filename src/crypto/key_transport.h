// RSA key transport, and key encapsulation, with libcrypto's keys. PublicKey and PrivateKey are the
// way in.
#pragma once

#include "crypto/openssl.h"
#include "crypto/public_key.h"

namespace bulla::crypto {

// As PublicKey::encrypt_key.
Result<Bytes> encrypt_to_rsa(EVP_PKEY* key, const TransportScheme& scheme, ByteView content_key);

// As PrivateKey::decrypt_key. `rejection_seed` is secret, and the same whenever the
// key is.
Result<Secret> decrypt_from_rsa(EVP_PKEY* key, const TransportScheme& scheme,
                                ByteView rejection_seed, ByteView encrypted_key, std::size_t size);

// RSADP (RFC 8017 5.1.2): as many octets as the modulus has. A ciphertext of another length
// or not below the modulus is Rule::EncFailed.
Result<Secret> decrypt_raw(EVP_PKEY* key, ByteView ciphertext);

// EME-PKCS1-v1_5 decoding (RFC 8017 7.2.2) for a message of exactly substitute.size()
// octets; the substitute where the block is of any other form. Neither time nor memory
// access tells which: `block`'s contents decide no branch and no index.
Secret unpad_pkcs1(ByteView block, ByteView substitute);

// A fresh secret (KM-44). REQUIRES: the key is of the algorithm's kind.
Result<Encapsulation> encapsulate(EVP_PKEY* key, KemAlgorithm algorithm);
// Lengths are compared before the key is used (KM-49, KM-53).
Result<Secret> decapsulate(EVP_PKEY* key, KemAlgorithm algorithm, ByteView kemct);

}  // namespace bulla::crypto
