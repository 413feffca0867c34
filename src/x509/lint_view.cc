#include "x509/lint_view.h"

#include <algorithm>
#include <array>

#include "base/try.h"
#include "x509/lint_values.h"

namespace bulla::x509::lint {
namespace {

// Above the 20 octets of RFC 5280 4.1.2.2, so that longer ones can be named.
constexpr std::size_t kMaxSerialBytes = 128;

struct NamedExtension {
  Oid oid;
  std::string_view name;
};

constexpr std::array kNames = {
    NamedExtension{kSubjectDirectoryAttributes, "subjectDirectoryAttributes"},
    NamedExtension{kSubjectKeyIdentifier, "subjectKeyIdentifier"},
    NamedExtension{kKeyUsage, "keyUsage"},
    NamedExtension{kPrivateKeyUsagePeriod, "privateKeyUsagePeriod"},
    NamedExtension{kSubjectAltName, "subjectAltName"},
    NamedExtension{kIssuerAltName, "issuerAltName"},
    NamedExtension{kBasicConstraints, "basicConstraints"},
    NamedExtension{kNameConstraints, "nameConstraints"},
    NamedExtension{kCrlDistributionPoints, "cRLDistributionPoints"},
    NamedExtension{kCertificatePolicies, "certificatePolicies"},
    NamedExtension{kPolicyMappings, "policyMappings"},
    NamedExtension{kAuthorityKeyIdentifier, "authorityKeyIdentifier"},
    NamedExtension{kPolicyConstraints, "policyConstraints"},
    NamedExtension{kExtendedKeyUsage, "extKeyUsage"},
    NamedExtension{kFreshestCrl, "freshestCRL"},
    NamedExtension{kInhibitAnyPolicy, "inhibitAnyPolicy"},
    NamedExtension{kAuthorityInfoAccess, "authorityInfoAccess"},
    NamedExtension{kQcStatements, "qcStatements"},
    NamedExtension{kSubjectInfoAccess, "subjectInfoAccess"},
    NamedExtension{kOcspNoCheck, "ocspNoCheck"},
    NamedExtension{kSmimeCapabilities, "smimeCapabilities"},
    NamedExtension{kSctList, "signedCertificateTimestampList"},
    NamedExtension{kLei, "lei"},
    NamedExtension{kLeiRole, "leiRole"},
    NamedExtension{kAdobeTimestamp, "adobeTimestamp"},
    NamedExtension{kAdobeArchiveRevInfo, "adobeArchiveRevInfo"},
};

// Decodes one part; what is malformed is kept as such.
template <typename Read>
auto try_decode(View& view, ByteView part, const std::string& place, Read read)
    -> std::optional<std::decay_t<decltype(read(std::declval<asn1::Reader&>()))>> {
  auto value = asn1::decode(part, read);
  if (value) return std::move(*value);
  view.malformed.push_back({place, describe(value.error())});
  return std::nullopt;
}

// Time ::= CHOICE { utcTime  UTCTime, generalTime  GeneralizedTime }
TimeField read_time(asn1::Reader& in, std::string place) {
  TimeField field;
  field.place = std::move(place);
  if (in.more()) field.tag = in.peek();
  bool is_time = field.tag == asn1::Tag::UtcTime || field.tag == asn1::Tag::GeneralizedTime;
  ByteView element = in.element();
  if (!is_time) in.fail(Rule::Asn1BadTime);
  auto time = asn1::decode(element, [](asn1::Reader& one) { return one.time(); });
  if (time) field.time = *time;
  auto text = asn1::decode(element, [&](asn1::Reader& one) { return one.contents(field.tag); });
  field.text = text.value_or(ByteView());
  return field;
}

// Extension ::= SEQUENCE {
//     extnID     OBJECT IDENTIFIER,
//     critical   BOOLEAN DEFAULT FALSE,
//     extnValue  OCTET STRING }
Extension read_extension(asn1::Reader& in, View& view) {
  asn1::Reader seq = in.sequence();
  Extension extension;
  extension.oid = seq.oid();
  if (seq.next_is(asn1::Tag::Boolean)) {
    extension.critical = seq.boolean();
    if (!extension.critical) view.defaults.push_back({extension_name(extension.oid), "critical"});
  }
  extension.value = seq.octet_string();
  return extension;
}

// TBSCertificate ::= SEQUENCE {
//     version               [0] EXPLICIT Version DEFAULT v1,
//     serialNumber          CertificateSerialNumber,
//     signature             AlgorithmIdentifier,
//     issuer                Name,
//     validity              Validity,
//     subject               Name,
//     subjectPublicKeyInfo  SubjectPublicKeyInfo,
//     issuerUniqueID        [1] IMPLICIT UniqueIdentifier OPTIONAL,
//     subjectUniqueID       [2] IMPLICIT UniqueIdentifier OPTIONAL,
//     extensions            [3] EXPLICIT Extensions OPTIONAL }
View read_tbs(asn1::Reader& in) {
  View view;
  asn1::Reader seq = in.sequence();
  if (auto field = seq.optional_enter(asn1::constructed(0))) {
    std::int64_t version = field->small_integer();
    view.version = static_cast<unsigned>(std::min<std::int64_t>(version, 254)) + 1;
    if (version == 0) view.defaults.push_back({"version", "v1"});
  }
  view.serial_number = seq.integer(kMaxSerialBytes);
  view.inner_algorithm = seq.element(asn1::Tag::Sequence);
  view.issuer_der = seq.element(asn1::Tag::Sequence);
  {
    asn1::Reader validity = seq.sequence();
    view.not_before = read_time(validity, "notBefore");
    view.not_after = read_time(validity, "notAfter");
  }
  view.subject_der = seq.element(asn1::Tag::Sequence);
  view.spki = seq.element(asn1::Tag::Sequence);
  view.has_issuer_id = seq.optional_element(asn1::primitive(1)).has_value();
  view.has_subject_id = seq.optional_element(asn1::primitive(2)).has_value();
  if (auto field = seq.optional_enter(asn1::constructed(3))) {
    asn1::Reader list = field->sequence();
    if (!list.more()) view.malformed.push_back({"extensions", "there is none"});
    while (list.more()) view.extensions.push_back(read_extension(list, view));
  }
  return view;
}

// Certificate ::= SEQUENCE {
//     tbsCertificate      TBSCertificate,
//     signatureAlgorithm  AlgorithmIdentifier,
//     signatureValue      BIT STRING }
struct Outer {
  ByteView tbs;
  ByteView algorithm;
  asn1::BitString signature;
};

Outer read_outer(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  Outer outer;
  outer.tbs = seq.element(asn1::Tag::Sequence);
  outer.algorithm = seq.element(asn1::Tag::Sequence);
  outer.signature = seq.bit_string();
  return outer;
}

// SubjectPublicKeyInfo ::= SEQUENCE {
//     algorithm         AlgorithmIdentifier,
//     subjectPublicKey  BIT STRING }
void read_key(View& view) {
  struct Parts {
    ByteView algorithm;
    asn1::BitString key;
  };
  auto parts = try_decode(view, view.spki, "subjectPublicKeyInfo", [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    Parts result;
    result.algorithm = seq.element(asn1::Tag::Sequence);
    result.key = seq.bit_string();
    return result;
  });
  if (!parts) return;
  view.key_algorithm_der = parts->algorithm;
  view.public_key = parts->key;
  auto algorithm = try_decode(view, parts->algorithm, "subjectPublicKeyInfo",
                              [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); });
  if (algorithm) view.key_algorithm = std::move(*algorithm);
  view.key = read_key_info(view.spki);
}

void read_names(View& view) {
  auto issuer = try_decode(view, view.issuer_der, "issuer", &read_name);
  if (issuer) view.issuer = std::move(*issuer);
  auto subject = try_decode(view, view.subject_der, "subject", &read_name);
  view.names.push_back({"subject", subject ? std::move(*subject) : RelativeNames()});
  std::size_t number = 0;
  for (const GeneralName& each : view.subject_alt_name.value_or(GeneralNames())) {
    if (each.kind != Kind::DirectoryName) continue;
    std::string place = "subjectAltName directoryName " + std::to_string(++number);
    auto name = try_decode(view, each.value, place, &read_name);
    if (name) view.names.push_back({std::move(place), std::move(*name)});
  }
}

// A NamedBitList ends in a one (X.690 11.2.2).
bool has_zeros_at_end(const asn1::BitString& bits) {
  if (bits.bytes.empty()) return false;
  return ((bits.bytes.back() >> bits.unused_bits) & 1u) == 0;
}

void look_at_bits(View& view) {
  if (view.key_usage && has_zeros_at_end(*view.key_usage)) {
    view.named_bits.push_back({"keyUsage", {}});
  }
  if (!view.distribution_points) return;
  for (const DistributionPoint& point : *view.distribution_points) {
    if (point.reasons && has_zeros_at_end(*point.reasons)) {
      view.named_bits.push_back({"cRLDistributionPoints", "reasons"});
    }
  }
}

void find_repeated(View& view) {
  std::vector<Oid> oids;
  for (const Extension& each : view.extensions) oids.push_back(each.oid);
  std::sort(oids.begin(), oids.end());
  for (std::size_t i = 1; i < oids.size(); ++i) {
    bool is_new = view.repeated.empty() || view.repeated.back() != oids[i];
    if (oids[i] == oids[i - 1] && is_new) view.repeated.push_back(oids[i]);
  }
}

}  // namespace

std::string extension_name(const Oid& oid) {
  const auto* found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& each) { return each.oid == oid; });
  return found == kNames.end() ? "extension " + oid.to_string() : std::string(found->name);
}

const Extension* View::find(const Oid& oid) const {
  auto found = std::find_if(extensions.begin(), extensions.end(),
                            [&](const auto& e) { return e.oid == oid; });
  return found == extensions.end() ? nullptr : &*found;
}

bool View::has_purpose(const Oid& purpose) const {
  return extended_key_usage && std::find(extended_key_usage->begin(), extended_key_usage->end(),
                                         purpose) != extended_key_usage->end();
}

Result<View> read_view(ByteView der, const Limits& limits) {
  if (der.size() > limits.certificate_bytes) return failure(Rule::LimitSize);
  Outer outer = TRY(asn1::decode(der, &read_outer, limits));
  auto offset = static_cast<std::uint64_t>(outer.tbs.data() - der.data());
  View view = TRY(asn1::decode(outer.tbs, &read_tbs, limits, offset));
  view.der = der;
  view.tbs = outer.tbs;
  view.outer_algorithm = outer.algorithm;
  view.signature = outer.signature;
  auto algorithm = try_decode(view, outer.algorithm, "signatureAlgorithm",
                              [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); });
  if (algorithm) view.signature_algorithm = std::move(*algorithm);
  read_key(view);
  TRY_VOID(read_extension_values(view));
  read_names(view);
  look_at_bits(view);
  find_repeated(view);
  return view;
}

}  // namespace bulla::x509::lint
