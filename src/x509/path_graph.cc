#include "x509/path_graph.h"

#include <algorithm>
#include <tuple>

#include "x509/key_info.h"
#include "x509/name.h"

namespace bulla::x509 {
namespace {

// Of the search alone, which computes nothing; a path of ten among a hundred
// candidates is found in a few dozen.
constexpr std::size_t kMaxSteps = 10'000;

bool key_identifiers_fit(const Certificate& issuer, const Certificate& subject) {
  auto wanted = subject.authority_key_identifier();
  auto own = issuer.subject_key_identifier();
  return !wanted || !own || equal(*wanted, *own);
}

}  // namespace

PathGraph::PathGraph(const PathFinder::Ports& ports, const Limits& limits, const Certificate& leaf,
                     const std::vector<Certificate>& pool, Time at)
    : ports_(ports), limits_(limits), at_(at) {
  // Any number in any order (CERT-50).
  for (const Certificate& certificate : pool) {
    pool_[comparison_key(certificate.subject_der())].push_back(certificate);
  }
  add(leaf);
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if (!nodes_[i].anchor) find_issuers(i);
  }
  mark_reaching();
}

// The index of the candidate, which may be there already; nothing over the limit.
std::optional<std::size_t> PathGraph::add(const Certificate& certificate) {
  std::string digest(as_text(certificate.sha256()));
  if (auto known = by_digest_.find(digest); known != by_digest_.end()) return known->second;
  if (candidates_.size() >= limits_.path_candidates) {
    cut_short_ = true;
    return std::nullopt;
  }
  if (!candidates_.empty()) {
    auto flaw = find_key_flaw(read_key_info(certificate.subject_public_key_info()), limits_);
    if (flaw) {
      refused_.push_back(certificate.subject() + ": " + *flaw);
      return std::nullopt;
    }
  }
  by_digest_.emplace(std::move(digest), candidates_.size());
  // Nothing that a message brings makes an anchor (CERT-34).
  candidates_.push_back(certificate);
  nodes_.push_back({.anchor = ports_.trust != nullptr && ports_.trust->contains(certificate),
                    .reaches_anchor = false,
                    .on_path = false,
                    .issuers = {}});
  return candidates_.size() - 1;
}

void PathGraph::find_issuers(std::size_t candidate) {
  Certificate subject = candidates_[candidate];
  std::vector<Certificate> found;
  auto take = [&found](const std::vector<Certificate>& more) {
    found.insert(found.end(), more.begin(), more.end());
  };
  if (ports_.trust != nullptr) take(ports_.trust->find_by_subject(subject.issuer_der()));
  auto in_pool = pool_.find(comparison_key(subject.issuer_der()));
  if (in_pool != pool_.end()) take(in_pool->second);
  if (ports_.certificates != nullptr) {
    take(ports_.certificates->find_by_subject(subject.issuer_der()));
  }
  std::vector<std::size_t> issuers;
  for (const Certificate& issuer : found) {
    auto index = add(issuer);
    bool known = index && std::find(issuers.begin(), issuers.end(), *index) != issuers.end();
    if (index && *index != candidate && !known) issuers.push_back(*index);
  }
  auto rank = [&](std::size_t i) {
    const Certificate& issuer = candidates_[i];
    bool valid = issuer.not_before() <= at_ && at_ <= issuer.not_after();
    return std::tuple(nodes_[i].anchor, key_identifiers_fit(issuer, subject), valid,
                      issuer.not_before());
  };
  std::stable_sort(issuers.begin(), issuers.end(),
                   [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
  nodes_[candidate].issuers = std::move(issuers);
}

void PathGraph::mark_reaching() {
  std::vector<std::vector<std::size_t>> subjects(nodes_.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    for (std::size_t issuer : nodes_[i].issuers) subjects[issuer].push_back(i);
    nodes_[i].reaches_anchor = nodes_[i].anchor;
    if (nodes_[i].anchor) open.push_back(i);
  }
  while (!open.empty()) {
    std::size_t issuer = open.back();
    open.pop_back();
    for (std::size_t subject : subjects[issuer]) {
      if (nodes_[subject].reaches_anchor) continue;
      nodes_[subject].reaches_anchor = true;
      open.push_back(subject);
    }
  }
}

void PathGraph::rank_by_signature(const SignatureCheck& fits) {
  std::size_t checks_left = limits_.path_candidates;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    auto& issuers = nodes_[i].issuers;
    if (issuers.size() < 2 || issuers.size() > checks_left) continue;
    checks_left -= issuers.size();
    std::stable_partition(issuers.begin(), issuers.end(),
                          [&](std::size_t issuer) { return fits(i, issuer); });
  }
}

// Where a path may end: at an anchor, or, if none can be reached, where nobody is
// known who could have issued the certificate.
bool PathGraph::is_end(std::size_t node) const {
  if (reaches_anchor()) return nodes_[node].anchor;
  return std::all_of(nodes_[node].issuers.begin(), nodes_[node].issuers.end(),
                     [this](std::size_t issuer) { return nodes_[issuer].on_path; });
}

// Goes one step towards an issuer, or one back; false when there is no step left.
bool PathGraph::descend() {
  while (!stack_.empty()) {
    if (++steps_ > kMaxSteps) {
      cut_short_ = true;
      return false;
    }
    Step& top = stack_.back();
    const Node& node = nodes_[top.node];
    bool at_end = node.anchor || stack_.size() >= limits_.path_length;
    if (!at_end && top.next_issuer < node.issuers.size()) {
      std::size_t issuer = node.issuers[top.next_issuer++];
      if (nodes_[issuer].on_path) continue;  // each at most once (CERT-23)
      if (reaches_anchor() && !nodes_[issuer].reaches_anchor) continue;
      nodes_[issuer].on_path = true;
      stack_.push_back({issuer});
      return true;
    }
    if (!node.anchor && top.next_issuer < node.issuers.size()) cut_short_ = true;
    nodes_[top.node].on_path = false;
    stack_.pop_back();
  }
  return false;
}

PathGraph::Path PathGraph::current_path() const {
  Path path;
  for (const Step& step : stack_) path.push_back(step.node);
  return path;
}

std::optional<PathGraph::Path> PathGraph::next_path() {
  if (!started_) {
    started_ = true;
    nodes_[0].on_path = true;
    stack_.push_back({0});
    if (is_end(0)) return current_path();
  }
  while (descend()) {
    if (is_end(stack_.back().node)) return current_path();
  }
  return std::nullopt;
}

}  // namespace bulla::x509
