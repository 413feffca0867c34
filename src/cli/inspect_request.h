// A PKCS #10 certification request (RFC 2986) as bulla inspect shows it.
#pragma once

#include "cli/inspect_cms.h"

namespace bulla::cli {

// Whether a file begins as one does, in DER or PEM.
bool looks_like_request(ByteView beginning);

Result<Node> request_node(Bytes der, const Limits& limits);

}  // namespace bulla::cli
