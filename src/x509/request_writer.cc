#include "x509/request_writer.h"

#include "asn1/writer.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/post_quantum.h"
#include "x509/address_match.h"
#include "x509/certification_request.h"
#include "x509/extensions.h"

namespace bulla::x509 {
namespace {

enum class Criticality : std::uint8_t { NonCritical, Critical };

// Extension ::= SEQUENCE {
//     extnID     OBJECT IDENTIFIER,
//     critical   BOOLEAN DEFAULT FALSE,
//     extnValue  OCTET STRING }
void write_extension(asn1::Writer& out, const Oid& oid, Criticality criticality, ByteView value) {
  asn1::Writer seq = out.sequence();
  seq.oid(oid);
  if (criticality == Criticality::Critical) seq.boolean(true);
  seq.octet_string(value);
}

// GeneralName ::= CHOICE {
//     otherName   [0] IMPLICIT SEQUENCE { type-id, value [0] EXPLICIT ANY },
//     rfc822Name  [1] IMPLICIT IA5String, … }
// SmtpUTF8Mailbox ::= UTF8String (SIZE (1..MAX)) -- RFC 9598 3
void write_address(asn1::Writer& out, const CertificateAddress& address) {
  if (address.source == AddressSource::Rfc822Name) {
    out.primitive(asn1::primitive(1), as_bytes(address.address));
    return;
  }
  asn1::Writer other = out.enter(asn1::constructed(0));
  other.oid(kSmtpUtf8Mailbox);
  other.enter(asn1::constructed(0)).utf8_string(address.address);
}

// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
Result<Bytes> write_alternative_name(const std::vector<std::string>& addresses) {
  std::vector<CertificateAddress> names;
  for (const std::string& one : addresses) {
    auto address = certificate_address(one);
    if (!address) return failure(Rule::IoUsage, 0, one + " is no mail address");
    names.push_back(std::move(*address));
  }
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    for (const CertificateAddress& name : names) write_address(seq, name);
  });
}

// KeyUsage ::= BIT STRING { digitalSignature (0), …, keyEncipherment (2), …, keyAgreement (4), … }
//
// All that the key can do in mail: RSA as RFC 4055 1.2 says it, EC as RFC 5480 3, EdDSA as RFC
// 8410 5, ML-DSA as RFC 9881 5, SLH-DSA as RFC 9909 6.
Bytes write_key_usage(KeyKind kind) {
  constexpr std::uint8_t kDigitalSignature = 0x80;
  constexpr std::uint8_t kKeyEncipherment = 0x20;
  constexpr std::uint8_t kKeyAgreement = 0x08;
  std::uint8_t bits = kDigitalSignature;
  unsigned unused = 7;
  if (kind == KeyKind::Rsa) {
    bits |= kKeyEncipherment;
    unused = 5;
  } else if (kind == KeyKind::Ec) {
    bits |= kKeyAgreement;
    unused = 3;
  }
  return asn1::encode([&](asn1::Writer& out) { out.bit_string(Bytes{bits}, unused); });
}

// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension
Result<Bytes> write_extensions(KeyKind kind, const RequestedNames& names) {
  if (names.addresses.empty()) return failure(Rule::IoUsage, 0, "a request needs a mail address");
  Bytes alternative_name = TRY(write_alternative_name(names.addresses));
  Bytes key_usage = names.key_usage.value_or(write_key_usage(kind));
  Bytes purposes = asn1::encode([](asn1::Writer& out) { out.sequence().oid(kEmailProtection); });
  constexpr std::size_t kEmptyName = 2;  // octets of a SEQUENCE of nothing
  bool names_nobody = names.subject.size() <= kEmptyName;
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    // Without a subject it is all that names somebody (RFC 5280 4.2.1.6).
    write_extension(seq, kSubjectAltName,
                    names_nobody ? Criticality::Critical : Criticality::NonCritical,
                    alternative_name);
    write_extension(seq, kKeyUsage, Criticality::Critical, key_usage);
    write_extension(seq, kExtendedKeyUsage, Criticality::NonCritical, purposes);
  });
}

// CertificationRequestInfo ::= SEQUENCE {
//     version        INTEGER { v1(0) },
//     subject        Name,
//     subjectPKInfo  SubjectPublicKeyInfo,
//     attributes [0] IMPLICIT Attributes }
//
// with one attribute: extensionRequest (RFC 2985 5.4.2).
Bytes write_info(const PrivateKey& key, ByteView subject, ByteView extensions) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.integer(0);
    seq.element(subject);
    seq.element(key.subject_public_key_info());
    asn1::Writer attributes = seq.enter(asn1::constructed(0));
    asn1::Writer attribute = attributes.sequence();
    attribute.oid(kExtensionRequest);
    attribute.set().element(extensions);
  });
}

}  // namespace

// CertificationRequest ::= SEQUENCE {
//     certificationRequestInfo  CertificationRequestInfo,
//     signatureAlgorithm        AlgorithmIdentifier,
//     signature                 BIT STRING }
Result<Bytes> write_certification_request(const PrivateKey& key, const SignatureScheme& scheme,
                                          const RequestedNames& names) {
  Bytes extensions = TRY(write_extensions(key.kind(), names));
  Bytes info = write_info(key, names.subject, extensions);
  Bytes signature = TRY(key.sign(scheme, info));
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.element(info);
    crypto::certificate_signature_identifier(scheme).write(seq);
    seq.bit_string(signature);
  });
}

}  // namespace bulla::x509
