#include "cms/recipient_info/kinds.h"

namespace bulla::cms {
namespace {

constexpr asn1::Tag kUkmTag = asn1::constructed(0);

}  // namespace

// KEMRecipientInfo ::= SEQUENCE {
//     version            CMSVersion,  -- always 0
//     rid                RecipientIdentifier,
//     kem                KEMAlgorithmIdentifier,
//     kemct              OCTET STRING,
//     kdf                KeyDerivationAlgorithmIdentifier,
//     kekLength          INTEGER (1..65535),
//     ukm            [0] EXPLICIT UserKeyingMaterial OPTIONAL,
//     wrap               KeyEncryptionAlgorithmIdentifier,
//     encryptedKey       EncryptedKey }  -- KM-40; rid in both forms: KM-41
RecipientInfo read_kemri(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  KemRecipientInfo info;
  info.version = seq.small_integer();
  if (info.version != 0) return skip(seq);
  info.rid = EntityIdentifier::read(seq);
  info.kem = asn1::AlgorithmIdentifier::read(seq);
  info.kemct = to_bytes(seq.octet_string());
  info.kdf = asn1::AlgorithmIdentifier::read(seq);
  info.kek_length = seq.small_integer();
  if (auto ukm = seq.optional_enter(kUkmTag)) info.ukm = to_bytes(ukm->octet_string());
  info.wrap = asn1::AlgorithmIdentifier::read(seq);
  info.encrypted_key = to_bytes(seq.octet_string());
  return info;
}

void write(asn1::Writer& out, const KemRecipientInfo& info) {
  asn1::Writer ori = out.enter(kOriTag);
  ori.oid(kOriKem);
  asn1::Writer seq = ori.sequence();
  seq.integer(static_cast<std::uint64_t>(info.version));
  info.rid.write(seq);
  info.kem.write(seq);
  seq.octet_string(info.kemct);
  info.kdf.write(seq);
  seq.integer(static_cast<std::uint64_t>(info.kek_length));
  if (info.ukm) seq.enter(kUkmTag).octet_string(*info.ukm);
  info.wrap.write(seq);
  seq.octet_string(info.encrypted_key);
}

}  // namespace bulla::cms
