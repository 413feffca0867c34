#include "cms/shared_info.h"

#include <algorithm>
#include <array>

#include "base/try.h"
#include "crypto/digest.h"

namespace bulla::cms {
namespace {

std::array<std::uint8_t, 4> big_endian(std::uint32_t number) {
  return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
          static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

// OtherInfo ::= SEQUENCE {
//     keyInfo          KeySpecificInfo,
//     partyAInfo   [0] OCTET STRING OPTIONAL,
//     suppPubInfo  [2] OCTET STRING }  -- KM-09: key_info with the OID of the wrap alone
// KeySpecificInfo ::= SEQUENCE {
//     algorithm        OBJECT IDENTIFIER,
//     counter          OCTET STRING SIZE (4..4) }
Bytes x942_other_info(const Oid& wrap, std::uint32_t counter, std::optional<ByteView> ukm,
                      std::size_t key_octets) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    {
      asn1::Writer key_info = seq.sequence();
      key_info.oid(wrap);
      key_info.octet_string(big_endian(counter));
    }
    if (ukm) seq.enter(asn1::constructed(0)).octet_string(*ukm);
    seq.enter(asn1::constructed(2))
        .octet_string(big_endian(static_cast<std::uint32_t>(8 * key_octets)));
  });
}

// KM = H(ZZ || OtherInfo) with counters from 1, as many as it takes.
Result<Secret> derive_x942(const crypto::KeyAgreement& agreement, ByteView shared,
                           std::optional<ByteView> ukm, std::size_t size) {
  Secret key(size);
  for (std::size_t done = 0, counter = 1; done < size; ++counter) {
    crypto::Hasher hasher = TRY(crypto::Hasher::create(agreement.digest));
    hasher.update(shared);
    hasher.update(x942_other_info(agreement.wrap_identifier.algorithm,
                                  static_cast<std::uint32_t>(counter), ukm, size));
    Bytes block = hasher.finish();
    std::size_t count = std::min(block.size(), size - done);
    std::copy_n(block.begin(), count, key.mutable_view().begin() + done);
    done += count;
    wipe(block);
  }
  return key;
}

}  // namespace

// ECC-CMS-SharedInfo ::= SEQUENCE {
//     keyInfo         AlgorithmIdentifier,
//     entityUInfo [0] EXPLICIT OCTET STRING OPTIONAL,
//     suppPubInfo [2] EXPLICIT OCTET STRING }  -- KM-18
//
// entityUInfo is the ukm, suppPubInfo the size of the key in bits (KM-20).
Bytes shared_info(const asn1::AlgorithmIdentifier& key_info, std::optional<ByteView> ukm,
                  std::size_t key_octets) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    key_info.write(seq);
    if (ukm) seq.enter(asn1::constructed(0)).octet_string(*ukm);
    seq.enter(asn1::constructed(2))
        .octet_string(big_endian(static_cast<std::uint32_t>(8 * key_octets)));
  });
}

// CMSORIforKEMOtherInfo ::= SEQUENCE {
//     wrap           KeyEncryptionAlgorithmIdentifier,
//     kekLength      INTEGER (1..65535),
//     ukm        [0] EXPLICIT UserKeyingMaterial OPTIONAL }  -- KM-43
Bytes kem_other_info(const asn1::AlgorithmIdentifier& wrap, std::int64_t kek_length,
                     std::optional<ByteView> ukm) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    wrap.write(seq);
    seq.integer(static_cast<std::uint64_t>(kek_length));
    if (ukm) seq.enter(asn1::constructed(0)).octet_string(*ukm);
  });
}

Result<Secret> derive_key_encryption_key(const crypto::KeyAgreement& agreement, ByteView shared,
                                         std::optional<ByteView> ukm) {
  std::size_t size = crypto::key_size(agreement.wrap);
  if (agreement.kdf == crypto::Kdf::X942) return derive_x942(agreement, shared, ukm, size);
  Bytes info = shared_info(agreement.wrap_identifier, ukm, size);
  if (agreement.kdf == crypto::Kdf::X963) {
    return crypto::derive_x963(agreement.digest, shared, info, size);
  }
  return crypto::derive_hkdf(agreement.digest, shared, ukm.value_or(ByteView()), info, size);
}

}  // namespace bulla::cms
