// What is learnt of recipients from signed mail of theirs (--learn-from).
#pragma once

#include "cli/options.h"

namespace bulla::cli {

// Opens each mail as 'open' would, and gives the recipients whose mail it is what they state.
// Errors: enc.capabilities-unproven if that is none of them.
Result<void> learn_from_mail(const SealingOptions& options, Encrypt& step, Time at);

}  // namespace bulla::cli
