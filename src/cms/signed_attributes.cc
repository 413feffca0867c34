#include "cms/signed_attributes.h"

#include <algorithm>
#include <array>

#include "cms/capabilities.h"
#include "crypto/algorithm_table.h"

namespace bulla::cms {
namespace {

enum class MayBeUnsigned : std::uint8_t { No, Yes };

// Attributes with at most one instance of one value, and signed, but for two (ATTR-06, ATTR-48).
struct SingleAttribute {
  Oid type;
  std::string_view name;
  MayBeUnsigned may_be_unsigned = MayBeUnsigned::No;
};

constexpr std::array kSingleAttributes = {
    SingleAttribute{kContentTypeAttribute, "contentType"},
    SingleAttribute{kMessageDigest, "messageDigest"},
    SingleAttribute{kSigningTime, "signingTime"},
    SingleAttribute{kSmimeCapabilities, "smimeCapabilities"},
    SingleAttribute{kAlgorithmProtection, "cmsAlgorithmProtect"},
    SingleAttribute{kReceiptRequest, "receiptRequest"},
    SingleAttribute{kSecurityLabel, "eSSSecurityLabel"},
    SingleAttribute{kMlExpandHistory, "mlExpansionHistory"},
    SingleAttribute{kContentHint, "contentHints", MayBeUnsigned::Yes},
    SingleAttribute{kMsgSigDigest, "msgSigDigest"},
    SingleAttribute{kContentIdentifier, "contentIdentifier", MayBeUnsigned::Yes},
    SingleAttribute{kEquivalentLabels, "equivalentLabels"},
    SingleAttribute{kContentReference, "contentReference"},
    SingleAttribute{kEncryptionKeyPreference, "smimeEncryptionKeyPreference"},
    SingleAttribute{kSigningCertificate, "signingCertificate"},
    SingleAttribute{kSigningCertificateV2, "signingCertificateV2"},
};

Finding finding(Rule rule, std::string_view attribute) {
  return Finding::of(rule, {}, std::string(attribute));
}

void check_number(const std::vector<Attribute>& attributes, const SingleAttribute& single,
                  Findings& findings) {
  auto count = std::count_if(attributes.begin(), attributes.end(), [&](const Attribute& candidate) {
    return candidate.type == single.type;
  });
  if (count == 0) return;
  std::size_t values = find(attributes, single.type)->values.size();
  if (count > 1 || values > 1) findings.push_back(finding(Rule::SigAttributeRepeated, single.name));
  if (count == 1 && values == 0) {
    findings.push_back(finding(Rule::SigAttributeMalformed, single.name));
  }
}

// Reads the one value of an attribute that stands alone.
class Values {
 public:
  Values(const std::vector<Attribute>& attributes, Findings& findings)
      : attributes_(attributes), findings_(findings) {}

  bool has(const Oid& type) const { return find(attributes_, type) != nullptr; }

  template <typename Read>
  auto get(const Oid& type, Read read) const
      -> std::optional<std::decay_t<decltype(read(std::declval<asn1::Reader&>()))>> {
    const Attribute* attribute = find(attributes_, type);
    if (attribute == nullptr || attribute->values.size() != 1) return std::nullopt;
    auto value = asn1::decode(attribute->values[0], read);
    if (!value) return std::nullopt;
    return std::move(*value);
  }

  // The same; a value of another type is a finding.
  template <typename Read>
  auto require(const Oid& type, std::string_view name, Read read) const {
    auto value = get(type, read);
    const Attribute* attribute = find(attributes_, type);
    if (!value && attribute != nullptr && attribute->values.size() == 1) {
      findings_.push_back(finding(Rule::SigAttributeMalformed, name));
    }
    return value;
  }

 private:
  const std::vector<Attribute>& attributes_;
  Findings& findings_;
};

// SMIMEEncryptionKeyPreference ::= CHOICE {
//     issuerAndSerialNumber   [0] IssuerAndSerialNumber,
//     receipentKeyId          [1] RecipientKeyIdentifier,
//     subjectAltKeyIdentifier [2] SubjectKeyIdentifier }, IMPLICIT tags (ATTR-39)
EntityIdentifier read_key_preference(asn1::Reader& in) {
  EntityIdentifier id;
  if (auto key_identifier = in.optional_contents(asn1::primitive(2))) {
    id.key_identifier = to_bytes(*key_identifier);
    return id;
  }
  if (auto recipient = in.optional_enter(asn1::constructed(1))) {
    id.key_identifier = to_bytes(recipient->octet_string());
    recipient->skip_rest();
    return id;
  }
  asn1::Reader seq = in.enter(asn1::constructed(0));
  id.issuer_der = to_bytes(seq.element(asn1::Tag::Sequence));
  id.serial_number = to_bytes(seq.integer());
  return id;
}

struct AlgorithmProtection {
  asn1::AlgorithmIdentifier digest;
  asn1::AlgorithmIdentifier signature;
};

// CMSAlgorithmProtection ::= SEQUENCE {
//     digestAlgorithm         DigestAlgorithmIdentifier,
//     signatureAlgorithm  [1] SignatureAlgorithmIdentifier OPTIONAL,
//     macAlgorithm        [2] MessageAuthenticationCodeAlgorithm OPTIONAL }
// where signed data has [1] and no [2] (ATTR-45).
AlgorithmProtection read_algorithm_protection(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {.digest = asn1::AlgorithmIdentifier::read(seq),
          .signature = asn1::AlgorithmIdentifier::read(seq, asn1::constructed(1))};
}

// Equal after normalising: NULL is absent, a default that is written is one that is
// not (RFC 6211 3, ATTR-47).
bool same_digest(const asn1::AlgorithmIdentifier& a, const asn1::AlgorithmIdentifier& b) {
  if (a.algorithm != b.algorithm) return false;
  return a == b || (a.has_no_or_null_parameters() && b.has_no_or_null_parameters());
}

bool same_signature(const asn1::AlgorithmIdentifier& a, const asn1::AlgorithmIdentifier& b) {
  if (same_digest(a, b)) return true;
  if (a.algorithm != b.algorithm) return false;
  auto one = crypto::read_signature_scheme(a, std::nullopt);
  auto other = crypto::read_signature_scheme(b, std::nullopt);
  return one && other && *one == *other;
}

void check_protection(const SignerInfo& signer, const Values& values, Findings& findings) {
  auto protection =
      values.require(kAlgorithmProtection, "cmsAlgorithmProtect", &read_algorithm_protection);
  if (!protection) return;
  if (!same_digest(protection->digest, signer.digest_algorithm)) {
    findings.push_back(finding(Rule::SigAlgorithmProtection, "digestAlgorithm"));
  }
  if (!same_signature(protection->signature, signer.signature_algorithm)) {
    findings.push_back(finding(Rule::SigAlgorithmProtection, "signatureAlgorithm"));
  }
}

// It is there, and is eContentType (CMS-17, CMS-21).
void check_content_type(const SignedStatements& statements, const Values& values,
                        const std::optional<Oid>& content_type, Findings& findings) {
  if (!content_type) {
    if (!values.has(kContentTypeAttribute)) return;
    findings.push_back(finding(Rule::SigAttributePlace, "contentType"));
    return;
  }
  if (!values.has(kContentTypeAttribute)) {
    findings.push_back(finding(Rule::SigAttributeMissing, "contentType"));
  }
  if (statements.content_type && *statements.content_type != *content_type) {
    findings.push_back(finding(Rule::SigContentTypeMismatch, statements.content_type->to_string()));
  }
}

std::vector<EssCertId> signer_certificates(const Values& values, Findings& findings) {
  std::vector<EssCertId> result;
  auto take = [&](const std::optional<SigningCertificate>& value, std::string_view name) {
    if (!value) return;
    if (value->certificates.empty()) {
      findings.push_back(finding(Rule::SigAttributeMalformed, name));
    } else {
      result.push_back(value->certificates[0]);
    }
  };
  take(values.require(kSigningCertificate, "signingCertificate", &SigningCertificate::read_v1),
       "signingCertificate");
  take(values.require(kSigningCertificateV2, "signingCertificateV2", &SigningCertificate::read_v2),
       "signingCertificateV2");
  return result;
}

// Of the signed attributes: what is not signed is nobody's statement (CMS-28). Unknown ones
// pass (ATTR-05).
SignedStatements read_statements(const Values& values) {
  SignedStatements statements;
  statements.content_type = values.require(kContentTypeAttribute, "contentType",
                                           [](asn1::Reader& in) { return in.oid(); });
  statements.message_digest = values.require(kMessageDigest, "messageDigest", [](asn1::Reader& in) {
    return to_bytes(in.octet_string());
  });
  statements.signing_time =
      values.require(kSigningTime, "signingTime", [](asn1::Reader& in) { return in.time(); });
  statements.capabilities =
      values.get(kSmimeCapabilities, &read_capabilities).value_or(std::vector<Capability>());
  statements.encryption_key_preference = values.get(kEncryptionKeyPreference, &read_key_preference);
  statements.requests_receipt = values.has(kReceiptRequest);
  statements.has_security_label = values.has(kSecurityLabel);
  return statements;
}

}  // namespace

SignedAttributesCheck check_signed_attributes(const SignerInfo& signer,
                                              const std::optional<Oid>& content_type) {
  SignedAttributesCheck check;
  Findings& findings = check.findings;
  // SignedAttributes ::= SET SIZE (1..MAX) OF Attribute
  if (signer.signed_attrs.empty()) {
    findings.push_back(finding(Rule::SigAttributeMalformed, "no attribute in signedAttrs"));
  }
  for (const SingleAttribute& single : kSingleAttributes) {
    check_number(signer.signed_attrs, single, findings);
  }
  Values values(signer.signed_attrs, findings);
  check.statements = read_statements(values);
  check_content_type(check.statements, values, content_type, findings);
  if (!values.has(kMessageDigest)) {
    findings.push_back(finding(Rule::SigAttributeMissing, "messageDigest"));
  }
  check_protection(signer, values, findings);
  check.signer_certificates = signer_certificates(values, findings);
  if (!attributes_are_sorted(signer)) {
    findings.push_back(Finding::of(Rule::SigAttributesNotDer));
  }
  return check;
}

bool is_set_of_attributes(ByteView content, const Limits& limits) {
  auto attributes = asn1::decode(
      content,
      [&](asn1::Reader& in) {
        asn1::Reader set = in.set();
        return read_attributes(set, limits);
      },
      limits);
  return attributes && find(*attributes, kContentTypeAttribute) != nullptr &&
         find(*attributes, kMessageDigest) != nullptr;
}

Findings check_without_attributes(const SignedContent& content, const Limits& limits) {
  Findings findings{Finding::of(Rule::SigNoAttributes)};
  if (content.content_type != kData) findings.push_back(Finding::of(Rule::SigAttributesNeeded));
  if (content.size > content.beginning.size()) return findings;
  if (is_set_of_attributes(content.beginning.first(static_cast<std::size_t>(content.size)),
                           limits)) {
    findings.push_back(Finding::of(Rule::SigAttributesAsContent));
  }
  return findings;
}

Findings check_unsigned_attributes(const SignerInfo& signer) {
  Findings findings;
  for (const SingleAttribute& single : kSingleAttributes) {
    bool is_misplaced = single.may_be_unsigned == MayBeUnsigned::No &&
                        find(signer.unsigned_attrs, single.type) != nullptr;
    if (is_misplaced) findings.push_back(finding(Rule::SigAttributePlace, single.name));
  }
  return findings;
}

// SET OF in DER: ascending as octet strings (X.690 11.6).
bool attributes_are_sorted(const SignerInfo& signer) {
  for (const Attribute& attribute : signer.signed_attrs) {
    if (!std::is_sorted(attribute.values.begin(), attribute.values.end(), &less)) return false;
  }
  auto sorted = asn1::decode(*signer.signed_attrs_der, [](asn1::Reader& in) {
    asn1::Reader set = in.set();
    std::vector<ByteView> elements;
    while (set.more()) elements.push_back(set.element());
    return std::is_sorted(elements.begin(), elements.end(), &less);
  });
  return sorted.value_or(false);
}

Bytes sorted_attributes(const SignerInfo& signer) {
  return asn1::encode(
      [&](asn1::Writer& out) { write_attributes(out, signer.signed_attrs, asn1::Tag::Set); });
}

}  // namespace bulla::cms
