#include "cms/recipient_info/kinds.h"

namespace bulla::cms {
namespace {

// KEKIdentifier ::= SEQUENCE {
//     keyIdentifier  OCTET STRING,
//     date           GeneralizedTime OPTIONAL,
//     other          OtherKeyAttribute OPTIONAL }
Bytes read_key_identifier(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  Bytes identifier = to_bytes(seq.octet_string());
  seq.skip_rest();
  return identifier;
}

}  // namespace

// KEKRecipientInfo ::= SEQUENCE {
//     version                 CMSVersion,  -- always 4
//     kekid                   KEKIdentifier,
//     keyEncryptionAlgorithm  KeyEncryptionAlgorithmIdentifier,
//     encryptedKey            EncryptedKey }  -- CMS-55
RecipientInfo read_kekri(asn1::Reader& in) {
  asn1::Reader seq = in.enter(kKekriTag);
  std::int64_t version = seq.small_integer();
  if (version != 4) return skip(seq);
  return KekRecipientInfo{
      .version = version,
      .key_identifier = read_key_identifier(seq),
      .key_encryption_algorithm = asn1::AlgorithmIdentifier::read(seq),
      .encrypted_key = to_bytes(seq.octet_string()),
  };
}

void write(asn1::Writer& out, const KekRecipientInfo& info) {
  asn1::Writer seq = out.enter(kKekriTag);
  seq.integer(static_cast<std::uint64_t>(info.version));
  seq.sequence().octet_string(info.key_identifier);
  info.key_encryption_algorithm.write(seq);
  seq.octet_string(info.encrypted_key);
}

}  // namespace bulla::cms
