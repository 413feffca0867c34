// What the extensions of a View say, each read by itself.
#pragma once

#include "x509/lint_view.h"

namespace bulla::x509::lint {

// Fills in what is known of each extension. Errors: limit.elements, for more policies than any
// CA states.
Result<void> read_extension_values(View& view);

}  // namespace bulla::x509::lint
