// Prints docs/findings.md, made from the rule table. The build target is bulla_findings.
#include <iostream>
#include <string>
#include <string_view>

#include "bulla/rule.h"

namespace {

constexpr std::string_view kHead =
    R"(# Findings and errors

Every reason that bulla gives has a name, its *rule*. The name is printed in brackets, stands in JSON, and never changes
its meaning. This page is made from the table in `src/base/rule.cc` (`cmake --build BUILD --target update_pages`).

| Severity | Effect on the verdict |
|---|---|
| failure | the message is invalid, or there is no verdict at all |
| indeterminate | printed as a warning; keeps the verdict from being valid |
| warning | worth knowing; the verdict stands |
| note | information |
)";

std::string_view effect(bulla::Severity severity) {
  return severity == bulla::Severity::Indeterminate ? "indeterminate"
                                                    : bulla::severity_name(severity);
}

std::string escaped(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '|' || c == '<' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

int main() {
  std::cout << kHead;
  std::string_view family;
  for (const bulla::RuleInfo& row : bulla::all_rules()) {
    std::string_view own = row.slug.substr(0, row.slug.find('.'));
    if (own != family) {
      family = own;
      std::cout << "\n## " << family << "\n\n| Rule | Severity | Meaning | Advice | Source |\n"
                << "|---|---|---|---|---|\n";
    }
    std::cout << "| `" << row.slug << "` | " << effect(row.severity) << " | " << escaped(row.text)
              << " | " << escaped(row.advice) << " | " << row.source << " |\n";
  }
  return std::cout.good() ? 0 : 1;
}
