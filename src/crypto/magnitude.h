// Numbers in keys: the octets of a positive INTEGER, the highest first and without zeros in
// front.
#pragma once

#include <bit>

#include "asn1/reader.h"
#include "bulla/bytes.h"

namespace bulla::crypto {

// Of an INTEGER's contents, or nothing for zero and below.
inline ByteView magnitude(ByteView integer) {
  if (integer.empty() || integer[0] >= 0x80) return {};
  if (integer[0] == 0) integer = integer.subspan(1);
  return integer;
}

inline std::size_t bit_length(ByteView number) {
  if (number.empty()) return 0;
  return 8 * number.size() - static_cast<std::size_t>(std::countl_zero(number[0]));
}

inline bool is_odd(ByteView number) { return !number.empty() && (number.back() & 1) != 0; }

// An INTEGER above zero, or crypto.bad-key.
inline ByteView read_positive(asn1::Reader& in) {
  ByteView octets = in.integer();
  if (in.failed()) return {};
  ByteView number = magnitude(octets);
  if (number.empty()) in.fail(Rule::CryptoBadKey);
  return number;
}

}  // namespace bulla::crypto
