// Extensions: RFC 5280 4.2, and those of other standards.
#include <algorithm>
#include <array>

#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"
#include "x509/lint_syntax.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

void repeated(const View& view, Found& found) {
  for (const Oid& oid : view.repeated) found.add(extension_name(oid));
}

void unknown_critical(const View& view, Found& found) {
  for (const Extension& each : view.extensions) {
    std::string place = extension_name(each.oid);
    found.add_if(each.critical && place.starts_with("extension "), place);
  }
}

// Whether the certificate is signed with its own key; nothing if that cannot be said here.
std::optional<bool> is_self_signed(const View& view) {
  auto key = crypto::PublicKey::parse(view.spki);
  auto scheme = crypto::read_signature_scheme(view.signature_algorithm, std::nullopt);
  if (!key || !scheme) return std::nullopt;
  if (!crypto::makes(key->kind(), scheme->algorithm)) return false;
  auto verified = key->verify(*scheme, view.tbs, view.signature.bytes);
  if (!verified) return std::nullopt;
  return *verified;
}

void authority_absent(const View& view, Found& found) {
  if (view.has(kAuthorityKeyIdentifier)) return;
  bool may_be_root = view.is_ca() && equal_names(view.subject_der, view.issuer_der);
  if (may_be_root && is_self_signed(view).value_or(true)) return;
  found.add("authorityKeyIdentifier");
}

void authority_without_identifier(const View& view, Found& found) {
  const auto& authority = view.authority_key_identifier;
  found.add_if(authority && !authority->identifier, "authorityKeyIdentifier");
}

void authority_half(const View& view, Found& found) {
  const auto& authority = view.authority_key_identifier;
  if (!authority || authority->has_issuer == authority->has_serial) return;
  found.add("authorityKeyIdentifier",
            authority->has_issuer ? "the serial number is missing" : "the issuer is missing");
}

void subject_identifier_absent_ca(const View& view, Found& found) {
  found.add_if(view.is_ca() && !view.has(kSubjectKeyIdentifier), "subjectKeyIdentifier");
}

void subject_identifier_absent(const View& view, Found& found) {
  found.add_if(!view.is_ca() && !view.has(kSubjectKeyIdentifier), "subjectKeyIdentifier");
}

// By the methods of RFC 5280 4.2.1.2 and RFC 7093 2.
bool is_derived(const View& view, ByteView identifier) {
  auto sha1 = crypto::hash(Digest::Sha1, view.public_key.bytes);
  if (!sha1 || equal(identifier, *sha1)) return true;
  Bytes short_form(sha1->end() - 8, sha1->end());
  short_form[0] = static_cast<std::uint8_t>(0x40 | (short_form[0] & 0x0f));
  if (equal(identifier, short_form)) return true;
  for (Digest digest : {Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
    for (ByteView of : {view.public_key.bytes, view.spki}) {
      auto value = crypto::hash(digest, of);
      bool is_whole = value && equal(identifier, *value);
      if (is_whole || (value && equal(identifier, ByteView(*value).first(20)))) return true;
    }
  }
  return false;
}

void subject_identifier_method(const View& view, Found& found) {
  const auto& identifier = view.subject_key_identifier;
  found.add_if(identifier && !is_derived(view, *identifier), "subjectKeyIdentifier");
}

void key_usage_absent_ca(const View& view, Found& found) {
  found.add_if(view.is_ca() && !view.has(kKeyUsage), "keyUsage");
}

bool has_bits(const asn1::BitString& bits) {
  return std::any_of(bits.bytes.begin(), bits.bytes.end(), [](auto octet) { return octet != 0; });
}

void key_usage_empty(const View& view, Found& found) {
  found.add_if(view.key_usage && !has_bits(*view.key_usage), "keyUsage");
}

constexpr auto kCertSign = static_cast<unsigned>(KeyUsage::KeyCertSign);

void cert_sign_without_ca(const View& view, Found& found) {
  bool is_malformed = view.has(kBasicConstraints) && !view.basic_constraints;
  found.add_if(view.uses(kCertSign) && !view.is_ca() && !is_malformed, "keyUsage", "keyCertSign");
}

void ca_without_cert_sign(const View& view, Found& found) {
  found.add_if(view.is_ca() && view.key_usage && !view.uses(kCertSign), "keyUsage");
}

void ca_constraints_not_critical(const View& view, Found& found) {
  const Extension* extension = view.find(kBasicConstraints);
  bool is_about_signing = !view.key_usage || view.uses(kCertSign);
  found.add_if(view.is_ca() && is_about_signing && !extension->critical, "basicConstraints");
}

void path_length_without_ca(const View& view, Found& found) {
  if (!view.basic_constraints || !view.basic_constraints->path_length) return;
  bool signs = !view.has(kKeyUsage) || view.uses(kCertSign);
  found.add_if(!view.is_ca() || !signs, "basicConstraints", "pathLenConstraint");
}

// CERT-08
void alternative_name_not_critical(const View& view, Found& found) {
  const Extension* extension = view.find(kSubjectAltName);
  found.add_if(extension != nullptr && !extension->critical && view.subject_der.size() == 2,
               "subjectAltName");
}

void alternative_name_critical(const View& view, Found& found) {
  const Extension* extension = view.find(kSubjectAltName);
  found.add_if(extension != nullptr && extension->critical && view.subject_der.size() != 2,
               "subjectAltName");
}

void any_purpose_critical(const View& view, Found& found) {
  const Extension* extension = view.find(kExtendedKeyUsage);
  found.add_if(
      extension != nullptr && extension->critical && view.has_purpose(kAnyExtendedKeyUsage),
      "extKeyUsage");
}

void constraints_without_ca(const View& view, Found& found) {
  bool is_malformed = view.has(kBasicConstraints) && !view.basic_constraints;
  found.add_if(view.has(kNameConstraints) && !view.is_ca() && !is_malformed, "nameConstraints");
}

void constraints_empty(const View& view, Found& found) {
  found.add_if(view.name_constraints && view.name_constraints->is_empty, "nameConstraints");
}

void constraints_distance(const View& view, Found& found) {
  if (!view.name_constraints) return;
  for (const Subtree& each : view.name_constraints->subtrees) {
    found.add_if(each.has_minimum, "nameConstraints", "minimum");
    found.add_if(each.has_maximum, "nameConstraints", "maximum");
  }
}

void point_without_place(const View& view, Found& found) {
  if (!view.distribution_points) return;
  for (const DistributionPoint& each : *view.distribution_points) {
    found.add_if(!each.has_point && !each.has_issuer, "cRLDistributionPoints");
  }
}

// SignedCertificateTimestampList: an OCTET STRING with the vector of RFC 6962 3.3.
void timestamp_list_empty(const View& view, Found& found) {
  const Extension* extension = view.find(kSctList);
  if (extension == nullptr) return;
  auto list = asn1::decode(extension->value, [](asn1::Reader& in) { return in.octet_string(); });
  found.add_if(!list || list->size() <= 2, extension_name(kSctList));
}

// LEI ::= PrintableString (SIZE (20)) (ISO 17442-2)
void lei(const View& view, Found& found) {
  const Extension* extension = view.find(kLei);
  if (extension == nullptr) return;
  auto value = asn1::decode(
      extension->value, [](asn1::Reader& in) { return in.contents(asn1::Tag::PrintableString); });
  std::string_view text = value ? as_text(*value) : std::string_view();
  found.add_if(!is_lei_form(text) || !has_lei_checksum(text), "lei", std::string(text));
}

// ::= SEQUENCE {
//     version       INTEGER { v1(1) },
//     location      GeneralName,
//     requiresAuth  BOOLEAN DEFAULT FALSE }
void adobe_timestamp(const View& view, Found& found) {
  const Extension* extension = view.find(kAdobeTimestamp);
  if (extension == nullptr) return;
  auto location = asn1::decode(extension->value, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    seq.small_integer();
    GeneralName name = read_general_name(seq);
    seq.skip_rest();
    return name;
  });
  found.add_if(!location || location->kind != Kind::Uri, "adobeTimestamp");
}

constexpr std::array kRows = {
    Row{{"x509.extension-repeated", kError, "RFC 5280 4.2", "the extension stands twice"},
        repeated},
    Row{{"x509.extension-unknown", kWarning, "RFC 5280 4.2",
         "a critical extension that few know makes them refuse the certificate"},
        unknown_critical},
    Row{{"x509.aki-absent", kError, "RFC 5280 4.2.1.1",
         "the extension is missing, and the certificate is not that of a root"},
        authority_absent},
    Row{{"x509.aki-no-identifier", kError, "RFC 5280 4.2.1.1", "keyIdentifier is missing"},
        authority_without_identifier},
    Row{{"x509.aki-half", kError, "RFC 5280 4.2.1.1",
         "issuer and serial number stand there together or not at all"},
        authority_half},
    Row{{"x509.aki-critical", kError, "RFC 5280 4.2.1.1", "the extension is critical"},
        is_critical,
        kAuthorityKeyIdentifier},
    Row{{"x509.ski-absent-ca", kError, "RFC 5280 4.2.1.2", "the extension of a CA is missing"},
        subject_identifier_absent_ca},
    Row{{"x509.ski-absent", kWarning, "RFC 5280 4.2.1.2", "the extension is missing"},
        subject_identifier_absent},
    Row{{"x509.ski-critical", kError, "RFC 5280 4.2.1.2", "the extension is critical"},
        is_critical,
        kSubjectKeyIdentifier},
    Row{{"x509.ski-method", kNote, "RFC 5280 4.2.1.2, RFC 7093 2",
         "the identifier is not computed from the key in a known way"},
        subject_identifier_method},
    Row{{"x509.key-usage-absent-ca", kError, "RFC 5280 4.2.1.3",
         "the extension of a CA is missing"},
        key_usage_absent_ca},
    Row{{"x509.key-usage-not-critical", kWarning, "RFC 5280 4.2.1.3",
         "the extension is not critical"},
        is_not_critical,
        kKeyUsage},
    Row{{"x509.key-usage-empty", kError, "RFC 5280 4.2.1.3", "no bit is set"}, key_usage_empty},
    Row{{"x509.cert-sign-without-ca", kError, "RFC 5280 4.2.1.3, 4.2.1.9",
         "the key may sign certificates, and is not that of a CA"},
        cert_sign_without_ca},
    Row{{"x509.ca-without-cert-sign", kError, "RFC 5280 4.2.1.3, 6.1.4 (n)",
         "the key of a CA may not sign certificates"},
        ca_without_cert_sign},
    Row{{"x509.ca-not-critical", kError, "RFC 5280 4.2.1.9",
         "the extension of a CA is not critical"},
        ca_constraints_not_critical},
    Row{{"x509.path-length", kError, "RFC 5280 4.2.1.9",
         "the length of a path is limited by one who signs no certificates"},
        path_length_without_ca},
    Row{{"x509.san-not-critical", kError, "RFC 5280 4.2.1.6",
         "the extension is not critical, and the subject is empty"},
        alternative_name_not_critical},
    Row{{"x509.san-critical", kWarning, "RFC 5280 4.2.1.6",
         "the extension is critical, and the subject is not empty"},
        alternative_name_critical},
    Row{{"x509.ian-critical", kWarning, "RFC 5280 4.2.1.7", "the extension is critical"},
        is_critical,
        kIssuerAltName},
    Row{{"x509.directory-attributes-critical", kError, "RFC 5280 4.2.1.8",
         "the extension is critical"},
        is_critical,
        kSubjectDirectoryAttributes},
    Row{{"x509.any-purpose-critical", kWarning, "RFC 5280 4.2.1.12",
         "the extension is critical, and allows any purpose"},
        any_purpose_critical},
    Row{{"x509.constraints-not-critical", kError, "RFC 5280 4.2.1.10",
         "the extension is not critical"},
        is_not_critical,
        kNameConstraints},
    Row{{"x509.constraints-without-ca", kError, "RFC 5280 4.2.1.10",
         "names are constrained by one who is no CA"},
        constraints_without_ca},
    Row{{"x509.constraints-empty", kError, "RFC 5280 4.2.1.10",
         "nothing is permitted nor excluded"},
        constraints_empty},
    Row{{"x509.constraints-distance", kError, "RFC 5280 4.2.1.10",
         "minimum and maximum are not used"},
        constraints_distance},
    Row{{"x509.crldp-critical", kWarning, "RFC 5280 4.2.1.13", "the extension is critical"},
        is_critical,
        kCrlDistributionPoints},
    Row{{"x509.crldp-no-name", kError, "RFC 5280 4.2.1.13",
         "a distribution point has neither a name nor an issuer"},
        point_without_place},
    Row{{"x509.freshest-crl-critical", kError, "RFC 5280 4.2.1.15", "the extension is critical"},
        is_critical,
        kFreshestCrl},
    Row{{"x509.aia-critical", kError, "RFC 5280 4.2.2.1", "the extension is critical"},
        is_critical,
        kAuthorityInfoAccess},
    Row{{"x509.sia-critical", kError, "RFC 5280 4.2.2.2", "the extension is critical"},
        is_critical,
        kSubjectInfoAccess},
    Row{{"x509.sct-list-empty", kError, "RFC 6962 3.3", "there is no timestamp in the list"},
        timestamp_list_empty},
    Row{{"x509.lei", kError, "ISO 17442-1 6",
         "the identifier has not 20 letters and digits, or its check digits are wrong"},
        lei},
    Row{{"x509.adobe-timestamp", kError, "Adobe, X.509 extension 1.2.840.113583.1.1.9.1",
         "the location is no URI"},
        adobe_timestamp},
};

}  // namespace

void is_critical(const View& view, Found& found) {
  const Extension* extension = view.find(found.row().extension);
  found.add_if(extension != nullptr && extension->critical, extension_name(found.row().extension));
}

void is_not_critical(const View& view, Found& found) {
  const Extension* extension = view.find(found.row().extension);
  found.add_if(extension != nullptr && !extension->critical, extension_name(found.row().extension));
}

std::span<const Row> extension_rows() { return kRows; }

}  // namespace bulla::x509::lint
