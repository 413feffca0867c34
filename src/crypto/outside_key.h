// What remains to be done here for a key whose private half is in a token: forms that PKCS #11 does
// not have, and paddings that are taken off where their time is known.
//
// Thread safety: functions of their arguments.
#pragma once

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/result.h"
#include "crypto/public_key.h"

namespace bulla::crypto {

// DER SubjectPublicKeyInfo. `parameters` is DER ECParameters, `point` the octets of an ECPoint.
Bytes rsa_public_key_info(ByteView modulus, ByteView public_exponent);
Bytes ec_public_key_info(ByteView parameters, ByteView point);

// DER DigestInfo, with NULL parameters (RFC 8017 9.2, ALG-05).
Bytes digest_info(Digest digest, ByteView octets);

// DER Ecdsa-Sig-Value from r and s, each half of the octets. Errors: crypto.sign-failed.
Result<Bytes> ecdsa_signature_value(ByteView r_and_s);

// The peer's point, uncompressed. Rule::EncFailed if it is not on the curve of `own`: no token sees
// such a one.
Result<Bytes> checked_point(const PublicKey& own, ByteView peer);

// Takes the padding off what RSADP gave, as PrivateKey::decrypt_key() says: with v1.5 the result is
// then a key in any case. `rejection_seed` is secret, and the same whenever the key is.
Result<Secret> open_transport(const TransportScheme& scheme, const Secret& block,
                              ByteView rejection_seed, ByteView encrypted_key, std::size_t size);

}  // namespace bulla::crypto
