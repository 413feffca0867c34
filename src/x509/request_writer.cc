#include "x509/request_writer.h"

#include "asn1/writer.h"
#include "base/try.h"
#include "crypto/post_quantum.h"
#include "x509/certification_request.h"
#include "x509/extension_writer.h"
#include "x509/signed_structure.h"

namespace bulla::x509 {
namespace {

// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension
Result<Bytes> write_extensions(KeyKind kind, const RequestedNames& names) {
  if (names.addresses.empty()) return failure(Rule::IoUsage, 0, "a request needs a mail address");
  Bytes alternative_name = TRY(write_alternative_name(names.addresses));
  Bytes key_usage = names.key_usage.value_or(usual_key_usage(kind));
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    write_extension(seq, kSubjectAltName, alternative_name_criticality(names.subject),
                    alternative_name);
    write_extension(seq, kKeyUsage, Criticality::Critical, key_usage);
    write_extension(seq, kExtendedKeyUsage, Criticality::NonCritical,
                    write_purpose(kEmailProtection));
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
  return write_signed(key, scheme, info);
}

}  // namespace bulla::x509
