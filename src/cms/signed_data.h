// The parts of SignedData that stand around the content (RFC 5652 5.1).
#pragma once

#include "cms/signer_info.h"
#include "x509/certificate_cache.h"

namespace bulla::cms {

// DigestAlgorithmIdentifiers ::= SET OF DigestAlgorithmIdentifier
std::vector<asn1::AlgorithmIdentifier> read_digest_algorithms(asn1::Reader& in,
                                                              const Limits& limits);

// What a CertificateSet holds: certificates, and what had to be left out.
struct CertificateSet {
  std::vector<Certificate> certificates;
  Findings findings;
};
// `cache` may be null.
CertificateSet read_certificates(asn1::Reader& in, const Limits& limits,
                                 x509::CertificateCache* cache = nullptr);

// The same of RevocationInfoChoices.
struct RevocationSet {
  std::vector<Bytes> crls;
  std::vector<Bytes> others;        // OtherRevocationInfoFormat, as it stands
  std::vector<Bytes> ocsp_answers;  // the OCSPResponses in those (RFC 5940 2.1)
  Findings findings;
};
RevocationSet read_revocation(asn1::Reader& in, const Limits& limits);

std::vector<SignerInfo> read_signer_infos(asn1::Reader& in, const Limits& limits);

}  // namespace bulla::cms
