// Tag: class, constructed bit and number of an ASN.1 element, in one octet (X.690 8.1.2).
//
// CMS and X.509 have no tag number above 30, so the high-tag-number form is
// malformed input everywhere (T-48).
#pragma once

#include <cstdint>

namespace bulla::asn1 {

enum class Tag : std::uint8_t {
  EndOfContents = 0x00,
  Boolean = 0x01,
  Integer = 0x02,
  BitString = 0x03,
  OctetString = 0x04,
  Null = 0x05,
  ObjectIdentifier = 0x06,
  Enumerated = 0x0a,
  Utf8String = 0x0c,
  NumericString = 0x12,
  PrintableString = 0x13,
  TeletexString = 0x14,
  Ia5String = 0x16,
  UtcTime = 0x17,
  GeneralizedTime = 0x18,
  VisibleString = 0x1a,
  UniversalString = 0x1c,
  BmpString = 0x1e,
  ConstructedOctetString = 0x24,
  Sequence = 0x30,
  Set = 0x31,
};

// [number], context-specific. REQUIRES: number <= 30.
constexpr Tag primitive(unsigned number) { return static_cast<Tag>(0x80 | number); }
constexpr Tag constructed(unsigned number) { return static_cast<Tag>(0xa0 | number); }

constexpr bool is_constructed(Tag tag) { return (static_cast<unsigned>(tag) & 0x20) != 0; }
constexpr bool is_high(Tag tag) { return (static_cast<unsigned>(tag) & 0x1f) == 0x1f; }

}  // namespace bulla::asn1
