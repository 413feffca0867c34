// What the attributes of a SignerInfo say, and the rules that they break.
#pragma once

#include "cms/signer_info.h"
#include "cms/signing_certificate.h"
#include "cms/verify.h"

namespace bulla::cms {

struct SignedAttributesCheck {
  SignedStatements statements;
  // Of SigningCertificate and SigningCertificateV2: the signer's certificate must be
  // the first of each (ATTR-53, ATTR-56).
  std::vector<EssCertId> signer_certificates;
  Findings findings;
};

// Number, place and type of the attributes, contentType and CMSAlgorithmProtection;
// not the message digest. A countersignature has no content type (CMS-42). REQUIRES: the signer
// has signed attributes.
SignedAttributesCheck check_signed_attributes(const SignerInfo& signer,
                                              const std::optional<Oid>& content_type);

// Whether content is what signedAttrs or authAttrs are: what was made over attributes would fit
// it without them (T-16). `content` is all of it.
bool is_set_of_attributes(ByteView content, const Limits& limits);

// The rules for a signer that has none (CMS-16, CMS-24).
Findings check_without_attributes(const SignedContent& content, const Limits& limits);

// Attributes that must be signed, among those that are not (ATTR-07, ATTR-58).
Findings check_unsigned_attributes(const SignerInfo& signer);

// The signed attributes in DER order, as SET OF (CMS-19).
Bytes sorted_attributes(const SignerInfo& signer);
// Whether they are so as they came. REQUIRES: signed_attrs_der.
bool attributes_are_sorted(const SignerInfo& signer);

}  // namespace bulla::cms
