#include "x509/lint_values.h"

#include <algorithm>
#include <array>

#include "base/try.h"
#include "x509/lint_syntax.h"

namespace bulla::x509::lint {
namespace {

// OtherName ::= SEQUENCE {
//     type-id  OBJECT IDENTIFIER,
//     value    [0] EXPLICIT ANY DEFINED BY type-id }
void read_other_name(asn1::Reader& in, GeneralName& name) {
  asn1::Reader other = in.enter(asn1::constructed(0));
  name.other_type = other.oid();
  asn1::Reader value = other.enter(asn1::constructed(0));
  name.value = value.element();
}

// AuthorityKeyIdentifier ::= SEQUENCE {
//     keyIdentifier              [0] IMPLICIT OCTET STRING OPTIONAL,
//     authorityCertIssuer        [1] IMPLICIT GeneralNames OPTIONAL,
//     authorityCertSerialNumber  [2] IMPLICIT INTEGER OPTIONAL }
AuthorityKeyIdentifier read_authority(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  AuthorityKeyIdentifier result;
  result.identifier = seq.optional_contents(asn1::primitive(0));
  result.has_issuer = seq.optional_element(asn1::constructed(1)).has_value();
  result.has_serial = seq.optional_element(asn1::primitive(2)).has_value();
  return result;
}

// PolicyInformation ::= SEQUENCE {
//     policyIdentifier  OBJECT IDENTIFIER,
//     policyQualifiers  SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
//
// PolicyQualifierInfo ::= SEQUENCE {
//     policyQualifierId  OBJECT IDENTIFIER,
//     qualifier          ANY DEFINED BY policyQualifierId }
std::vector<Policy> read_policies(asn1::Reader& in) {
  std::vector<Policy> policies;
  asn1::Reader seq = in.sequence();
  do {
    asn1::Reader information = seq.sequence();
    Policy& policy = policies.emplace_back();
    policy.id = information.oid();
    if (!information.more()) continue;
    asn1::Reader list = information.sequence();
    do {
      asn1::Reader qualifier = list.sequence();
      Oid id = qualifier.oid();
      policy.qualifiers.push_back({id, qualifier.element()});
    } while (list.more());
  } while (seq.more());
  return policies;
}

// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
//     issuerDomainPolicy   OBJECT IDENTIFIER,
//     subjectDomainPolicy  OBJECT IDENTIFIER }
std::vector<Mapping> read_mappings(asn1::Reader& in) {
  std::vector<Mapping> mappings;
  asn1::Reader seq = in.sequence();
  do {
    asn1::Reader each = seq.sequence();
    Mapping& mapping = mappings.emplace_back();
    mapping.issuer_policy = each.oid();
    mapping.subject_policy = each.oid();
  } while (seq.more());
  return mappings;
}

// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
// GeneralSubtree ::= SEQUENCE {
//     base     GeneralName,
//     minimum  [0] IMPLICIT INTEGER DEFAULT 0,
//     maximum  [1] IMPLICIT INTEGER OPTIONAL }
void read_subtrees(asn1::Reader& in, std::vector<Subtree>& to) {
  do {
    asn1::Reader seq = in.sequence();
    Subtree& subtree = to.emplace_back();
    subtree.base = read_general_name(seq);
    subtree.has_minimum = seq.optional_element(asn1::primitive(0)).has_value();
    subtree.has_maximum = seq.optional_element(asn1::primitive(1)).has_value();
  } while (in.more());
}

// NameConstraints ::= SEQUENCE {
//     permittedSubtrees  [0] IMPLICIT GeneralSubtrees OPTIONAL,
//     excludedSubtrees   [1] IMPLICIT GeneralSubtrees OPTIONAL }
NameConstraints read_constraints(asn1::Reader& in) {
  NameConstraints result;
  asn1::Reader seq = in.sequence();
  result.is_empty = !seq.more();
  if (auto permitted = seq.optional_enter(asn1::constructed(0)))
    read_subtrees(*permitted, result.subtrees);
  if (auto excluded = seq.optional_enter(asn1::constructed(1)))
    read_subtrees(*excluded, result.subtrees);
  return result;
}

// DistributionPointName ::= CHOICE {
//     fullName                 [0] IMPLICIT GeneralNames,
//     nameRelativeToCRLIssuer  [1] IMPLICIT RelativeDistinguishedName }
void read_point_name(asn1::Reader& in, DistributionPoint& point) {
  point.has_point = true;
  if (auto names = in.optional_enter(asn1::constructed(0))) {
    point.full_name = read_general_names(*names);
  } else {
    in.element(asn1::constructed(1));
  }
}

// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
// DistributionPoint ::= SEQUENCE {
//     distributionPoint  [0] DistributionPointName OPTIONAL,
//     reasons            [1] IMPLICIT ReasonFlags OPTIONAL,
//     cRLIssuer          [2] IMPLICIT GeneralNames OPTIONAL }
std::vector<DistributionPoint> read_points(asn1::Reader& in) {
  std::vector<DistributionPoint> points;
  asn1::Reader seq = in.sequence();
  do {
    asn1::Reader each = seq.sequence();
    DistributionPoint& point = points.emplace_back();
    if (auto name = each.optional_enter(asn1::constructed(0))) read_point_name(*name, point);
    if (each.next_is(asn1::primitive(1))) point.reasons = each.bit_string(asn1::primitive(1));
    point.has_issuer = each.optional_element(asn1::constructed(2)).has_value();
  } while (seq.more());
  return points;
}

// AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription
// AccessDescription ::= SEQUENCE {
//     accessMethod    OBJECT IDENTIFIER,
//     accessLocation  GeneralName }
std::vector<AccessDescription> read_access(asn1::Reader& in) {
  std::vector<AccessDescription> list;
  asn1::Reader seq = in.sequence();
  do {
    asn1::Reader each = seq.sequence();
    AccessDescription& access = list.emplace_back();
    access.method = each.oid();
    access.location = read_general_name(each);
  } while (seq.more());
  return list;
}

// BasicConstraints ::= SEQUENCE {
//     cA                 BOOLEAN DEFAULT FALSE,
//     pathLenConstraint  INTEGER (0..MAX) OPTIONAL }
void look_for_default(View& view, ByteView value) {
  auto encoded = asn1::decode(value, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    bool is_false = seq.next_is(asn1::Tag::Boolean) && !seq.boolean();
    seq.skip_rest();
    return is_false;
  });
  if (encoded && *encoded) view.defaults.push_back({"basicConstraints", "cA"});
}

// GeneralNames of issuerAltName
bool skip_general_names(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  read_general_names(seq);
  return true;
}

// SubjectDirectoryAttributes ::= SEQUENCE SIZE (1..MAX) OF Attribute
// Attribute ::= SEQUENCE {
//     type    OBJECT IDENTIFIER,
//     values  SET OF ANY }
bool skip_attributes(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  do {
    asn1::Reader attribute = seq.sequence();
    attribute.oid();
    asn1::Reader values = attribute.set();
    values.skip_rest();
  } while (seq.more());
  return true;
}

// PolicyConstraints ::= SEQUENCE {
//     requireExplicitPolicy  [0] IMPLICIT INTEGER OPTIONAL,
//     inhibitPolicyMapping   [1] IMPLICIT INTEGER OPTIONAL }
bool skip_policy_constraints(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  for (unsigned number : {0u, 1u}) {
    if (seq.next_is(asn1::primitive(number))) seq.small_integer(asn1::primitive(number));
  }
  return true;
}

// InhibitAnyPolicy ::= INTEGER (0..MAX)
bool skip_integer(asn1::Reader& in) {
  in.small_integer();
  return true;
}

bool skip_points(asn1::Reader& in) {
  read_points(in);
  return true;
}

bool skip_access(asn1::Reader& in) {
  read_access(in);
  return true;
}

// SMIMECapabilities ::= SEQUENCE OF SMIMECapability
// SMIMECapability ::= SEQUENCE {
//     capabilityID  OBJECT IDENTIFIER,
//     parameters    ANY DEFINED BY capabilityID OPTIONAL }
bool skip_capabilities(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  while (seq.more()) {
    asn1::Reader capability = seq.sequence();
    capability.oid();
    if (capability.more()) capability.element();
  }
  return true;
}

// PrivateKeyUsagePeriod ::= SEQUENCE {
//     notBefore  [0] IMPLICIT GeneralizedTime OPTIONAL,
//     notAfter   [1] IMPLICIT GeneralizedTime OPTIONAL } (RFC 3280 4.2.1.4)
bool skip_period(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  seq.optional_contents(asn1::primitive(0));
  seq.optional_contents(asn1::primitive(1));
  return true;
}

// LEI-Role ::= PrintableString (SIZE (1..64)) (ISO 17442-2)
bool skip_role(asn1::Reader& in) {
  ByteView role = in.contents(asn1::Tag::PrintableString);
  bool is_good = !role.empty() && role.size() <= 64 &&
                 asn1::is_in_character_set(asn1::Tag::PrintableString, role);
  if (!is_good) in.fail(Rule::Asn1BadString);
  return true;
}

// ArchiveRevInfo ::= SEQUENCE { version INTEGER { v1(1) } }
bool skip_archive_information(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  seq.small_integer();
  return true;
}

// id-pkix-ocsp-nocheck (RFC 6960 4.2.2.2.1)
bool skip_null(asn1::Reader& in) {
  in.null();
  return true;
}

// Extensions of which nothing but their form is looked at here.
struct FormRow {
  Oid oid;
  bool (*skip)(asn1::Reader&);
};

constexpr std::array kForms = {
    FormRow{kIssuerAltName, skip_general_names},
    FormRow{kSubjectDirectoryAttributes, skip_attributes},
    FormRow{kPolicyConstraints, skip_policy_constraints},
    FormRow{kInhibitAnyPolicy, skip_integer},
    FormRow{kFreshestCrl, skip_points},
    FormRow{kSubjectInfoAccess, skip_access},
    FormRow{kSmimeCapabilities, skip_capabilities},
    FormRow{kPrivateKeyUsagePeriod, skip_period},
    FormRow{kLeiRole, skip_role},
    FormRow{kAdobeArchiveRevInfo, skip_archive_information},
    FormRow{kOcspNoCheck, skip_null},
};

void check_form(View& view, const Extension& each) {
  const auto* row = std::find_if(kForms.begin(), kForms.end(),
                                 [&](const FormRow& one) { return one.oid == each.oid; });
  if (row == kForms.end()) return;
  auto skipped = asn1::decode(each.value, row->skip);
  if (skipped) return;
  view.malformed.push_back({extension_name(each.oid), describe(skipped.error())});
}

template <typename T>
void keep(View& view, const Extension& extension, Result<T> value, std::optional<T>& to) {
  if (value) {
    to = std::move(*value);
  } else {
    view.malformed.push_back({extension_name(extension.oid), describe(value.error())});
  }
}

void read_value(View& view, const Extension& each) {
  auto decode = [&](auto read) { return asn1::decode(each.value, read); };
  if (each.oid == kBasicConstraints) {
    keep(view, each, read_basic_constraints(each.value), view.basic_constraints);
    look_for_default(view, each.value);
  } else if (each.oid == kKeyUsage) {
    keep(view, each, read_key_usage(each.value), view.key_usage);
  } else if (each.oid == kExtendedKeyUsage) {
    keep(view, each, read_extended_key_usage(each.value), view.extended_key_usage);
  } else if (each.oid == kSubjectKeyIdentifier) {
    keep(view, each, read_subject_key_identifier(each.value), view.subject_key_identifier);
  } else if (each.oid == kAuthorityKeyIdentifier) {
    keep(view, each, decode(&read_authority), view.authority_key_identifier);
  } else if (each.oid == kSubjectAltName) {
    auto names = decode([](asn1::Reader& in) {
      asn1::Reader seq = in.sequence();
      return read_general_names(seq);
    });
    keep(view, each, std::move(names), view.subject_alt_name);
  } else if (each.oid == kCertificatePolicies) {
    keep(view, each, decode(&read_policies), view.policies);
  } else if (each.oid == kPolicyMappings) {
    keep(view, each, decode(&read_mappings), view.mappings);
  } else if (each.oid == kNameConstraints) {
    keep(view, each, decode(&read_constraints), view.name_constraints);
  } else if (each.oid == kCrlDistributionPoints) {
    keep(view, each, decode(&read_points), view.distribution_points);
  } else if (each.oid == kAuthorityInfoAccess) {
    keep(view, each, decode(&read_access), view.access);
  } else {
    check_form(view, each);
  }
}

}  // namespace

// GeneralName ::= CHOICE {
//     otherName                  [0] IMPLICIT OtherName,
//     rfc822Name                 [1] IMPLICIT IA5String,
//     dNSName                    [2] IMPLICIT IA5String,
//     x400Address                [3] IMPLICIT ORAddress,
//     directoryName              [4] Name,
//     ediPartyName               [5] IMPLICIT EDIPartyName,
//     uniformResourceIdentifier  [6] IMPLICIT IA5String,
//     iPAddress                  [7] IMPLICIT OCTET STRING,
//     registeredID               [8] IMPLICIT OBJECT IDENTIFIER }
GeneralName read_general_name(asn1::Reader& in) {
  GeneralName name;
  auto tag = in.more() ? static_cast<unsigned>(in.peek()) : 0u;
  name.kind = static_cast<Kind>(tag & 0x1f);
  if (tag == 0xa0) {
    read_other_name(in, name);
  } else if (tag == 0xa4) {
    asn1::Reader explicit_name = in.enter(asn1::constructed(4));
    name.value = explicit_name.element(asn1::Tag::Sequence);
  } else if (tag == 0x81 || tag == 0x82 || (tag >= 0x86 && tag <= 0x88)) {
    name.value = in.contents(static_cast<asn1::Tag>(tag));
  } else {
    name.value = in.element();
    if (tag != 0xa3 && tag != 0xa5) in.fail(Rule::Asn1UnexpectedTag, "a GeneralName");
  }
  return name;
}

// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
GeneralNames read_general_names(asn1::Reader& in) {
  GeneralNames names;
  do {
    names.push_back(read_general_name(in));
  } while (in.more());
  return names;
}

Result<void> read_extension_values(View& view) {
  for (const Extension& each : view.extensions) {
    bool is_counted = each.oid == kCertificatePolicies || each.oid == kPolicyMappings;
    if (is_counted) TRY_VOID(check_policy_count(each.value));
    read_value(view, each);
  }
  return {};
}

}  // namespace bulla::x509::lint
