// Reading a captured element: as DER, or else as BER made DER.
#pragma once

#include "asn1/ber.h"
#include "asn1/reader.h"

namespace bulla::cms {

// Most messages are DER throughout, and what is signed is best read as it was sent
// (CMS-19); what a key is derived from is DER whatever came (KM-58). So to_der() comes second,
// where the strict Reader found no DER.
template <typename Read>
auto decode_captured(ByteView element, Read read, const Limits& limits, std::uint64_t offset)
    -> decltype(asn1::decode(element, read, limits, offset)) {
  auto value = asn1::decode(element, read, limits, offset);
  if (value) return value;
  auto der = asn1::to_der(element, limits, offset);
  if (!der || equal(*der, element)) return value;
  return asn1::decode(*der, read, limits, offset);
}

}  // namespace bulla::cms
