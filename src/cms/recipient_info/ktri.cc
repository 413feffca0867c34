#include "cms/recipient_info/kinds.h"

namespace bulla::cms {

// KeyTransRecipientInfo ::= SEQUENCE {
//     version                 CMSVersion,  -- 0 or 2
//     rid                     RecipientIdentifier,
//     keyEncryptionAlgorithm  KeyEncryptionAlgorithmIdentifier,
//     encryptedKey            EncryptedKey }
RecipientInfo read_ktri(asn1::Reader& in) {
  asn1::Reader seq = in.enter(kKtriTag);
  std::int64_t version = seq.small_integer();
  if (version != 0 && version != 2) return skip(seq);
  return KeyTransRecipientInfo{
      .version = version,
      .rid = EntityIdentifier::read(seq),
      .key_encryption_algorithm = asn1::AlgorithmIdentifier::read(seq),
      .encrypted_key = to_bytes(seq.octet_string()),
  };
}

void write(asn1::Writer& out, const KeyTransRecipientInfo& info) {
  asn1::Writer seq = out.enter(kKtriTag);
  seq.integer(static_cast<std::uint64_t>(info.version));
  info.rid.write(seq);
  info.key_encryption_algorithm.write(seq);
  seq.octet_string(info.encrypted_key);
}

}  // namespace bulla::cms
