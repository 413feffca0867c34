// Key encapsulation: KEMs, and the key derivations beside them (RFC 9629). The operations are
// PublicKey::encapsulate and PrivateKey::decapsulate.
#pragma once

#include "crypto/algorithm_table.h"

namespace bulla::crypto {

// What a key of the kind can encapsulate with; nothing for others. rsaEncryption keys
// serve RSA-KEM beside key transport (RFC 9690 2.3).
std::optional<KemAlgorithm> kem_of(KeyKind kind);

// KEMRecipientInfo.kem. Parameters are absent (ALG-47, ALG-48). Errors:
// crypto.unknown-algorithm, crypto.bad-parameters.
Result<KemAlgorithm> read_kem(const asn1::AlgorithmIdentifier& algorithm);
asn1::AlgorithmIdentifier kem_identifier(KemAlgorithm algorithm);

// KEMRecipientInfo.kdf: HKDF without salt (RFC 8619), or KDF2 and KDF3 of ANS X9.44.
struct KemKdf {
  enum class Function : std::uint8_t { Hkdf, Kdf2, Kdf3 } function = Function::Hkdf;
  Digest digest = Digest::Sha256;

  friend bool operator==(const KemKdf&, const KemKdf&) = default;
};
Result<KemKdf> read_kem_kdf(const asn1::AlgorithmIdentifier& algorithm);
asn1::AlgorithmIdentifier kem_kdf_identifier(const KemKdf& kdf);
// From what the KEM gave to the key-encryption key of `size` octets.
Result<Secret> derive_kem_key(KemAlgorithm algorithm, const KemKdf& kdf, ByteView secret,
                              ByteView other_info, std::size_t size);

}  // namespace bulla::crypto
