// Content that stands apart from its signature (bare CMS; OpenOptions::detached_content).
#pragma once

#include "message/opening.h"

namespace bulla {

// Digests and passes on the content of the records whose signature is detached. Errors:
// cms.detached-without-content, and those of the Source and of the writer.
[[nodiscard]] Result<void> read_detached(Opening& opening);

}  // namespace bulla
