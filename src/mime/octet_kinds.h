// What single octets are to the kernels and their twins.
#pragma once

#include <cstdint>

namespace bulla::mime::kernels {

// Stands for itself in quoted-printable (RFC 2045 6.7), a space only within a line.
inline bool is_literal(std::uint8_t octet) { return octet >= 0x20 && octet < 0x7f && octet != '='; }

// Whether a relay may change `octet` or the one before it: NUL, octets past ASCII, half a line
// end, a blank at the end of a line; and an F at its start, which may be a "From ".
inline bool is_unsafe(std::uint8_t before, std::uint8_t octet) {
  bool blank = before == ' ' || before == '\t';
  return octet == 0 || octet >= 0x80 || (before == '\r') != (octet == '\n') ||
         (blank && octet == '\r') || (before == '\n' && octet == 'F');
}

}  // namespace bulla::mime::kernels
