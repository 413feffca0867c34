#include "cms/signer_info.h"

namespace bulla::cms {

// SignerInfo ::= SEQUENCE {
//     version             CMSVersion,
//     sid                 SignerIdentifier,
//     digestAlgorithm     DigestAlgorithmIdentifier,
//     signedAttrs         [0] IMPLICIT SignedAttributes OPTIONAL,
//     signatureAlgorithm  SignatureAlgorithmIdentifier,
//     signature           SignatureValue,
//     unsignedAttrs       [1] IMPLICIT UnsignedAttributes OPTIONAL }
SignerInfo SignerInfo::read(asn1::Reader& in, const Limits& limits) {
  asn1::Reader seq = in.sequence();
  SignerInfo info;
  info.version = seq.small_integer();
  info.sid = EntityIdentifier::read(seq);
  info.digest_algorithm = asn1::AlgorithmIdentifier::read(seq);
  if (auto signed_attrs = read_attribute_set(seq, asn1::constructed(0), limits)) {
    info.signed_attrs_der = std::move(signed_attrs->der);
    info.signed_attrs = std::move(signed_attrs->attributes);
  }
  info.signature_algorithm = asn1::AlgorithmIdentifier::read(seq);
  info.signature = to_bytes(seq.octet_string());
  if (auto unsigned_attrs = read_attribute_set(seq, asn1::constructed(1), limits)) {
    info.unsigned_attrs = std::move(unsigned_attrs->attributes);
  }
  return info;
}

}  // namespace bulla::cms
