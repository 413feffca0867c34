// Private keys as PKCS #8 (RFC 5958), for keeping: in one form, and encrypted.
#pragma once

#include "asn1/algorithm_identifier.h"
#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::crypto {

// DER PrivateKeyInfo of a PrivateKeyInfo, an RSAPrivateKey (PKCS #1) or an ECPrivateKey
// (SEC 1). Errors: key.unreadable; key.passphrase-needed for an EncryptedPrivateKeyInfo.
Result<Secret> to_private_key_info(ByteView der);

// DER PrivateKeyInfo around the octets of privateKey.
Secret write_private_key_info(const asn1::AlgorithmIdentifier& algorithm, ByteView key);

// DER EncryptedPrivateKeyInfo: PBES2 (RFC 8018 6.2) with PBKDF2, HMAC-SHA-256 and AES-256-CBC,
// which all programs of the last fifteen years read.
Result<Bytes> encrypt_private_key(ByteView private_key_info, ByteView password);

// Whether the octets are an EncryptedPrivateKeyInfo. What is malformed is none.
bool is_encrypted_private_key(ByteView der);

}  // namespace bulla::crypto
