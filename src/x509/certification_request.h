// CertificationRequest: what somebody asks a CA for (PKCS #10, RFC 2986), as it stands in
// application/pkcs10 (RFC 8551 3.8, MIME-34).
#pragma once

#include "asn1/algorithm_identifier.h"
#include "bulla/certificate.h"
#include "x509/key_info.h"

namespace bulla::x509 {

// extensionRequest (RFC 2985 5.4.2).
inline constexpr Oid kExtensionRequest = Oid::of("1.2.840.113549.1.9.14");

class CertificationRequest {
 public:
  // Errors: asn1.…, cert.malformed, limit.size.
  static Result<CertificationRequest> parse(Bytes der, const Limits& limits = {});

  ByteView der() const { return der_; }
  const std::string& subject() const { return subject_; }
  // In their order; views into der().
  const std::vector<CertificateExtension>& requested_extensions() const { return extensions_; }
  ByteView subject_public_key_info() const { return spki_; }
  const std::string& key_description() const { return key_.description; }
  // Of the subjectAltName that is asked for, then of the subject.
  const std::vector<CertificateAddress>& addresses() const { return addresses_; }
  std::string signature_description() const;

  // Whether it is signed with the key that it is for (RFC 2986 4.2). Errors:
  // crypto.unknown-algorithm, crypto.unavailable, crypto.bad-key.
  Result<bool> proves_possession(const Limits& limits = {}) const;

 private:
  CertificationRequest() = default;
  void read(asn1::Reader& in);
  void read_info(asn1::Reader& in);

  Bytes der_;
  ByteView info_;  // CertificationRequestInfo, which is signed
  ByteView spki_;
  ByteView signature_;
  asn1::AlgorithmIdentifier signature_algorithm_;
  std::string subject_;
  KeyInfo key_;
  std::vector<CertificateExtension> extensions_;
  std::vector<CertificateAddress> addresses_;
};

}  // namespace bulla::x509
