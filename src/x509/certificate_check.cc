#include "bulla/certificate_check.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/try.h"
#include "crypto/digest.h"
#include "x509/lint_baseline.h"
#include "x509/lint_table.h"
#include "x509/lint_view.h"

namespace bulla {
namespace {

using Baseline = CertificateCheckOptions::Baseline;
using x509::lint::Found;
using x509::lint::Row;
using x509::lint::View;

constexpr std::array<std::string_view, 4> kTypes = {"mailbox", "organization", "sponsor",
                                                    "individual"};
constexpr std::array<std::string_view, 3> kGenerations = {"legacy", "multipurpose", "strict"};

std::array<std::span<const Row>, 8> rows_of_all() {
  return {x509::lint::encoding_rows(),     x509::lint::field_rows(),     x509::lint::name_rows(),
          x509::lint::general_name_rows(), x509::lint::extension_rows(), x509::lint::policy_rows(),
          x509::lint::key_rows(),          x509::lint::mail_rows()};
}

std::array<std::span<const Row>, 4> rows_of_baseline() {
  return {x509::lint::baseline_rows(), x509::lint::baseline_key_rows(),
          x509::lint::baseline_name_rows(), x509::lint::baseline_organization_rows()};
}

void run(std::span<const Row> rows, const View& view, std::vector<CertificateFinding>& to) {
  for (const Row& row : rows) {
    Found found(row, to);
    row.run(view, found);
  }
}

// Of a subscriber, the first profile that its policies name (CERT-41).
std::optional<BaselineProfile> choose_profile(const View& view,
                                              const CertificateCheckOptions& options) {
  if (options.baseline == Baseline::Given) return options.profile;
  if (options.baseline == Baseline::Off || view.is_ca() || !view.policies) return std::nullopt;
  for (const auto& policy : *view.policies) {
    if (auto profile = x509::lint::profile_of(policy.id)) return profile;
  }
  return std::nullopt;
}

}  // namespace

void x509::lint::Found::add(std::string place, std::string detail) {
  if (++count_ > kMost) return;
  if (detail.size() > kMostDetail) {
    std::size_t end = kMostDetail;
    while (end > 0 && (static_cast<unsigned char>(detail[end]) & 0xc0) == 0x80) --end;
    detail.resize(end);
    detail += "...";
  }
  to_.push_back({&row_.check, std::move(place), std::move(detail)});
}

// smime-baseline(5) type(1..4) generation(1..3)
std::optional<BaselineProfile> x509::lint::profile_of(const Oid& policy) {
  constexpr Oid kBaseline = Oid::of("2.23.140.1.5");
  ByteView arc = kBaseline.der();
  ByteView der = policy.der();
  bool is_below = der.size() == arc.size() + 2 && equal(der.first(arc.size()), arc);
  if (!is_below) return std::nullopt;
  unsigned type = der[arc.size()];
  unsigned generation = der[arc.size() + 1];
  bool is_known =
      type >= 1 && type <= kTypes.size() && generation >= 1 && generation <= kGenerations.size();
  if (!is_known) return std::nullopt;
  return BaselineProfile{static_cast<BaselineProfile::Type>(type),
                         static_cast<BaselineProfile::Generation>(generation)};
}

std::string x509::lint::policy_of(const BaselineProfile& profile) {
  return "2.23.140.1.5." + std::to_string(static_cast<unsigned>(profile.type)) + '.' +
         std::to_string(static_cast<unsigned>(profile.generation));
}

std::string_view name(CheckSeverity severity) {
  switch (severity) {
    case CheckSeverity::Note:
      return "note";
    case CheckSeverity::Warning:
      return "warning";
    default:
      return "error";
  }
}

std::string name(const BaselineProfile& profile) {
  return std::string(kTypes[static_cast<std::size_t>(profile.type) - 1]) + '-' +
         std::string(kGenerations[static_cast<std::size_t>(profile.generation) - 1]);
}

std::optional<BaselineProfile> find_baseline_profile(std::string_view text) {
  for (unsigned type = 1; type <= kTypes.size(); ++type) {
    for (unsigned generation = 1; generation <= kGenerations.size(); ++generation) {
      BaselineProfile profile{static_cast<BaselineProfile::Type>(type),
                              static_cast<BaselineProfile::Generation>(generation)};
      if (name(profile) == text) return profile;
    }
  }
  return std::nullopt;
}

std::span<const CertificateCheck> certificate_checks() {
  static const std::vector<CertificateCheck> all = [] {
    std::vector<CertificateCheck> checks;
    auto add = [&](std::span<const Row> rows) {
      for (const Row& row : rows) checks.push_back(row.check);
    };
    for (auto rows : rows_of_all()) add(rows);
    for (auto rows : rows_of_baseline()) add(rows);
    return checks;
  }();
  return all;
}

CheckSeverity CertificateReport::worst() const {
  CheckSeverity worst = CheckSeverity::Note;
  for (const CertificateFinding& each : findings) worst = std::max(worst, each.check->severity);
  return worst;
}

Result<CertificateReport> check_certificate(ByteView der, const CertificateCheckOptions& options,
                                            const Limits& limits) {
  View view = TRY(x509::lint::read_view(der, limits));
  view.baseline = choose_profile(view, options);
  CertificateReport report;
  report.subject = x509::name_to_text(view.names.front().name);
  report.sha256 = TRY(crypto::hash(Digest::Sha256, der));
  report.baseline = view.baseline;
  for (auto rows : rows_of_all()) run(rows, view, report.findings);
  if (view.baseline) {
    for (auto rows : rows_of_baseline()) run(rows, view, report.findings);
  }
  std::stable_sort(
      report.findings.begin(), report.findings.end(),
      [](const auto& a, const auto& b) { return a.check->severity > b.check->severity; });
  return report;
}

}  // namespace bulla
