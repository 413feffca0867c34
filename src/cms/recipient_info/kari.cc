#include "cms/recipient_info/kinds.h"

namespace bulla::cms {
namespace {

constexpr asn1::Tag kOriginatorKeyTag = asn1::constructed(1);
constexpr asn1::Tag kRecipientKeyTag = asn1::constructed(0);

// OriginatorIdentifierOrKey ::= CHOICE {
//     issuerAndSerialNumber     IssuerAndSerialNumber,
//     subjectKeyIdentifier  [0] SubjectKeyIdentifier,
//     originatorKey         [1] OriginatorPublicKey }
//
// OriginatorPublicKey ::= SEQUENCE { algorithm AlgorithmIdentifier, publicKey BIT STRING }
void read_originator(asn1::Reader& in, KeyAgreeRecipientInfo& info) {
  asn1::Reader choice = in.enter(asn1::constructed(0));
  if (!choice.next_is(kOriginatorKeyTag)) {
    info.originator = EntityIdentifier::read(choice);
    return;
  }
  asn1::Reader key = choice.enter(kOriginatorKeyTag);
  info.originator_algorithm = asn1::AlgorithmIdentifier::read(key);
  asn1::BitString octets = key.bit_string();
  if (octets.unused_bits != 0) key.fail(Rule::Asn1BadBitString);
  info.originator_key = to_bytes(octets.bytes);
}

// KeyAgreeRecipientIdentifier ::= CHOICE {
//     issuerAndSerialNumber  IssuerAndSerialNumber,
//     rKeyId             [0] IMPLICIT RecipientKeyIdentifier }
//
// RecipientKeyIdentifier ::= SEQUENCE {
//     subjectKeyIdentifier  SubjectKeyIdentifier,
//     date                  GeneralizedTime OPTIONAL,
//     other                 OtherKeyAttribute OPTIONAL }
EntityIdentifier read_recipient_identifier(asn1::Reader& in) {
  auto key = in.optional_enter(kRecipientKeyTag);
  if (!key) return EntityIdentifier::read(in);
  EntityIdentifier id;
  id.key_identifier = to_bytes(key->octet_string());
  if (id.key_identifier.empty()) key->fail(Rule::Asn1BadLength, "empty key identifier");
  key->skip_rest();
  return id;
}

// RecipientEncryptedKey ::= SEQUENCE { rid KeyAgreeRecipientIdentifier, encryptedKey EncryptedKey }
RecipientEncryptedKey read_recipient(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {.rid = read_recipient_identifier(seq), .encrypted_key = to_bytes(seq.octet_string())};
}

void write_originator(asn1::Writer& out, const KeyAgreeRecipientInfo& info) {
  asn1::Writer choice = out.enter(asn1::constructed(0));
  if (info.originator) {
    info.originator->write(choice);
    return;
  }
  asn1::Writer key = choice.enter(kOriginatorKeyTag);
  info.originator_algorithm.write(key);
  key.bit_string(info.originator_key);
}

void write_recipient(asn1::Writer& out, const RecipientEncryptedKey& recipient) {
  asn1::Writer seq = out.sequence();
  if (recipient.rid.key_identifier.empty()) {
    recipient.rid.write(seq);
  } else {
    seq.enter(kRecipientKeyTag).octet_string(recipient.rid.key_identifier);
  }
  seq.octet_string(recipient.encrypted_key);
}

}  // namespace

// KeyAgreeRecipientInfo ::= SEQUENCE {
//     version                 CMSVersion,  -- always 3
//     originator          [0] EXPLICIT OriginatorIdentifierOrKey,
//     ukm                 [1] EXPLICIT UserKeyingMaterial OPTIONAL,
//     keyEncryptionAlgorithm  KeyEncryptionAlgorithmIdentifier,
//     recipientEncryptedKeys  SEQUENCE OF RecipientEncryptedKey }  -- CMS-52; ukm: CMS-54
RecipientInfo read_kari(asn1::Reader& in) {
  asn1::Reader seq = in.enter(kKariTag);
  KeyAgreeRecipientInfo info;
  info.version = seq.small_integer();
  if (info.version != 3) return skip(seq);
  read_originator(seq, info);
  if (auto ukm = seq.optional_enter(asn1::constructed(1))) {
    info.ukm = to_bytes(ukm->octet_string());
  }
  info.key_encryption_algorithm = asn1::AlgorithmIdentifier::read(seq);
  asn1::Reader recipients = seq.sequence();
  while (recipients.more()) info.recipients.push_back(read_recipient(recipients));
  return info;
}

void write(asn1::Writer& out, const KeyAgreeRecipientInfo& info) {
  asn1::Writer seq = out.enter(kKariTag);
  seq.integer(static_cast<std::uint64_t>(info.version));
  write_originator(seq, info);
  if (info.ukm) seq.enter(asn1::constructed(1)).octet_string(*info.ukm);
  info.key_encryption_algorithm.write(seq);
  asn1::Writer recipients = seq.sequence();
  for (const RecipientEncryptedKey& recipient : info.recipients) {
    write_recipient(recipients, recipient);
  }
}

}  // namespace bulla::cms
