#include "cli/exit_code.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bulla::cli {
namespace {

struct Row {
  std::string_view slug;  // a rule, or a family with its dot
  Exit code;
};

// The first row that fits counts.
constexpr std::array kRows = {
    Row{"io.no-input", Exit::NoInput},
    Row{"io.cannot-create", Exit::CannotCreate},
    Row{"io.same-file", Exit::CannotCreate},
    Row{"io.terminal", Exit::CannotCreate},
    Row{"io.usage", Exit::Usage},
    Row{"io.network", Exit::Temporary},
    Row{"io.token", Exit::Temporary},
    Row{"io.", Exit::Io},
    Row{"limit.", Exit::Malformed},
    Row{"asn1.", Exit::Malformed},
    Row{"mime.", Exit::Malformed},
    Row{"cms.", Exit::Malformed},
    Row{"key.token-uri", Exit::Usage},
    Row{"key.", Exit::NoKey},
    Row{"crypto.bad-parameters", Exit::Malformed},
    Row{"crypto.bad-key", Exit::Malformed},
    Row{"crypto.random", Exit::Temporary},
    Row{"crypto.", Exit::Unavailable},
    Row{"enc.failed", Exit::Invalid},
    Row{"enc.expired-recipient", Exit::NoKey},
    Row{"enc.key-usage", Exit::NoKey},
    Row{"enc.weak-key", Exit::NoKey},
    Row{"enc.capabilities-unproven", Exit::NoKey},
    Row{"enc.", Exit::Malformed},
    Row{"sig.broken-digest", Exit::Malformed},
    Row{"sig.timestamp", Exit::Unavailable},
    Row{"cert.malformed", Exit::Malformed},
    Row{"cert.", Exit::NoKey},
    Row{"path.", Exit::NoKey},
    Row{"revocation.", Exit::NoKey},
    Row{"policy.algorithm", Exit::Configuration},
    Row{"policy.", Exit::Absent},
    Row{"config.", Exit::Configuration},
    Row{"store.absent", Exit::NoInput},
    Row{"store.busy", Exit::Temporary},
    Row{"store.damaged", Exit::Malformed},
    Row{"store.unavailable", Exit::Unavailable},
    Row{"store.newer", Exit::Configuration},
    Row{"store.", Exit::NoKey},
};

bool has(const Verdict& verdict, Rule rule) {
  return std::any_of(verdict.findings.begin(), verdict.findings.end(),
                     [rule](const Finding& finding) { return finding.rule == rule; });
}

}  // namespace

Exit exit_code(Rule rule) {
  std::string_view slug = info(rule).slug;
  auto row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& candidate) {
    return candidate.slug.back() == '.' ? slug.substr(0, candidate.slug.size()) == candidate.slug
                                        : slug == candidate.slug;
  });
  return row == kRows.end() ? Exit::Invalid : row->code;
}

Exit exit_code(const Verdict& verdict, Policy::Require require) {
  if (verdict.status == Status::Invalid) return Exit::Invalid;
  if (verdict.requirement_missed) return Exit::Absent;
  switch (verdict.status) {
    case Status::Valid:
      return Exit::Done;
    case Status::Unprotected:
      return require == Policy::Require::Nothing ? Exit::Done : Exit::Absent;
    default:
      // More could be said with a libcrypto that has all algorithms of the message.
      return has(verdict, Rule::CryptoUnavailable) ? Exit::Unavailable : Exit::Indeterminate;
  }
}

Exit exit_code_of_decryption(const Verdict& verdict) {
  if (!verdict.is_encrypted()) return Exit::Absent;
  if (!verdict.released) return Exit::Invalid;
  return has(verdict, Rule::PolicyAlgorithm) ? Exit::Indeterminate : Exit::Done;
}

}  // namespace bulla::cli
