// SigningCertificate and SigningCertificateV2 (RFC 5035): which certificate the
// signer meant, by its hash.
#pragma once

#include <optional>
#include <vector>

#include "asn1/reader.h"
#include "asn1/writer.h"
#include "bulla/algorithm.h"
#include "bulla/certificate.h"

namespace bulla::cms {

// ESSCertID or ESSCertIDv2.
struct EssCertId {
  std::optional<Digest> digest = Digest::Sha256;  // nothing if it is not known
  Bytes hash;                                     // of the whole certificate (ATTR-51)
  // IssuerSerial, both empty if absent. `issuer_names` are GeneralNames in DER.
  Bytes issuer_names;
  Bytes serial_number;

  // Whether hash and, if present, issuer and serial are the certificate's. An unknown
  // or unavailable digest matches nothing.
  bool matches(const Certificate& certificate) const;
};

struct SigningCertificate {
  // The first one names the signer's certificate (ATTR-53).
  std::vector<EssCertId> certificates;
  // PolicyInformation policyIdentifiers, empty if absent; read and not judged.
  std::vector<Oid> policies;

  // The value of id-aa-signingCertificate (SHA-1) and of id-aa-signingCertificateV2.
  static SigningCertificate read_v1(asn1::Reader& in);
  static SigningCertificate read_v2(asn1::Reader& in);

  // Names one certificate by SHA-256, with issuer and serial.
  static SigningCertificate of(const Certificate& certificate);
  // As SigningCertificateV2. REQUIRES: digests are known.
  void write_v2(asn1::Writer& out) const;
};

}  // namespace bulla::cms
