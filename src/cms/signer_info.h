// SignerInfo (RFC 5652 5.3) and SignedData's parts.
#pragma once

#include <optional>
#include <vector>

#include "bulla/finding.h"
#include "cms/attribute.h"

namespace bulla::cms {

struct SignerInfo {
  std::int64_t version = 1;
  EntityIdentifier sid;
  asn1::AlgorithmIdentifier digest_algorithm;
  // The signed attributes as SET OF (tag 0x31), in the order and octets of the
  // message: what was signed (CMS-18). Absent if the signer wrote none.
  std::optional<Bytes> signed_attrs_der;
  std::vector<Attribute> signed_attrs;
  asn1::AlgorithmIdentifier signature_algorithm;
  Bytes signature;
  std::vector<Attribute> unsigned_attrs;
  // The octets that a countersignature or a timestamp binds are `signature`.

  static SignerInfo read(asn1::Reader& in, const Limits& limits);
  void write(asn1::Writer& out) const;
};

// What stands before the content.
struct SignedHeader {
  std::int64_t version = 1;
  std::vector<asn1::AlgorithmIdentifier> digest_algorithms;
  Oid content_type;  // eContentType
};

// DigestedData before the content (RFC 5652 7).
struct DigestedHeader {
  std::int64_t version = 0;
  asn1::AlgorithmIdentifier digest_algorithm;
  Oid content_type;
};

// What stands behind the content.
struct SignedTail {
  std::vector<Certificate> certificates;
  std::vector<Bytes> crls;  // CertificateLists
  // Information of other kinds (OtherRevocationInfoFormat), as it stands.
  std::vector<Bytes> other_revocation;
  std::vector<Bytes> ocsp_answers;  // OCSPResponses among it (RFC 5940 2.1)
  std::vector<SignerInfo> signers;
  Findings findings;  // skipped or unreadable certificates and CRLs
};

}  // namespace bulla::cms
