#include "x509/path_finder.h"

#include <algorithm>

#include "asn1/reader.h"
#include "x509/crl.h"
#include "x509/key_info.h"
#include "x509/libcrypto_path.h"
#include "x509/name.h"
#include "x509/path_cache.h"
#include "x509/path_checks.h"
#include "x509/path_graph.h"

namespace bulla::x509 {
namespace {

// Complete validations for one certificate, each of at most path_length signatures.
// More than this many good-looking paths are made on purpose (T-60).
constexpr std::size_t kMaxTries = 16;

constexpr Oid kCrlDistributionPoints = Oid::of("2.5.29.31");

// GeneralName: directoryName [4] EXPLICIT Name
void read_directory_names(asn1::Reader& general_names, std::vector<Bytes>& names) {
  while (general_names.more()) {
    if (auto name = general_names.optional_enter(asn1::constructed(4))) {
      names.push_back(to_bytes(name->element(asn1::Tag::Sequence)));
    } else {
      general_names.element();
    }
  }
}

// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
// DistributionPoint ::= SEQUENCE {
//     distributionPoint  [0] DistributionPointName OPTIONAL,
//     reasons            [1] ReasonFlags OPTIONAL,
//     cRLIssuer          [2] GeneralNames OPTIONAL }
std::vector<Bytes> read_crl_issuers(asn1::Reader& in) {
  std::vector<Bytes> names;
  asn1::Reader points = in.sequence();
  while (points.more()) {
    asn1::Reader point = points.sequence();
    point.optional_element(asn1::constructed(0));
    point.optional_element(asn1::primitive(1));
    if (auto issuer = point.optional_enter(asn1::constructed(2))) {
      read_directory_names(*issuer, names);
    }
  }
  return names;
}

// Who may issue lists about the certificate: its issuer, and whom it names.
std::vector<Bytes> crl_issuers(const Certificate& certificate) {
  std::vector<Bytes> names{to_bytes(certificate.issuer_der())};
  const auto* points = certificate.extension(kCrlDistributionPoints);
  if (points == nullptr) return names;
  auto named = asn1::decode(points->value, &read_crl_issuers);
  if (named) names.insert(names.end(), named->begin(), named->end());
  return names;
}

bool blocks(const Finding& finding) { return finding.severity >= Severity::Indeterminate; }

// One search, from the candidates to the result.
class Search {
 public:
  Search(const PathFinder::Ports& ports, const Limits& limits, const Certificate& certificate,
         const std::vector<Certificate>& pool, const PathOptions& options)
      : ports_(ports),
        limits_(limits),
        options_(options),
        pool_(pool),
        graph_(ports, limits, certificate, pool, options.at),
        libcrypto_(options, limits) {
    for (const Certificate& candidate : graph_.candidates()) note_dates(candidate);
  }

  // Around the time of validation: where the outcome is the same.
  const TimeWindow& window() const { return window_; }

  // Lists that came with the message are used like others (CERT-04): they are signed.
  void add_crls(const std::vector<Bytes>& crls) {
    if (options_.revocation == RevocationPolicy::Off) return;
    std::vector<std::string> issuers = find_list_issuers();
    for (std::size_t i = 0; i < crls.size(); ++i) {
      if (i == limits_.crls) {
        common_.push_back(Finding::of(Rule::RevocationBadList, {}, "too many lists"));
        break;
      }
      add_crl(crls[i], issuers);
    }
  }

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

  // Takes the lists of the source too. The comparison keys of all whose lists count.
  std::vector<std::string> find_list_issuers() {
    std::vector<std::string> keys;
    std::vector<Bytes> names;
    for (const Certificate& candidate : graph_.candidates()) {
      for (Bytes& name : crl_issuers(candidate)) {
        std::string key = comparison_key(name);
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
        keys.push_back(std::move(key));
        names.push_back(std::move(name));
      }
    }
    if (ports_.revocation == nullptr) return keys;
    for (const Bytes& name : names) {
      std::vector<Bytes> crls = ports_.revocation->find_by_issuer(name);
      crls.resize(std::min(crls.size(), limits_.crls));
      for (const Bytes& crl : crls) add_crl(crl, keys);
    }
    return keys;
  }

  void note_dates(const Certificate& certificate) {
    window_.narrow(certificate.not_before(), options_.at);
    window_.narrow(certificate.not_after(), options_.at);
  }

  void add_crl(ByteView der, const std::vector<std::string>& issuers) {
    auto crl = Crl::parse(der, limits_);
    if (!crl) {
      common_.push_back(Finding::of(Rule::RevocationBadList, {}, describe(crl.error())));
      return;
    }
    window_.narrow(crl->this_update, options_.at);
    if (crl->next_update) window_.narrow(*crl->next_update, options_.at);
    std::string key = comparison_key(crl->issuer);
    if (std::find(issuers.begin(), issuers.end(), key) == issuers.end()) return;
    using Fate = LibcryptoPath::CrlFate;
    Fate fate = libcrypto_.add_crl(der, find_by_name(crl->issuer, key));
    if (fate == Fate::Added || fate == Fate::NoIssuer) return;
    std::string_view detail = fate == Fate::Malformed ? "malformed" : "its signature does not fit";
    common_.push_back(Finding::of(Rule::RevocationBadList, {}, std::string(detail)));
  }

  std::vector<Certificate> find_by_name(ByteView name, const std::string& key) {
    std::vector<Certificate> found;
    auto take = [&](const Certificate& certificate) {
      bool known = std::find(found.begin(), found.end(), certificate) != found.end();
      bool usable = !find_key_flaw(read_key_info(certificate.subject_public_key_info()), limits_);
      if (known || !usable || found.size() >= limits_.path_length) return;
      note_dates(certificate);
      found.push_back(certificate);
    };
    auto take_all = [&](const std::vector<Certificate>& certificates) {
      for (const Certificate& certificate : certificates) take(certificate);
    };
    if (ports_.trust != nullptr) take_all(ports_.trust->find_by_subject(name));
    if (ports_.certificates != nullptr) take_all(ports_.certificates->find_by_subject(name));
    for (const Certificate& certificate : pool_) {
      if (comparison_key(certificate.subject_der()) == key) take(certificate);
    }
    return found;
  }

  std::vector<Certificate> certificates_of(const PathGraph::Path& path) const {
    std::vector<Certificate> certificates;
    for (std::size_t index : path) certificates.push_back(graph_.candidates()[index]);
    return certificates;
  }

  LibcryptoPath::Outcome try_path(const std::vector<Certificate>& path, bool anchored) {
    using End = LibcryptoPath::End;
    auto outcome = libcrypto_.validate(path, anchored ? End::Anchor : End::Elsewhere);
    if (anchored && !libcrypto_.has_crls()) note_no_lists(path.size() - 1, outcome.findings);
    check_policy_qualifiers(path, outcome.findings);
    check_purpose(path, options_.purpose, outcome.findings);
    check_strength(path, anchored ? 1 : 0, options_.weak, outcome.findings);
    return outcome;
  }

  // Without any list libcrypto was not asked to look for one.
  void note_no_lists(std::size_t below_anchor, Findings& findings) const {
    if (options_.revocation == RevocationPolicy::Off || below_anchor == 0) return;
    if (options_.revocation == RevocationPolicy::Soft) {
      findings.push_back(Finding::of(Rule::RevocationNotChecked));
      return;
    }
    for (std::size_t i = 0; i < below_anchor; ++i) {
      findings.push_back(Finding::of(Rule::RevocationUnknown, path_place(i)));
    }
  }

  void finish(PathResult& result) {
    result.findings.insert(result.findings.end(), common_.begin(), common_.end());
    if (graph_.reaches_anchor()) return;
    for (const std::string& refused : graph_.refused()) {
      Finding finding = Finding::of(Rule::CryptoBadKey, {}, refused);
      finding.severity = Severity::Indeterminate;
      result.findings.push_back(std::move(finding));
    }
  }

  const PathFinder::Ports& ports_;
  const Limits& limits_;
  const PathOptions& options_;
  const std::vector<Certificate>& pool_;
  PathGraph graph_;
  LibcryptoPath libcrypto_;
  TimeWindow window_;
  Findings common_;  // about no path in particular
};

}  // namespace

PathFinder::PathFinder(const Ports& ports, const Limits& limits, PathCache* cache)
    : ports_(ports), limits_(limits), cache_(cache) {}

PathResult PathFinder::find(const Certificate& certificate, const std::vector<Certificate>& pool,
                            const std::vector<Bytes>& crls, const PathOptions& options) const {
  TimeWindow window;
  if (cache_ == nullptr) return search(certificate, pool, crls, options, window);
  auto key = PathCache::key(ports_, limits_, certificate, pool, crls, options);
  if (!key) return search(certificate, pool, crls, options, window);
  if (auto known = cache_->find(*key, options.at)) return *known;
  PathResult result = search(certificate, pool, crls, options, window);
  if (window.contains(options.at)) cache_->keep(*key, window, result);
  return result;
}

PathResult PathFinder::search(const Certificate& certificate, const std::vector<Certificate>& pool,
                              const std::vector<Bytes>& crls, const PathOptions& options,
                              TimeWindow& window) const {
  PathResult result;
  result.certificates = {certificate};
  auto key = read_key_info(certificate.subject_public_key_info());
  if (auto flaw = find_key_flaw(key, limits_)) {
    result.findings = {Finding::of(Rule::CryptoBadKey, path_place(0), *flaw)};
    return result;
  }
  Search search(ports_, limits_, certificate, pool, options);
  search.add_crls(crls);
  if (search.run(result)) result.verified = VerifiedPath(result.certificates);
  window = search.window();
  return result;
}

}  // namespace bulla::x509
