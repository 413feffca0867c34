// Rule: every reason that the library can give, by name.
//
// A rule has a stable slug (`sig.digest-mismatch`), which is printed, stands in JSON and is
// documented in docs/findings.md. It never changes its slug or its meaning; new ones are added.
// The enumerators are in bulla/rule_list.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "bulla/rule_list.h"

namespace bulla {

// What a rule does to a verdict when it is found.
enum class Severity : std::uint8_t {
  Note,           // information
  Warning,        // worth knowing; the verdict stands
  Indeterminate,  // printed as a warning; keeps the verdict from being valid
  Failure,        // the verdict is invalid
};

struct RuleInfo {
  Rule rule;
  std::string_view slug;
  Severity severity;        // unless a policy says otherwise
  std::string_view source;  // RFC and section, or empty
  std::string_view text;    // one line, lower case, no full stop
  std::string_view advice;  // what to do about it, or empty
};

// The row of a rule. Valid for the life of the program.
const RuleInfo& info(Rule rule);

// All rules, in the order of the enumerators.
std::span<const RuleInfo> all_rules();

// The rule with this slug, if there is one.
std::optional<Rule> find_rule(std::string_view slug);

// "note", "warning" (for Indeterminate too) or "failure".
std::string_view severity_name(Severity severity);

}  // namespace bulla
