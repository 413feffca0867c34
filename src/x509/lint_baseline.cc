// Subscribers' certificates by the Baseline Requirements: 6.1.5, 6.1.6, 6.3.2, 7.1.2.3, 7.1.3 and
// 7.1.6. Names are in lint_baseline_names.cc.
#include "x509/lint_baseline.h"

#include <algorithm>
#include <array>

#include "crypto/public_key.h"
#include "x509/lint_keys.h"
#include "x509/lint_notice.h"
#include "x509/lint_syntax.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

using Type = BaselineProfile::Type;
using Generation = BaselineProfile::Generation;

bool is_strict(const View& view) { return view.baseline->generation == Generation::Strict; }
bool is_legacy(const View& view) { return view.baseline->generation == Generation::Legacy; }

std::vector<BaselineProfile> claimed(const View& view) {
  std::vector<BaselineProfile> all;
  for (const Policy& policy : view.policies.value_or(std::vector<Policy>())) {
    if (auto profile = profile_of(policy.id)) all.push_back(*profile);
  }
  return all;
}

void absent(const View& view, Found& found) {
  found.add_if(!view.has(found.row().extension), extension_name(found.row().extension));
}

// The policy of another profile than the one that is asked for does not claim this one.
void policy_missing(const View& view, Found& found) {
  if (!view.policies) return;
  auto all = claimed(view);
  bool is_there = std::find(all.begin(), all.end(), *view.baseline) != all.end();
  found.add_if(!is_there, "certificatePolicies", policy_of(*view.baseline) + " is missing");
}

void several_policies(const View& view, Found& found) {
  auto all = claimed(view);
  if (all.size() < 2) return;
  std::string names;
  for (const BaselineProfile& each : all) names += (names.empty() ? "" : ", ") + name(each);
  found.add("certificatePolicies", names);
}

void any_policy(const View& view, Found& found) {
  for (const Policy& policy : view.policies.value_or(std::vector<Policy>())) {
    found.add_if(policy.id == kAnyPolicy, "certificatePolicies");
  }
}

void cps_uri(const View& view, Found& found) {
  for_each_qualifier(view, [&](const Policy&, const Qualifier& qualifier) {
    auto text = read_cps(qualifier);
    auto uri = text ? parse_uri(*text) : std::nullopt;
    bool is_web = uri && (uri->scheme == "http" || uri->scheme == "https");
    found.add_if(text && !is_web, "certificatePolicies", text.value_or(""));
  });
}

void notice(const View& view, Found& found) {
  for_each_qualifier(view, [&](const Policy&, const Qualifier& qualifier) {
    auto one = read_notice(qualifier);
    found.add_if(one && one->has_reference, "certificatePolicies", "noticeRef");
    found.add_if(one && !one->text_tag, "certificatePolicies", "no explicitText");
  });
}

std::string scheme_of(const GeneralName& name) {
  auto uri = parse_uri(name.text());
  return uri ? uri->scheme : std::string();
}

GeneralNames point_names(const View& view) {
  GeneralNames all;
  if (!view.distribution_points) return all;
  for (const DistributionPoint& point : *view.distribution_points) {
    all.insert(all.end(), point.full_name.begin(), point.full_name.end());
  }
  return all;
}

bool is_http(const GeneralName& name) {
  return name.kind == Kind::Uri && scheme_of(name) == "http";
}

void point_without_http(const View& view, Found& found) {
  GeneralNames names = point_names(view);
  bool is_there = std::any_of(names.begin(), names.end(), &is_http);
  found.add_if(view.distribution_points && !is_there, "cRLDistributionPoints");
}

void point_scheme(const View& view, Found& found) {
  if (is_legacy(view)) return;
  for (const GeneralName& each : point_names(view)) {
    found.add_if(each.kind == Kind::Uri && !is_http(each), "cRLDistributionPoints",
                 std::string(each.text()));
  }
}

void point_kind(const View& view, Found& found) {
  for (const GeneralName& each : point_names(view)) {
    found.add_if(each.kind != Kind::Uri, "cRLDistributionPoints");
  }
}

void issuers_absent(const View& view, Found& found) {
  if (!view.access) return;
  bool is_there = std::any_of(view.access->begin(), view.access->end(),
                              [](const auto& each) { return each.method == kCaIssuers; });
  found.add_if(!is_there, "authorityInfoAccess");
}

std::string_view name_of_method(const Oid& method) {
  return method == kOcsp ? "id-ad-ocsp" : "id-ad-caIssuers";
}

void access_without_http(const View& view, Found& found) {
  if (!view.access) return;
  for (const Oid& method : {kOcsp, kCaIssuers}) {
    bool is_there = false;
    bool has_http = false;
    for (const AccessDescription& each : *view.access) {
      if (each.method != method) continue;
      is_there = true;
      has_http = has_http || is_http(each.location);
    }
    found.add_if(is_there && !has_http, "authorityInfoAccess", std::string(name_of_method(method)));
  }
}

void access_scheme(const View& view, Found& found) {
  if (!view.access || is_legacy(view)) return;
  for (const AccessDescription& each : *view.access) {
    bool is_limited = each.method == kOcsp || each.method == kCaIssuers;
    found.add_if(is_limited && each.location.kind == Kind::Uri && !is_http(each.location),
                 "authorityInfoAccess", std::string(each.location.text()));
  }
}

void access_kind(const View& view, Found& found) {
  if (!view.access) return;
  for (const AccessDescription& each : *view.access) {
    bool is_limited = each.method == kOcsp || each.method == kCaIssuers;
    found.add_if(is_limited && each.location.kind != Kind::Uri, "authorityInfoAccess",
                 std::string(name_of_method(each.method)));
  }
}

void is_ca(const View& view, Found& found) { found.add_if(view.is_ca(), "basicConstraints"); }

void path_length(const View& view, Found& found) {
  found.add_if(view.basic_constraints && view.basic_constraints->path_length, "basicConstraints");
}

// The table of 7.1.2.3 e: with one of the first bits, and more that go with them.
struct UsageRow {
  Usages signing;     // what makes it one for signatures
  Usages management;  // what makes it one for keys
  Usages allowed;
};

std::optional<UsageRow> usages_of(const View& view) {
  Usages more = is_strict(view) ? 0 : kBitDataEncipherment;
  switch (view.key.kind) {
    case KeyKind::Rsa:
      return UsageRow{kBitDigitalSignature, kBitKeyEncipherment,
                      kSigns | kBitKeyEncipherment | more};
    case KeyKind::Ec:
      return UsageRow{kBitDigitalSignature, kBitKeyAgreement,
                      kSigns | kBitKeyAgreement | kBitEncipherOnly | kBitDecipherOnly};
    case KeyKind::Ed25519:
    case KeyKind::Ed448:
    case KeyKind::MlDsa44:
    case KeyKind::MlDsa65:
    case KeyKind::MlDsa87:
      return UsageRow{kBitDigitalSignature, 0, kSigns};
    case KeyKind::MlKem512:
    case KeyKind::MlKem768:
    case KeyKind::MlKem1024:
      return UsageRow{0, kBitKeyEncipherment, kBitKeyEncipherment};
    default:
      return std::nullopt;
  }
}

bool is_of_no_type(const View& view, const UsageRow& row) {
  return (usages(view) & (row.signing | row.management)) == 0;
}

void usage_type(const View& view, Found& found) {
  auto row = usages_of(view);
  found.add_if(row && view.key_usage && is_of_no_type(view, *row), "keyUsage",
               usage_names(usages(view)));
}

// Bits beyond the table, or with a bit that they are not for.
void usage_bits(const View& view, Found& found) {
  auto row = usages_of(view);
  if (!row || !view.key_usage || is_of_no_type(view, *row)) return;
  Usages set = usages(view);
  Usages allowed = row->allowed;
  if ((set & row->signing) == 0) allowed &= ~kSigns;
  if ((set & row->management) == 0) allowed &= row->signing | kSigns;
  found.add_if((set & ~allowed) != 0, "keyUsage", usage_names(set & ~allowed));
}

void no_mail_purpose(const View& view, Found& found) {
  found.add_if(view.extended_key_usage && !view.has_purpose(kEmailProtection), "extKeyUsage");
}

constexpr std::array kForbiddenPurposes = {
    Oid::of("1.3.6.1.5.5.7.3.1"),  // id-kp-serverAuth
    Oid::of("1.3.6.1.5.5.7.3.3"),  // id-kp-codeSigning
    kTimeStamping,
    kAnyExtendedKeyUsage,
};

void other_purpose(const View& view, Found& found) {
  for (const Oid& each : view.extended_key_usage.value_or(std::vector<Oid>())) {
    bool is_forbidden = std::find(kForbiddenPurposes.begin(), kForbiddenPurposes.end(), each) !=
                        kForbiddenPurposes.end();
    found.add_if(is_forbidden || (is_strict(view) && each != kEmailProtection), "extKeyUsage",
                 each.to_string());
  }
}

void authority_issuer(const View& view, Found& found) {
  const auto& authority = view.authority_key_identifier;
  found.add_if(authority && (authority->has_issuer || authority->has_serial),
               "authorityKeyIdentifier");
}

void directory_attributes(const View& view, Found& found) {
  found.add_if(!is_legacy(view) && view.has(kSubjectDirectoryAttributes),
               "subjectDirectoryAttributes");
}

void lei_prohibited(const View& view, Found& found) {
  Type type = view.baseline->type;
  bool is_allowed = type == Type::Organization || type == Type::Sponsor;
  found.add_if(!is_allowed && view.has(kLei), "lei");
}

void lei_role_prohibited(const View& view, Found& found) {
  found.add_if(view.baseline->type != Type::Sponsor && view.has(kLeiRole), "leiRole");
}

void adobe_prohibited(const View& view, Found& found) {
  for (const Oid& each : {kAdobeTimestamp, kAdobeArchiveRevInfo}) {
    found.add_if(is_strict(view) && view.has(each), extension_name(each));
  }
}

// A day of validity is 86,400 seconds, and the first and the last second count (6.3.2).
std::chrono::seconds validity(const View& view) {
  if (!view.not_before.time || !view.not_after.time) return {};
  return *view.not_after.time - *view.not_before.time + std::chrono::seconds(1);
}

std::chrono::seconds longest(const View& view) {
  return std::chrono::hours(24 * (is_legacy(view) ? 1'185 : 825));
}

std::string in_days(std::chrono::seconds period) {
  return std::to_string((period.count() + 86'399) / 86'400) + " days";
}

void validity_exceeded(const View& view, Found& found) {
  found.add_if(validity(view) > longest(view), "validity",
               in_days(validity(view)) + ", at most " + in_days(longest(view)));
}

void validity_at_most(const View& view, Found& found) {
  found.add_if(validity(view) == longest(view), "validity", in_days(longest(view)));
}

void legacy_ended(const View& view, Found& found) {
  auto end = make_time(2025, 7, 15, 0, 0, 0);
  found.add_if(is_legacy(view) && view.not_before.time && *view.not_before.time >= *end,
               "certificatePolicies");
}

constexpr std::array kRows = {
    Row{{"br.policies-absent", kError, "BR 7.1.2.3 a", "the extension is missing"},
        absent,
        kCertificatePolicies},
    Row{{"br.policy-missing", kError, "BR 7.1.2.3 a, 7.1.6.4",
         "the policy of the profile is not among those of the certificate"},
        policy_missing},
    Row{{"br.policies-several", kError, "BR 7.1.2.3 a",
         "there are several of the reserved policies"},
        several_policies},
    Row{{"br.any-policy", kError, "BR 7.1.2.3 a", "anyPolicy is no policy of a subscriber"},
        any_policy},
    Row{{"br.policies-critical", kWarning, "BR 7.1.2.3 a", "the extension is critical"},
        is_critical,
        kCertificatePolicies},
    Row{{"br.cps-uri", kError, "BR 7.1.2.3 a", "the CPS pointer is no HTTP or HTTPS URL"}, cps_uri},
    Row{{"br.notice", kError, "BR 7.1.2.3 a",
         "a user notice has explicitText, and refers to nothing"},
        notice},
    Row{{"br.legacy-ended", kError, "BR 7.1.6.1",
         "no certificate of a Legacy profile is issued from 2025-07-15 on"},
        legacy_ended},
    Row{{"br.crldp-absent", kError, "BR 7.1.2.3 b", "the extension is missing"},
        absent,
        kCrlDistributionPoints},
    Row{{"br.crldp-no-http", kError, "BR 7.1.2.3 b", "no distribution point has an HTTP URI"},
        point_without_http},
    Row{{"br.crldp-scheme", kError, "BR 7.1.2.3 b", "a URI is not of the scheme HTTP"},
        point_scheme},
    Row{{"br.crldp-kind", kError, "BR 7.1.2.3 b", "the name of a distribution point is no URI"},
        point_kind},
    Row{{"br.aia-absent", kWarning, "BR 7.1.2.3 c", "the extension is missing"},
        absent,
        kAuthorityInfoAccess},
    Row{{"br.aia-no-issuer", kWarning, "BR 7.1.2.3 c",
         "it does not say where the issuer's certificate is"},
        issuers_absent},
    Row{{"br.aia-no-http", kError, "BR 7.1.2.3 c", "none of the places has an HTTP URI"},
        access_without_http},
    Row{{"br.aia-scheme", kError, "BR 7.1.2.3 c", "a URI is not of the scheme HTTP"},
        access_scheme},
    Row{{"br.aia-kind", kError, "BR 7.1.2.3 c", "a place is no URI"}, access_kind},
    Row{{"br.ca", kError, "BR 7.1.2.3 d", "a subscriber is no CA"}, is_ca},
    Row{{"br.path-length", kError, "BR 7.1.2.3 d", "a subscriber has no pathLenConstraint"},
        path_length},
    Row{{"br.key-usage-absent", kError, "BR 7.1.2.3 e", "the extension is missing"},
        absent,
        kKeyUsage},
    Row{{"br.key-usage-not-critical", kWarning, "BR 7.1.2.3 e", "the extension is not critical"},
        is_not_critical,
        kKeyUsage},
    Row{{"br.key-usage", kError, "BR 7.1.2.3 e", "a bit is set that the profile does not have"},
        usage_bits},
    Row{{"br.key-usage-type", kError, "BR 7.1.2.3 e", "it is neither for signatures nor for keys"},
        usage_type},
    Row{{"br.purposes-absent", kError, "BR 7.1.2.3 f", "the extension is missing"},
        absent,
        kExtendedKeyUsage},
    Row{{"br.purpose-missing", kError, "BR 7.1.2.3 f", "emailProtection is missing"},
        no_mail_purpose},
    Row{{"br.purpose-other", kError, "BR 7.1.2.3 f", "a purpose that the profile does not have"},
        other_purpose},
    Row{{"br.aki-issuer", kError, "BR 7.1.2.3 g",
         "authorityCertIssuer and authorityCertSerialNumber have no place here"},
        authority_issuer},
    Row{{"br.directory-attributes", kError, "BR 7.1.2.3 j",
         "the profile does not have the extension"},
        directory_attributes},
    Row{{"br.qc-statements-critical", kError, "BR 7.1.2.3 k", "the extension is critical"},
        is_critical,
        kQcStatements},
    Row{{"br.lei", kError, "BR 7.1.2.3 l", "the profile does not have the extension"},
        lei_prohibited},
    Row{{"br.lei-role", kError, "BR 7.1.2.3 l", "the profile does not have the extension"},
        lei_role_prohibited},
    Row{{"br.lei-critical", kError, "BR 7.1.2.3 l", "the extension is critical"},
        is_critical,
        kLei},
    Row{{"br.lei-role-critical", kError, "BR 7.1.2.3 l", "the extension is critical"},
        is_critical,
        kLeiRole},
    Row{{"br.adobe", kError, "BR 7.1.2.3 m", "the profile does not have the extension"},
        adobe_prohibited},
    Row{{"br.adobe-timestamp-critical", kError, "BR 7.1.2.3 m", "the extension is critical"},
        is_critical,
        kAdobeTimestamp},
    Row{{"br.adobe-archive-critical", kError, "BR 7.1.2.3 m", "the extension is critical"},
        is_critical,
        kAdobeArchiveRevInfo},
    Row{{"br.validity", kError, "BR 6.3.2", "the certificate is valid for too long"},
        validity_exceeded},
    Row{{"br.validity-longest", kWarning, "BR 6.3.2",
         "the certificate is valid as long as can be, and a second decides"},
        validity_at_most},
};

}  // namespace

std::span<const Row> baseline_rows() { return kRows; }

}  // namespace bulla::x509::lint
