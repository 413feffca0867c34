#include "cms/recipient_info/kinds.h"

namespace bulla::cms {
namespace {

constexpr asn1::Tag kDerivationTag = asn1::constructed(0);

}  // namespace

// PasswordRecipientInfo ::= SEQUENCE {
//     version                    CMSVersion,  -- always 0
//     keyDerivationAlgorithm [0] KeyDerivationAlgorithmIdentifier OPTIONAL,
//     keyEncryptionAlgorithm     KeyEncryptionAlgorithmIdentifier,
//     encryptedKey               EncryptedKey }
RecipientInfo read_pwri(asn1::Reader& in) {
  asn1::Reader seq = in.enter(kPwriTag);
  PasswordRecipientInfo info;
  info.version = seq.small_integer();
  if (info.version != 0) return skip(seq);
  if (seq.next_is(kDerivationTag)) {
    info.key_derivation_algorithm = asn1::AlgorithmIdentifier::read(seq, kDerivationTag);
  }
  info.key_encryption_algorithm = asn1::AlgorithmIdentifier::read(seq);
  info.encrypted_key = to_bytes(seq.octet_string());
  return info;
}

void write(asn1::Writer& out, const PasswordRecipientInfo& info) {
  asn1::Writer seq = out.enter(kPwriTag);
  seq.integer(static_cast<std::uint64_t>(info.version));
  if (info.key_derivation_algorithm) info.key_derivation_algorithm->write(seq, kDerivationTag);
  info.key_encryption_algorithm.write(seq);
  seq.octet_string(info.encrypted_key);
}

}  // namespace bulla::cms
