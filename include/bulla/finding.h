// Finding: one thing that a verdict says about a message.
//
// Findings are judgements, not errors: a message whose signature fails has been
// read completely, and the verdict says so. Which rule decides what is in
// bulla/rule.h and docs/findings.md.
#pragma once

#include <string>
#include <vector>

#include "bulla/rule.h"

namespace bulla {

struct Finding {
  Rule rule = Rule::Internal;
  Severity severity = Severity::Note;  // the rule's own unless a policy changed it
  std::string place;                   // "layer 1 signer 2", "layer 1 signer 2 path 3", "headers"
  std::string detail;                  // what the rule's text cannot know; unescaped

  // A finding with the rule's own severity.
  static Finding of(Rule rule, std::string place = {}, std::string detail = {});
};

using Findings = std::vector<Finding>;

// The worst severity among them; Note when there are none.
Severity worst(const Findings& findings);

}  // namespace bulla
