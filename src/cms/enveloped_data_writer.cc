#include "base/try.h"
#include "cms/content_framing.h"
#include "cms/recipient_builder.h"
#include "cms/writer.h"
#include "crypto/algorithm_table.h"

namespace bulla::cms {
namespace {

// Without originatorInfo and unprotectedAttrs: 3 with a password or an ori, 0 if every
// recipient has version 0, else 2 (CMS-46, CMS-47).
std::uint64_t version(const std::vector<RecipientInfo>& recipients) {
  bool all_zero = true;
  for (const RecipientInfo& recipient : recipients) {
    if (std::holds_alternative<PasswordRecipientInfo>(recipient)) return 3;
    if (std::holds_alternative<KemRecipientInfo>(recipient)) return 3;
    const auto* ktri = std::get_if<KeyTransRecipientInfo>(&recipient);
    all_zero = all_zero && ktri != nullptr && ktri->version == 0;
  }
  return all_zero ? 0 : 2;
}

// EnvelopedData ::= SEQUENCE {
//     version               CMSVersion,
//     originatorInfo        [0] IMPLICIT OriginatorInfo OPTIONAL,
//     recipientInfos        RecipientInfos,
//     encryptedContentInfo  EncryptedContentInfo,
//     unprotectedAttrs      [1] IMPLICIT UnprotectedAttributes OPTIONAL }
//
// RecipientInfos ::= SET SIZE (1..MAX) OF RecipientInfo, in DER order: that tells nothing
// of the order in which the recipients were named.
Bytes encode_header(const std::vector<RecipientInfo>& recipients, std::uint64_t version) {
  std::vector<Bytes> infos;
  infos.reserve(recipients.size());
  for (const RecipientInfo& recipient : recipients) {
    infos.push_back(asn1::encode([&](asn1::Writer& out) { write_recipient_info(out, recipient); }));
  }
  return asn1::encode([&](asn1::Writer& out) {
    out.integer(version);
    out.set_of(std::move(infos));
  });
}

// EncryptedContentInfo ::= SEQUENCE {
//     contentType                 ContentType,
//     contentEncryptionAlgorithm  ContentEncryptionAlgorithmIdentifier,
//     encryptedContent            [0] IMPLICIT EncryptedContent OPTIONAL }
Bytes encode_content_header(const Oid& content_type, const crypto::ContentEncryption& encryption) {
  return asn1::encode([&](asn1::Writer& out) {
    out.oid(content_type);
    crypto::content_encryption_identifier(encryption).write(out);
  });
}

// authAttrs are there if the content is not id-data, and say what it is (CMS-63). The tag
// covers the content: a messageDigest would say nothing more (CMS-65).
std::vector<Attribute> auth_attributes(const Oid& content_type) {
  if (content_type == kData) return {};
  Bytes value = asn1::encode([&](asn1::Writer& out) { out.oid(content_type); });
  return {{.type = kContentTypeAttribute, .values = {std::move(value)}}};
}

// The AAD: authAttrs with the tag of a SET OF; nothing if they are absent (CMS-64).
Bytes encode_aad(const std::vector<Attribute>& attributes) {
  if (attributes.empty()) return {};
  return asn1::encode(
      [&](asn1::Writer& out) { write_attributes(out, attributes, asn1::Tag::Set); });
}

// EnvelopedData for CBC, AuthEnvelopedData for AEAD.
class EnvelopedDataWriter final : public Writer {
 public:
  EnvelopedDataWriter(std::vector<Attribute> auth_attributes, crypto::Encryptor encryptor,
                      ContentFraming framing)
      : auth_attributes_(std::move(auth_attributes)),
        encryptor_(std::move(encryptor)),
        framing_(std::move(framing)) {}

  Result<void> write(ByteView content) override {
    return encryptor_.update(content,
                             [this](ByteView encrypted) { return framing_.write(encrypted); });
  }

  Result<void> finish() override {
    TRY_VOID(encryptor_.finish([this](ByteView encrypted) { return framing_.write(encrypted); }));
    return framing_.finish(tail());
  }

 private:
  // AuthEnvelopedData ::= SEQUENCE {
  //     version, originatorInfo, recipientInfos, authEncryptedContentInfo, as above,
  //     authAttrs    [1] IMPLICIT AuthAttributes OPTIONAL,
  //     mac          MessageAuthenticationCode,
  //     unauthAttrs  [2] IMPLICIT UnauthAttributes OPTIONAL }
  Bytes tail() const {
    if (encryptor_.tag().empty()) return {};
    return asn1::encode([this](asn1::Writer& out) {
      if (!auth_attributes_.empty()) {
        write_attributes(out, auth_attributes_, asn1::constructed(1));
      }
      out.octet_string(encryptor_.tag());
    });
  }

  std::vector<Attribute> auth_attributes_;
  crypto::Encryptor encryptor_;
  ContentFraming framing_;
};

}  // namespace

Result<std::unique_ptr<Writer>> make_enveloped_data_writer(EncryptOptions options,
                                                           crypto::Output output) {
  bool authenticated = is_aead(options.cipher);
  Secret key = TRY(crypto::random_content_key(options.cipher));  // new each time (CMS-69)
  std::vector<RecipientInfo> recipients = TRY(make_recipient_infos(options, key.view()));
  const crypto::ContentCipherRow& row = crypto::row(options.cipher);
  Bytes iv = TRY(crypto::random_bytes(row.iv_size));
  crypto::ContentEncryption encryption{
      .cipher = options.cipher, .iv = std::move(iv), .tag_size = row.tag_size};
  if (options.content_key == EncryptOptions::ContentKey::Derived) {
    crypto::derive_content_key(encryption);
  }
  std::vector<Attribute> attributes;
  if (authenticated) attributes = auth_attributes(options.content_type);
  Secret content_key = TRY(crypto::content_key(encryption, key.view()));
  crypto::Encryptor encryptor = TRY(crypto::Encryptor::create(
      options.cipher, content_key.view(), encryption.iv, encode_aad(attributes)));
  ContentFraming framing(
      {.type = authenticated ? kAuthEnvelopedData : kEnvelopedData,
       .header = encode_header(recipients, authenticated ? 0 : version(recipients)),
       .content_header = encode_content_header(options.content_type, encryption),
       .wrap = ContentFraming::Wrap::Implicit},
      std::move(output));
  return std::make_unique<EnvelopedDataWriter>(std::move(attributes), std::move(encryptor),
                                               std::move(framing));
}

}  // namespace bulla::cms
