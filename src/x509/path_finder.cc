#include "x509/path_finder.h"

#include <algorithm>

#include "x509/key_info.h"
#include "x509/libcrypto_path.h"
#include "x509/online.h"
#include "x509/path_cache.h"
#include "x509/path_checks.h"
#include "x509/path_graph.h"
#include "x509/revocation_check.h"

namespace bulla::x509 {
namespace {

// Complete validations for one certificate, each of at most path_length signatures.
// More than this many good-looking paths are made on purpose (T-60).
constexpr std::size_t kMaxTries = 16;

// Issuers of issuers that are fetched for one path (T-75).
constexpr std::size_t kMaxFetchedIssuers = 2;

bool blocks(const Finding& finding) { return finding.severity >= Severity::Indeterminate; }

// One search, from the candidates to the result.
class Search {
 public:
  Search(const PathFinder::Ports& ports, const Limits& limits, const Certificate& certificate,
         const Carried& carried, const PathOptions& options)
      : options_(options),
        graph_(ports, limits, certificate, carried.certificates, options.at),
        libcrypto_(options, limits),
        revocation_(ports, limits, options, carried, libcrypto_, window_) {
    for (const Certificate& candidate : graph_.candidates()) {
      window_.narrow(candidate.not_before(), options_.at);
      window_.narrow(candidate.not_after(), options_.at);
    }
    revocation_.gather(graph_.candidates());
  }

  // Around the time of validation: where the outcome is the same.
  const TimeWindow& window() const { return window_; }
  bool reaches_anchor() const { return graph_.reaches_anchor(); }
  const RevocationCheck& revocation() const { return revocation_; }

  // The findings of the best path; `path` becomes that path. True if it is verified.
  bool run(PathResult& result) {
    graph_.rank_by_signature([this](std::size_t subject, std::size_t issuer) {
      const auto& all = graph_.candidates();
      return libcrypto_.signature_fits(all[subject], all[issuer]);
    });
    std::size_t tries = 0;
    while (auto indices = graph_.next_path()) {
      std::vector<Certificate> path = certificates_of(*indices);
      LibcryptoPath::Outcome outcome = try_path(path, graph_.is_anchor(indices->back()));
      bool verified = outcome.valid && graph_.reaches_anchor() &&
                      std::none_of(outcome.findings.begin(), outcome.findings.end(), &blocks);
      if (tries == 0 || verified || is_better(outcome.findings, result.findings)) {
        result.findings = std::move(outcome.findings);
        result.certificates = std::move(path);
      }
      if (verified) return finish(result), true;
      if (++tries == kMaxTries) break;
    }
    if (tries == 0) result.findings.push_back(Finding::of(Rule::PathNoRoot, path_place(0)));
    bool ended = tries == kMaxTries || graph_.cut_short();
    if (ended) result.findings.push_back(Finding::of(Rule::PathBudget));
    return finish(result), false;
  }

 private:
  static bool is_better(const Findings& a, const Findings& b) {
    auto count = [](const Findings& findings) {
      return std::count_if(findings.begin(), findings.end(), &blocks);
    };
    return worst(a) != worst(b) ? worst(a) < worst(b) : count(a) < count(b);
  }

  std::vector<Certificate> certificates_of(const PathGraph::Path& path) const {
    std::vector<Certificate> certificates;
    for (std::size_t index : path) certificates.push_back(graph_.candidates()[index]);
    return certificates;
  }

  LibcryptoPath::Outcome try_path(const std::vector<Certificate>& path, bool anchored) {
    LibcryptoPath::Outcome outcome = judge(path, anchored);
    if (!anchored) return outcome;
    bool is_sound = std::none_of(outcome.findings.begin(), outcome.findings.end(), &blocks);
    if (is_sound && revocation_.fetch(path, outcome)) outcome = judge(path, anchored);
    revocation_.conclude(outcome);
    return outcome;
  }

  LibcryptoPath::Outcome judge(const std::vector<Certificate>& path, bool anchored) {
    using End = LibcryptoPath::End;
    auto outcome = libcrypto_.validate(path, anchored ? End::Anchor : End::Elsewhere);
    if (anchored) revocation_.judge(path, outcome);
    check_policy_qualifiers(path, outcome.findings);
    check_purpose(path, options_.purpose, outcome.findings);
    check_strength(path, anchored ? 1 : 0, options_.weak, outcome.findings);
    return outcome;
  }

  void finish(PathResult& result) {
    const Findings& common = revocation_.findings();
    result.findings.insert(result.findings.end(), common.begin(), common.end());
    if (graph_.reaches_anchor()) return;
    for (const std::string& refused : graph_.refused()) {
      Finding finding = Finding::of(Rule::CryptoBadKey, {}, refused);
      finding.severity = Severity::Indeterminate;
      result.findings.push_back(std::move(finding));
    }
  }

  const PathOptions& options_;
  PathGraph graph_;
  LibcryptoPath libcrypto_;
  TimeWindow window_;
  RevocationCheck revocation_;
};

// The issuers that were fetched for this path are what they should be.
void keep_issuers(const Online& online, const std::vector<Certificate>& path) {
  for (const Certificate& certificate : path) {
    std::string url = online.origin(certificate);
    if (url.empty()) continue;
    online.keep({.kind = Fetched::Kind::Issuer,
                 .url = std::move(url),
                 .der = to_bytes(certificate.der()),
                 .name = to_bytes(certificate.subject_der()),
                 .serial_number = {},
                 .next_update = certificate.not_after()});
  }
}

}  // namespace

PathFinder::PathFinder(const Ports& ports, const Limits& limits, PathCache* cache)
    : ports_(ports), limits_(limits), cache_(cache) {}

PathResult PathFinder::find(const Certificate& certificate, const Carried& carried,
                            const PathOptions& options) const {
  TimeWindow window;
  if (cache_ == nullptr) return search(certificate, carried, options, window);
  auto key = PathCache::key(ports_, limits_, certificate, carried, options);
  if (!key) return search(certificate, carried, options, window);
  if (auto known = cache_->find(*key, options.at)) return *known;
  PathResult result = search(certificate, carried, options, window);
  // What the network said is remembered where it was kept, and asked for again if it was not.
  bool was_online = ports_.online != nullptr && ports_.online->take_use();
  if (!was_online && window.contains(options.at)) cache_->keep(*key, window, result);
  return result;
}

PathResult PathFinder::search(const Certificate& certificate, const Carried& carried,
                              const PathOptions& options, TimeWindow& window) const {
  PathResult result;
  result.certificates = {certificate};
  auto key = read_key_info(certificate.subject_public_key_info());
  if (auto flaw = find_key_flaw(key, limits_)) {
    result.findings = {Finding::of(Rule::CryptoBadKey, path_place(0), *flaw)};
    return result;
  }
  std::vector<Certificate> pool = carried.certificates;
  const Carried with_fetched{pool, carried.crls, carried.answers};
  for (std::size_t fetched = 0;; ++fetched) {
    Search search(ports_, limits_, certificate, with_fetched, options);
    bool verified = search.run(result);
    if (verified) result.verified = VerifiedPath(result.certificates);
    window = search.window();
    if (ports_.online == nullptr) return result;
    if (verified) search.revocation().keep();
    if (verified || search.reaches_anchor() || fetched == kMaxFetchedIssuers) break;
    auto issuers = ports_.online->fetch_issuers(result.certificates.back());
    if (issuers.empty()) break;
    pool.insert(pool.end(), issuers.begin(), issuers.end());
    result = {};
    result.certificates = {certificate};
  }
  if (result.verified) keep_issuers(*ports_.online, result.certificates);
  for (Finding& finding : ports_.online->take_findings()) {
    result.findings.push_back(std::move(finding));
  }
  return result;
}

}  // namespace bulla::x509
