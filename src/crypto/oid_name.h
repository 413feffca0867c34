// Names for the algorithm OIDs that people meet in S/MIME, whether bulla has the algorithm or not.
#pragma once

#include <string>

#include "bulla/oid.h"

namespace bulla::crypto {

// "aes-256-wrap", "rc2-cbc"; dotted decimal without a name.
std::string oid_name(const Oid& oid);

}  // namespace bulla::crypto
