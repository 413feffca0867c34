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

// A control that no text of mail has, whatever its charset: neither white space nor what
// ISO 2022 shifts with (ESC, SO, SI) nor the end of a text file of DOS.
inline bool is_foreign_control(std::uint8_t octet) {
  bool in_text = (octet >= 0x09 && octet <= 0x0f) || octet == 0x1a || octet == 0x1b;
  return (octet < 0x20 && !in_text) || octet == 0x7f;
}

}  // namespace bulla::mime::kernels
