#include "bulla/finding.h"

#include <algorithm>

#include "base/text.h"
#include "bulla/result.h"

namespace bulla {

Finding Finding::of(Rule rule, std::string place, std::string detail) {
  return {rule, info(rule).severity, std::move(place), std::move(detail)};
}

Severity worst(const Findings& findings) {
  Severity result = Severity::Note;
  for (const Finding& finding : findings) result = std::max(result, finding.severity);
  return result;
}

std::string describe(const Error& error) {
  const RuleInfo& row = info(error.rule);
  std::string text(row.text);
  if (!error.detail.empty()) text += ": " + printable(error.detail);
  if (error.offset != 0) text += " at offset " + std::to_string(error.offset);
  text += " [" + std::string(row.slug) + "]";
  return text;
}

}  // namespace bulla
