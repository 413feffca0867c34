// Whether the certificate of a recipient leads to a root and is not revoked (RFC 9787 8.1.1,
// E2E-19).
#pragma once

#include "bulla/seal.h"

namespace bulla {

// `chain`: certificates that came with it. What is worth knowing of the path all the same; nothing
// without roots to lead to. Errors: the worst of what is wrong with it.
Result<Findings> check_recipient_path(const Certificate& certificate,
                                      const std::vector<Certificate>& chain,
                                      const SealOptions& options);

}  // namespace bulla
