// What 'bulla doctor --algorithms' shows: each algorithm, and whether it is there.
#pragma once

#include <string>
#include <vector>

namespace bulla::cli {

struct AlgorithmRow {
  // "digests", "content ciphers", "signatures", "recipients", "key wraps", "key derivations",
  // "compression"
  std::string group;
  std::string name;
  std::string oid;       // empty if several stand for it
  std::string standing;  // "current", "legacy", "broken"
  std::string use;       // "read, write", "read", "read (--legacy)"
  bool available = false;
  std::string provider;  // of what is not available: what would provide it
};

std::vector<AlgorithmRow> list_algorithms();

std::string algorithms_text(const std::vector<AlgorithmRow>& rows);
// { "version": 1, "algorithms": [...] } with a line end.
std::string algorithms_json(const std::vector<AlgorithmRow>& rows);

}  // namespace bulla::cli
