// The exit codes, in one table (docs/exit-codes.md).
#pragma once

#include "bulla/policy.h"
#include "bulla/rule.h"
#include "bulla/verdict.h"

namespace bulla::cli {

enum class Exit : int {
  Done = 0,
  Invalid = 1,
  Indeterminate = 2,
  Absent = 3,
  Usage = 64,
  Malformed = 65,
  NoInput = 66,
  Unavailable = 69,
  CannotCreate = 73,
  Io = 74,
  Temporary = 75,
  NoKey = 77,
  Configuration = 78,
};

// For an Error with this rule.
Exit exit_code(Rule rule);

// For a verdict of open and verify. A failure weighs more than an absence.
Exit exit_code(const Verdict& verdict, Policy::Require require);

// For decrypt: the signature does not count, but what a profile does not allow.
Exit exit_code_of_decryption(const Verdict& verdict);

}  // namespace bulla::cli
