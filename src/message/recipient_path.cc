#include "message/recipient_path.h"

#include <algorithm>

#include "base/text.h"
#include "message/rules.h"
#include "x509/online.h"
#include "x509/path_finder.h"

namespace bulla {
namespace {

std::string detail_of(const Certificate& certificate, const Finding& finding) {
  std::string text = printable(certificate.subject());
  if (finding.place != "path 0" && !finding.place.empty()) text += ", " + finding.place;
  return finding.detail.empty() ? text : text + ": " + finding.detail;
}

}  // namespace

Result<Findings> check_recipient_path(const Certificate& certificate,
                                      const std::vector<Certificate>& chain,
                                      const SealOptions& options) {
  const RecipientTrust& trust = options.recipient_trust;
  if (trust.roots == nullptr) return Findings();
  std::optional<x509::Online> online;
  if (trust.fetcher != nullptr) online.emplace(*trust.fetcher, options.limits);
  x509::PathFinder finder({.trust = trust.roots,
                           .certificates = trust.certificates,
                           .revocation = trust.lists,
                           .online = online ? &*online : nullptr},
                          options.limits);
  x509::PathOptions path_options;
  path_options.at = options.at;
  path_options.purpose = x509::Purpose::MailEncryption;
  path_options.revocation = revocation_policy(trust.revocation);
  x509::PathResult path = finder.find(certificate, {chain, {}, {}}, path_options);
  if (!path.verified && worst(path.findings) < Severity::Indeterminate) {
    path.findings.push_back(Finding::of(Rule::PathNoRoot));
  }
  for (Finding& finding : path.findings) {
    finding.detail = detail_of(certificate, finding);
    finding.place.clear();
  }
  auto reason =
      std::max_element(path.findings.begin(), path.findings.end(),
                       [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
  bool is_sound = reason == path.findings.end() || reason->severity < Severity::Indeterminate;
  if (is_sound) return std::move(path.findings);
  return failure(reason->rule, 0, reason->detail);
}

}  // namespace bulla
