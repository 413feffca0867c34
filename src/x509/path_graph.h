// PathGraph: the certificates that a path may go through, and the paths in the order
// in which they are worth trying.
//
// Issuers are found by name (CERT-31); key identifiers, validity and signatures only
// say which one to try first, so that a decoy with the right name costs a try and
// hides nothing (CERT-32, CERT-33). Everything is bounded: candidates, signature
// checks, steps (T-60, T-61).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/limits.h"
#include "x509/path_finder.h"

namespace bulla::x509 {

class PathGraph {
 public:
  // Indices of candidates: the certificate itself (0) first.
  using Path = std::vector<std::size_t>;
  // Whether the key of the second candidate made the signature of the first.
  using SignatureCheck = std::function<bool(std::size_t, std::size_t)>;

  PathGraph(const PathFinder::Ports& ports, const Limits& limits, const Certificate& leaf,
            const std::vector<Certificate>& pool, Time at);

  const std::vector<Certificate>& candidates() const { return candidates_; }
  bool is_anchor(std::size_t candidate) const { return nodes_[candidate].anchor; }
  // Whether a path to an anchor exists, as far as names tell.
  bool reaches_anchor() const { return nodes_[0].reaches_anchor; }
  // Whether a limit kept something from being looked at.
  bool cut_short() const { return cut_short_; }
  // Issuers that were left out because their keys are refused, with the reason.
  const std::vector<std::string>& refused() const { return refused_; }

  // Puts the issuers that did not make the signature last.
  void rank_by_signature(const SignatureCheck& fits);

  // The next path, ending at an anchor if one is reached; nothing when there is no
  // other.
  std::optional<Path> next_path();

 private:
  struct Node {
    bool anchor = false;
    bool reaches_anchor = false;
    bool on_path = false;
    std::vector<std::size_t> issuers;  // best first
  };
  struct Step {
    std::size_t node;
    std::size_t next_issuer = 0;
  };

  std::optional<std::size_t> add(const Certificate& certificate);
  void find_issuers(std::size_t candidate);
  void mark_reaching();
  bool is_end(std::size_t node) const;
  bool descend();
  Path current_path() const;

  const PathFinder::Ports& ports_;
  const Limits& limits_;
  Time at_;
  std::vector<Certificate> candidates_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, std::size_t> by_digest_;
  std::unordered_map<std::string, std::vector<Certificate>> pool_;  // by subject
  std::vector<std::string> refused_;
  std::vector<Step> stack_;
  std::size_t steps_ = 0;
  bool started_ = false;
  bool cut_short_ = false;
};

}  // namespace bulla::x509
