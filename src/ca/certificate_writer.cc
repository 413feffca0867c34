#include "ca/certificate_writer.h"

#include "asn1/writer.h"
#include "base/try.h"
#include "cms/writer.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_wrap.h"
#include "crypto/public_key.h"
#include "x509/extension_writer.h"
#include "x509/key_identifier.h"
#include "x509/signed_structure.h"

namespace bulla::ca {
namespace {

using x509::Criticality;
using x509::write_extension;

constexpr std::size_t kSerialBytes = 16;

Bytes write_key_identifier(ByteView identifier) {
  return asn1::encode([&](asn1::Writer& out) { out.octet_string(identifier); });
}

// GeneralName: uniformResourceIdentifier [6] IMPLICIT IA5String
void write_uri(asn1::Writer& out, const std::string& uri) {
  out.primitive(asn1::primitive(6), as_bytes(uri));
}

// CRLDistributionPoints ::= SEQUENCE OF DistributionPoint
// DistributionPoint ::= SEQUENCE {
//     distributionPoint [0] EXPLICIT CHOICE { fullName [0] IMPLICIT GeneralNames, … }, … }
Bytes write_distribution_point(const std::string& uri) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer points = out.sequence();
    asn1::Writer point = points.sequence();
    asn1::Writer name = point.enter(asn1::constructed(0));
    asn1::Writer full_name = name.enter(asn1::constructed(0));
    write_uri(full_name, uri);
  });
}

// AuthorityInfoAccessSyntax ::= SEQUENCE OF AccessDescription
// AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
Bytes write_access(const store::PublishedAt& places) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer list = out.sequence();
    auto write = [&](const Oid& method, const std::string& uri) {
      if (uri.empty()) return;
      asn1::Writer one = list.sequence();
      one.oid(method);
      write_uri(one, uri);
    };
    write(x509::kOcsp, places.ocsp);
    write(x509::kCaIssuers, places.issuer);
  });
}

// BasicConstraints ::= SEQUENCE { cA BOOLEAN, pathLenConstraint INTEGER }
Bytes write_basic_constraints() {
  return asn1::encode([](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.boolean(true);
    seq.integer(0);
  });
}

// keyCertSign (5) and cRLSign (6), and digitalSignature (0) for answers of OCSP.
Bytes write_root_usage() {
  return asn1::encode([](asn1::Writer& out) { out.bit_string(Bytes{0x86}, 1); });
}

struct Fields {
  ByteView issuer;  // Name
  ByteView subject;
  Validity validity;
  ByteView subject_public_key_info;
};

// TBSCertificate ::= SEQUENCE {
//     version [0] EXPLICIT INTEGER, serialNumber, signature AlgorithmIdentifier, issuer Name,
//     validity SEQUENCE { notBefore Time, notAfter Time }, subject Name,
//     subjectPublicKeyInfo, extensions [3] EXPLICIT Extensions }
template <typename WriteExtensions>
Result<Certificate> write_certificate(const Issuer& issuer, const Fields& fields,
                                      WriteExtensions write_extensions) {
  Bytes serial = TRY(make_serial_number());
  Bytes tbs = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.enter(asn1::constructed(0)).integer(2);
    seq.unsigned_integer(serial);
    crypto::certificate_signature_identifier(issuer.scheme).write(seq);
    seq.element(fields.issuer);
    {
      asn1::Writer validity = seq.sequence();
      validity.time(fields.validity.not_before);
      validity.time(fields.validity.not_after);
    }
    seq.element(fields.subject);
    seq.element(fields.subject_public_key_info);
    asn1::Writer field = seq.enter(asn1::constructed(3));
    asn1::Writer extensions = field.sequence();
    write_extensions(extensions);
  });
  return Certificate::parse(TRY(x509::write_signed(issuer.key, issuer.scheme, tbs)));
}

}  // namespace

Result<Issuer> make_issuer(const PrivateKey& key) {
  auto public_key = TRY(crypto::PublicKey::parse(key.subject_public_key_info()));
  auto scheme = TRY(cms::choose_scheme(public_key, std::nullopt, cms::RsaPadding::Pkcs1));
  return Issuer{.key = key, .scheme = scheme};
}

Result<Bytes> make_serial_number() {
  Bytes serial = TRY(crypto::random_bytes(kSerialBytes));
  // A positive number of this many octets, whatever chance gives.
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x3f) | 0x40);
  return serial;
}

Result<Certificate> write_root(const Issuer& issuer, ByteView name, const Validity& validity) {
  Bytes key = issuer.key.subject_public_key_info();
  Bytes identifier = TRY(x509::key_identifier(key));
  Fields fields{
      .issuer = name, .subject = name, .validity = validity, .subject_public_key_info = key};
  return write_certificate(issuer, fields, [&](asn1::Writer& out) {
    write_extension(out, x509::kBasicConstraints, Criticality::Critical, write_basic_constraints());
    write_extension(out, x509::kKeyUsage, Criticality::Critical, write_root_usage());
    write_extension(out, x509::kSubjectKeyIdentifier, Criticality::NonCritical,
                    write_key_identifier(identifier));
  });
}

Result<Certificate> write_mail_certificate(const Issuer& issuer, const Certificate& root,
                                           const store::PublishedAt& places,
                                           const MailCertificate& what) {
  Bytes alternative_name = TRY(x509::write_alternative_name(what.addresses));
  Bytes identifier = TRY(x509::key_identifier(what.subject_public_key_info));
  Bytes authority = TRY(x509::key_identifier(root.subject_public_key_info()));
  Fields fields{.issuer = root.subject_der(),
                .subject = what.subject,
                .validity = what.validity,
                .subject_public_key_info = what.subject_public_key_info};
  return write_certificate(issuer, fields, [&](asn1::Writer& out) {
    write_extension(out, x509::kAuthorityKeyIdentifier, Criticality::NonCritical,
                    x509::write_authority_key_identifier(authority));
    write_extension(out, x509::kSubjectKeyIdentifier, Criticality::NonCritical,
                    write_key_identifier(identifier));
    write_extension(out, x509::kKeyUsage, Criticality::Critical, what.key_usage);
    write_extension(out, x509::kExtendedKeyUsage, Criticality::NonCritical,
                    x509::write_purpose(x509::kEmailProtection));
    write_extension(out, x509::kSubjectAltName, x509::alternative_name_criticality(what.subject),
                    alternative_name);
    if (!places.crl.empty()) {
      write_extension(out, x509::kCrlDistributionPoints, Criticality::NonCritical,
                      write_distribution_point(places.crl));
    }
    if (!places.ocsp.empty() || !places.issuer.empty()) {
      write_extension(out, x509::kAuthorityInfoAccess, Criticality::NonCritical,
                      write_access(places));
    }
  });
}

}  // namespace bulla::ca
