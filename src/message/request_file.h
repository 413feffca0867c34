// Certification requests as they reach a CA: in PEM, in DER, or by mail (RFC 8551 3.8).
#pragma once

#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"

namespace bulla {

// The DER of the one CertificationRequest in a file or a mail. Errors: ca.refused for none and for
// several, and those of PEM and of a mail's structure.
Result<Bytes> find_request(ByteView file, const Limits& limits = {});

}  // namespace bulla
