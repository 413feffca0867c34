// RecipientInfo (RFC 5652 6.2): one type for each kind.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "bulla/finding.h"
#include "cms/attribute.h"

namespace bulla::cms {

// ktri: the content key encrypted to an RSA key.
struct KeyTransRecipientInfo {
  std::int64_t version = 0;
  EntityIdentifier rid;
  asn1::AlgorithmIdentifier key_encryption_algorithm;
  Bytes encrypted_key;
};

struct RecipientEncryptedKey {
  EntityIdentifier rid;  // of rKeyId the subjectKeyIdentifier
  Bytes encrypted_key;
};

// kari: the content key wrapped under an agreed key, for one or more recipients.
struct KeyAgreeRecipientInfo {
  std::int64_t version = 3;
  // originatorKey: algorithm and BIT STRING octets; else the identifier is set.
  std::optional<EntityIdentifier> originator;
  asn1::AlgorithmIdentifier originator_algorithm;
  Bytes originator_key;
  std::optional<Bytes> ukm;
  asn1::AlgorithmIdentifier key_encryption_algorithm;
  std::vector<RecipientEncryptedKey> recipients;
};

// kekri: under a key that both sides have.
struct KekRecipientInfo {
  std::int64_t version = 4;
  Bytes key_identifier;
  asn1::AlgorithmIdentifier key_encryption_algorithm;
  Bytes encrypted_key;
};

// pwri: under a password (RFC 3211).
struct PasswordRecipientInfo {
  std::int64_t version = 0;
  std::optional<asn1::AlgorithmIdentifier> key_derivation_algorithm;
  asn1::AlgorithmIdentifier key_encryption_algorithm;
  Bytes encrypted_key;
};

// ori of type id-ori-kem: under a secret that is encapsulated to a key (RFC 9629).
struct KemRecipientInfo {
  std::int64_t version = 0;
  EntityIdentifier rid;
  asn1::AlgorithmIdentifier kem;
  Bytes kemct;
  asn1::AlgorithmIdentifier kdf;
  std::int64_t kek_length = 0;  // octets
  std::optional<Bytes> ukm;
  asn1::AlgorithmIdentifier wrap;
  Bytes encrypted_key;
};

// Another ori, or a choice or version that is not known: skipped (CMS-50).
struct OtherRecipientInfo {
  Oid type;  // empty if the choice itself is unknown
};

using RecipientInfo = std::variant<KeyTransRecipientInfo, KeyAgreeRecipientInfo, KekRecipientInfo,
                                   PasswordRecipientInfo, KemRecipientInfo, OtherRecipientInfo>;

RecipientInfo read_recipient_info(asn1::Reader& in);
void write_recipient_info(asn1::Writer& out, const RecipientInfo& info);

// "ktri", "kari", "kekri", "pwri", "kemri", "ori".
std::string_view kind(const RecipientInfo& info);

// A person among the recipients: a RecipientInfo, or one key of a KeyAgreeRecipientInfo.
struct RecipientPlace {
  std::size_t info = 0;
  std::size_t key = 0;
  // How the person is named; null for passwords, shared keys and unknown kinds.
  const EntityIdentifier* rid = nullptr;
};
// In the order of the message; valid as long as the RecipientInfos are.
std::vector<RecipientPlace> recipient_places(const std::vector<RecipientInfo>& recipients);

// EnvelopedData, AuthEnvelopedData and EncryptedData before the encrypted content.
struct EnvelopedHeader {
  bool authenticated = false;   // AuthEnvelopedData
  bool has_shared_key = false;  // EncryptedData: both sides had the key before (RFC 5652 8)
  bool is_signed = false;       // SignedAndEnvelopedData of PKCS #7
  std::int64_t version = 0;
  std::vector<asn1::AlgorithmIdentifier> digest_algorithms;  // if it is signed
  std::vector<Certificate> originator_certificates;
  std::vector<RecipientInfo> recipients;
  Oid content_type;
  asn1::AlgorithmIdentifier content_encryption_algorithm;
};

// AuthenticatedData before the content.
struct AuthenticatedHeader {
  EnvelopedHeader common;  // without contentEncryptionAlgorithm
  asn1::AlgorithmIdentifier mac_algorithm;
  std::optional<asn1::AlgorithmIdentifier> digest_algorithm;
};

// And behind it.
struct EnvelopedTail {
  bool has_content = false;  // else the ciphertext is external (CMS-59)
  // authAttrs as SET OF (tag 0x31): the AAD (CMS-64); empty if absent.
  Bytes auth_attrs_der;
  std::vector<Attribute> auth_attrs;
  Bytes mac;
  std::vector<Attribute> unprotected_attrs;  // or unauthAttrs: nobody vouches for them (CMS-60)
};

}  // namespace bulla::cms
