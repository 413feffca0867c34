// From a shared secret to the key-encryption key: of a KeyAgreeRecipientInfo (RFC 5753 7.2,
// RFC 8418 2), of a KEMRecipientInfo (RFC 9629 5).
#pragma once

#include <optional>

#include "crypto/algorithm_table.h"

namespace bulla::cms {

// ECC-CMS-SharedInfo in DER. `key_info` is the key wrap's AlgorithmIdentifier exactly as it
// stands in keyEncryptionAlgorithm (KM-19); `key_octets` the size of the key-encryption key.
Bytes shared_info(const asn1::AlgorithmIdentifier& key_info, std::optional<ByteView> ukm,
                  std::size_t key_octets);

// The key-encryption key by the agreement's KDF: X9.63 (KM-21), HKDF with the ukm as
// salt (KM-28), or X9.42 (RFC 2631 2.1.2).
Result<Secret> derive_key_encryption_key(const crypto::KeyAgreement& agreement, ByteView shared,
                                         std::optional<ByteView> ukm);

// CMSORIforKEMOtherInfo in DER, for a KEMRecipientInfo (RFC 9629 5): `wrap` exactly as it
// stands in the RecipientInfo.
Bytes kem_other_info(const asn1::AlgorithmIdentifier& wrap, std::int64_t kek_length,
                     std::optional<ByteView> ukm);

}  // namespace bulla::cms
