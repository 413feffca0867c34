#include "cms/signing_certificate.h"

#include "base/check.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"

namespace bulla::cms {
namespace {

enum class Form { V1, V2 };

// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
// GeneralName ::= CHOICE { …, directoryName [4] EXPLICIT Name, … }
Bytes general_names(const Certificate& certificate) {
  return asn1::encode([&](asn1::Writer& out) {
    out.sequence().enter(asn1::constructed(4)).element(certificate.issuer_der());
  });
}

// IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber CertificateSerialNumber }
void read_issuer_serial(asn1::Reader& in, EssCertId& id) {
  asn1::Reader seq = in.sequence();
  id.issuer_names = to_bytes(seq.element(asn1::Tag::Sequence));
  id.serial_number = to_bytes(seq.integer());
}

// ESSCertID ::= SEQUENCE { certHash Hash, issuerSerial IssuerSerial OPTIONAL }
//
// ESSCertIDv2 ::= SEQUENCE {
//     hashAlgorithm  AlgorithmIdentifier DEFAULT {algorithm id-sha256},
//     certHash       Hash,
//     issuerSerial   IssuerSerial OPTIONAL }
EssCertId read_cert_id(asn1::Reader& in, Form form) {
  asn1::Reader seq = in.sequence();
  EssCertId id;
  if (form == Form::V1) id.digest = Digest::Sha1;
  if (form == Form::V2 && seq.next_is(asn1::Tag::Sequence)) {
    id.digest = crypto::read_digest(asn1::AlgorithmIdentifier::read(seq));
  }
  id.hash = to_bytes(seq.octet_string());
  if (seq.more()) read_issuer_serial(seq, id);
  return id;
}

// PolicyInformation ::= SEQUENCE { policyIdentifier OBJECT IDENTIFIER, policyQualifiers … }
Oid read_policy(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  Oid policy = seq.oid();
  seq.skip_rest();
  return policy;
}

// SigningCertificate(V2) ::= SEQUENCE {
//     certs     SEQUENCE OF ESSCertID(v2),
//     policies  SEQUENCE OF PolicyInformation OPTIONAL }
SigningCertificate read(asn1::Reader& in, Form form) {
  asn1::Reader seq = in.sequence();
  SigningCertificate result;
  {
    asn1::Reader certs = seq.sequence();
    while (certs.more()) result.certificates.push_back(read_cert_id(certs, form));
  }
  if (seq.more()) {
    asn1::Reader policies = seq.sequence();
    while (policies.more()) result.policies.push_back(read_policy(policies));
  }
  return result;
}

void write_cert_id(asn1::Writer& out, const EssCertId& id) {
  CHECK(id.digest.has_value());
  asn1::Writer seq = out.sequence();
  // SHA-256 is the default and therefore left out in DER (ATTR-50).
  if (*id.digest != Digest::Sha256) crypto::digest_identifier(*id.digest).write(seq);
  seq.octet_string(id.hash);
  if (id.issuer_names.empty()) return;
  asn1::Writer issuer_serial = seq.sequence();
  issuer_serial.element(id.issuer_names);
  issuer_serial.primitive(asn1::Tag::Integer, id.serial_number);
}

}  // namespace

bool EssCertId::matches(const Certificate& certificate) const {
  if (!digest) return false;
  if (*digest == Digest::Sha256) {
    if (!equal(certificate.sha256(), hash)) return false;
  } else {
    Result<Bytes> expected = crypto::hash(*digest, certificate.der());
    if (!expected || !equal(*expected, hash)) return false;
  }
  // Issuer and serial are optional; what is there must be right (ATTR-52).
  if (issuer_names.empty()) return true;
  return equal(issuer_names, general_names(certificate)) &&
         equal(serial_number, certificate.serial_number());
}

SigningCertificate SigningCertificate::read_v1(asn1::Reader& in) { return read(in, Form::V1); }

SigningCertificate SigningCertificate::read_v2(asn1::Reader& in) { return read(in, Form::V2); }

SigningCertificate SigningCertificate::of(const Certificate& certificate) {
  EssCertId id{.digest = Digest::Sha256,
               .hash = to_bytes(certificate.sha256()),
               .issuer_names = general_names(certificate),
               .serial_number = to_bytes(certificate.serial_number())};
  return {.certificates = {std::move(id)}, .policies = {}};
}

void SigningCertificate::write_v2(asn1::Writer& out) const {
  asn1::Writer seq = out.sequence();
  {
    asn1::Writer certs = seq.sequence();
    for (const EssCertId& id : certificates) write_cert_id(certs, id);
  }
  if (policies.empty()) return;
  asn1::Writer list = seq.sequence();
  for (const Oid& policy : policies) list.sequence().oid(policy);
}

}  // namespace bulla::cms
