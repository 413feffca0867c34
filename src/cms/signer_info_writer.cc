#include "base/check.h"
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
void SignerInfo::write(asn1::Writer& out) const {
  asn1::Writer seq = out.sequence();
  seq.integer(static_cast<std::uint64_t>(version));
  sid.write(seq);
  digest_algorithm.write(seq);
  if (signed_attrs_der) {
    // What was signed has the tag of a SET OF; what is sent has [0] (CMS-18).
    CHECK(!signed_attrs_der->empty());
    Bytes implicit = *signed_attrs_der;
    implicit[0] = static_cast<std::uint8_t>(asn1::constructed(0));
    seq.element(implicit);
  }
  signature_algorithm.write(seq);
  seq.octet_string(signature);
  if (!unsigned_attrs.empty()) write_attributes(seq, unsigned_attrs, asn1::constructed(1));
}

}  // namespace bulla::cms
