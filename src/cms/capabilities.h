// SMIMECapabilities (RFC 8551 2.5.2), as a value of the signed attribute.
#pragma once

#include <vector>

#include "cms/attribute.h"

namespace bulla::cms {

// The DER of SMIMECapabilities, in the order of the list.
Bytes encode_capabilities(const std::vector<Capability>& capabilities);

}  // namespace bulla::cms
