#include "cms/signer_builder.h"

#include <algorithm>

#include "base/check.h"
#include "base/try.h"
#include "cms/capabilities.h"
#include "cms/signing_certificate.h"
#include "crypto/algorithm_table.h"

namespace bulla::cms {
namespace {

template <typename Write>
Attribute attribute(const Oid& type, Write write) {
  return {.type = type, .values = {asn1::encode(write)}};
}

// CMSAlgorithmProtection ::= SEQUENCE {
//     digestAlgorithm     DigestAlgorithmIdentifier,
//     signatureAlgorithm  [1] SignatureAlgorithmIdentifier OPTIONAL,
//     macAlgorithm        [2] MessageAuthenticationCodeAlgorithm OPTIONAL }
Attribute algorithm_protection(const SignerInfo& info) {
  return attribute(kAlgorithmProtection, [&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    info.digest_algorithm.write(seq);
    info.signature_algorithm.write(seq, asn1::constructed(1));
  });
}

// SMIMEEncryptionKeyPreference ::= CHOICE {
//     issuerAndSerialNumber    [0] IssuerAndSerialNumber,
//     receipentKeyId           [1] RecipientKeyIdentifier,
//     subjectAltKeyIdentifier  [2] SubjectKeyIdentifier }
Attribute key_preference(const Certificate& certificate) {
  return attribute(kEncryptionKeyPreference, [&](asn1::Writer& out) {
    asn1::Writer seq = out.enter(asn1::constructed(0));
    seq.element(certificate.issuer_der());
    seq.primitive(asn1::Tag::Integer, certificate.serial_number());
  });
}

// What a countersigner may state too (CMS-44).
std::vector<Attribute> common_attributes(const Signer& signer, ByteView content_digest) {
  const Certificate& certificate = *signer.identity.certificate;
  std::vector<Attribute> list = signer.attributes;
  list.push_back(attribute(kMessageDigest, [&](auto& out) { out.octet_string(content_digest); }));
  if (signer.signing_time) {
    list.push_back(attribute(kSigningTime, [&](auto& out) { out.time(*signer.signing_time); }));
  }
  // Its hash is SHA-256, never the SHA-1 of the attribute before it (ATTR-49).
  list.push_back(attribute(kSigningCertificateV2, [&](asn1::Writer& out) {
    SigningCertificate::of(certificate).write_v2(out);
  }));
  return list;
}

// Each attribute once, with one value (ATTR-03, ATTR-06); version 2 knows the first four alone
// (ATTR-04), later ones the protection of the algorithms too (ATTR-46).
std::vector<Attribute> signed_attributes(const Signer& signer, const SignerInfo& info,
                                         const std::optional<Oid>& content_type,
                                         ByteView content_digest) {
  std::vector<Attribute> list = common_attributes(signer, content_digest);
  if (!content_type) return list;
  list.push_back(attribute(kContentTypeAttribute, [&](auto& out) { out.oid(*content_type); }));
  list.push_back(algorithm_protection(info));
  if (*content_type == kTstInfo) return list;  // who stamps is no correspondent
  list.push_back({.type = kSmimeCapabilities, .values = {encode_capabilities(own_capabilities())}});
  const Certificate& certificate = *signer.identity.certificate;
  if (signer.encryption_certificate && *signer.encryption_certificate != certificate) {
    list.push_back(key_preference(*signer.encryption_certificate));
  }
  return list;
}

bool has_repeated_type(std::vector<Attribute> attributes) {
  auto by_type = [](const Attribute& a, const Attribute& b) { return a.type < b.type; };
  auto same_type = [](const Attribute& a, const Attribute& b) { return a.type == b.type; };
  std::sort(attributes.begin(), attributes.end(), by_type);
  return std::adjacent_find(attributes.begin(), attributes.end(), same_type) != attributes.end();
}

}  // namespace

Result<void> check_signer_input(const Signer& signer) {
  CHECK(signer.identity.key != nullptr && signer.identity.certificate.has_value());
  const Certificate& certificate = *signer.identity.certificate;
  bool allowed = certificate.allows(KeyUsage::DigitalSignature) ||
                 certificate.allows(KeyUsage::NonRepudiation);
  if (!allowed) return failure(Rule::CertKeyUsage, 0, certificate.subject());
  bool is_written = signer.scheme.algorithm != SignatureAlgorithm::Dsa;  // read alone (ALG-20)
  if (!is_written || !crypto::makes(signer.identity.key->kind(), signer.scheme.algorithm)) {
    return failure(Rule::CryptoUnknownAlgorithm, 0,
                   std::string(name(signer.scheme.algorithm)) + " with a key of kind " +
                       std::string(name(signer.identity.key->kind())));
  }
  if (!crypto::is_available(signer.scheme.digest)) {
    return failure(Rule::CryptoUnavailable, 0, std::string(name(signer.scheme.digest)));
  }
  return {};
}

EntityIdentifier signer_name(const Signer& signer) {
  const Certificate& certificate = *signer.identity.certificate;
  std::optional<ByteView> identifier = certificate.subject_key_identifier();
  if (signer.name == Signer::Name::KeyIdentifier && identifier) {
    return {.issuer_der = {}, .serial_number = {}, .key_identifier = to_bytes(*identifier)};
  }
  return EntityIdentifier::issuer_and_serial(certificate);
}

Result<SignerInfo> make_signer_info(const Signer& signer, const std::optional<Oid>& content_type,
                                    ByteView content_digest) {
  SignerInfo info;
  info.sid = signer_name(signer);
  info.version = info.sid.key_identifier.empty() ? 1 : 3;  // CMS-09
  info.digest_algorithm = crypto::digest_identifier(signer.scheme);
  info.signature_algorithm = crypto::signature_identifier(signer.scheme);
  // Always: octets of somebody else's making are never signed themselves (CMS-27).
  info.signed_attrs = signed_attributes(signer, info, content_type, content_digest);
  CHECK(!has_repeated_type(info.signed_attrs));
  info.signed_attrs_der = asn1::encode(
      [&](asn1::Writer& out) { write_attributes(out, info.signed_attrs, asn1::Tag::Set); });
  info.signature = TRY(signer.identity.key->sign(signer.scheme, *info.signed_attrs_der));
  return info;
}

}  // namespace bulla::cms
