// View: the fields of a certificate for those who look for what is wrong in it.
//
// Each field and each extension is decoded by itself, and one that cannot be stands in `malformed`
// and stops nothing else. Views are into the DER.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "asn1/algorithm_identifier.h"
#include "asn1/reader.h"
#include "bulla/certificate_check.h"
#include "bulla/oid.h"
#include "bulla/time.h"
#include "x509/extensions.h"
#include "x509/key_info.h"
#include "x509/name.h"

namespace bulla::x509::lint {

// GeneralName by its number (RFC 5280 4.2.1.6).
enum class Kind : std::uint8_t {
  OtherName = 0,
  Rfc822Name = 1,
  DnsName = 2,
  X400Address = 3,
  DirectoryName = 4,
  EdiPartyName = 5,
  Uri = 6,
  IpAddress = 7,
  RegisteredId = 8,
};

struct GeneralName {
  Kind kind = Kind::OtherName;
  ByteView value;  // contents; of a directoryName the Name, of an otherName its value's element
  Oid other_type;
  std::string_view text() const { return as_text(value); }
};
using GeneralNames = std::vector<GeneralName>;

// A distinguished name and where it stands.
struct PlacedName {
  std::string place;
  RelativeNames name;
};

struct TimeField {
  std::string place;
  asn1::Tag tag = asn1::Tag::UtcTime;
  ByteView text;
  std::optional<Time> time;  // nothing if it is not as RFC 5280 4.1.2.5 wants it
};

struct Extension {
  Oid oid;
  bool critical = false;
  ByteView value;
};

struct DistributionPoint {
  GeneralNames full_name;
  bool has_point = false;
  bool has_issuer = false;
  std::optional<asn1::BitString> reasons;
};

struct AccessDescription {
  Oid method;
  GeneralName location;
};

struct Qualifier {
  Oid id;
  ByteView element;
};
struct Policy {
  Oid id;
  std::vector<Qualifier> qualifiers;
};

struct Mapping {
  Oid issuer_policy;
  Oid subject_policy;
};

struct Subtree {
  GeneralName base;
  bool has_minimum = false;
  bool has_maximum = false;
};
struct NameConstraints {
  std::vector<Subtree> subtrees;  // permitted, then excluded
  bool is_empty = false;          // neither list
};

struct AuthorityKeyIdentifier {
  std::optional<ByteView> identifier;
  bool has_issuer = false;
  bool has_serial = false;
};

struct Flaw {
  std::string place;
  std::string detail;
};

struct View {
  ByteView der;
  ByteView tbs;
  unsigned version = 1;
  ByteView serial_number;
  ByteView inner_algorithm;  // DER of tbsCertificate.signature
  ByteView outer_algorithm;  // DER of signatureAlgorithm
  asn1::AlgorithmIdentifier signature_algorithm;
  asn1::BitString signature;
  ByteView issuer_der;
  ByteView subject_der;
  RelativeNames issuer;
  TimeField not_before;
  TimeField not_after;
  bool has_issuer_id = false;
  bool has_subject_id = false;

  ByteView spki;
  ByteView key_algorithm_der;
  asn1::AlgorithmIdentifier key_algorithm;
  asn1::BitString public_key;
  KeyInfo key;

  std::vector<Extension> extensions;
  std::vector<Oid> repeated;  // extensions that stand more than once

  // What the extensions say; nothing if one is absent or malformed.
  std::optional<BasicConstraints> basic_constraints;
  std::optional<asn1::BitString> key_usage;
  std::optional<std::vector<Oid>> extended_key_usage;
  std::optional<ByteView> subject_key_identifier;
  std::optional<AuthorityKeyIdentifier> authority_key_identifier;
  std::optional<GeneralNames> subject_alt_name;
  std::optional<std::vector<Policy>> policies;
  std::optional<std::vector<Mapping>> mappings;
  std::optional<NameConstraints> name_constraints;
  std::optional<std::vector<DistributionPoint>> distribution_points;
  std::optional<std::vector<AccessDescription>> access;

  std::vector<PlacedName> names;  // the subject, then the directoryNames beside it
  std::vector<Flaw> malformed;
  std::vector<Flaw> defaults;    // encoded DEFAULT values
  std::vector<Flaw> named_bits;  // with zeros at the end

  std::optional<BaselineProfile> baseline;

  const Extension* find(const Oid& oid) const;
  bool has(const Oid& oid) const { return find(oid) != nullptr; }
  bool is_ca() const { return basic_constraints && basic_constraints->is_ca; }
  bool is_subject_empty() const { return names.front().name.empty(); }
  bool uses(unsigned bit) const { return key_usage && key_usage->has(bit); }
  bool has_purpose(const Oid& purpose) const;
};

// Errors: as check_certificate().
Result<View> read_view(ByteView der, const Limits& limits);

// GeneralNames under the tag that the caller has entered.
GeneralNames read_general_names(asn1::Reader& in);
GeneralName read_general_name(asn1::Reader& in);

inline constexpr Oid kPrivateKeyUsagePeriod = Oid::of("2.5.29.16");
inline constexpr Oid kOcspNoCheck = Oid::of("1.3.6.1.5.5.7.48.1.5");
inline constexpr Oid kIssuerAltName = Oid::of("2.5.29.18");
inline constexpr Oid kSubjectDirectoryAttributes = Oid::of("2.5.29.9");
inline constexpr Oid kNameConstraints = Oid::of("2.5.29.30");
inline constexpr Oid kPolicyConstraints = Oid::of("2.5.29.36");
inline constexpr Oid kInhibitAnyPolicy = Oid::of("2.5.29.54");
inline constexpr Oid kAnyPolicy = Oid::of("2.5.29.32.0");
inline constexpr Oid kQcStatements = Oid::of("1.3.6.1.5.5.7.1.3");
inline constexpr Oid kSubjectInfoAccess = Oid::of("1.3.6.1.5.5.7.1.11");
inline constexpr Oid kSmimeCapabilities = Oid::of("1.2.840.113549.1.9.15");
inline constexpr Oid kSctList = Oid::of("1.3.6.1.4.1.11129.2.4.2");
inline constexpr Oid kLei = Oid::of("1.3.6.1.4.1.52266.1");
inline constexpr Oid kLeiRole = Oid::of("1.3.6.1.4.1.52266.2");
inline constexpr Oid kAdobeTimestamp = Oid::of("1.2.840.113583.1.1.9.1");
inline constexpr Oid kAdobeArchiveRevInfo = Oid::of("1.2.840.113583.1.1.9.2");
inline constexpr Oid kCpsQualifier = Oid::of("1.3.6.1.5.5.7.2.1");
inline constexpr Oid kNoticeQualifier = Oid::of("1.3.6.1.5.5.7.2.2");
inline constexpr Oid kUserPrincipalName = Oid::of("1.3.6.1.4.1.311.20.2.3");

// "subjectAltName"; the dotted OID of an extension without a name here.
std::string extension_name(const Oid& oid);

}  // namespace bulla::x509::lint
