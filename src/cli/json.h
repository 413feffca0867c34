// JSON of verdicts and errors (docs/verdict.schema.json).
#pragma once

#include <string>

#include "bulla/recipients.h"
#include "bulla/result.h"
#include "bulla/seal.h"
#include "bulla/verdict.h"
#include "cli/exit_code.h"

namespace bulla::cli {

// Each is one object with a line end. Octets that are no UTF-8 become U+FFFD.
std::string verdict_json(const Verdict& verdict, Exit exit);
std::string error_json(const Error& error, Exit exit);
std::string seal_json(const SealReport& report);
std::string recipients_json(const RecipientList& list);

}  // namespace bulla::cli
