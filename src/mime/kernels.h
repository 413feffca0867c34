// The loops that see every octet of a message, with SIMD where the processor has it.
//
// Each has a scalar twin that says what it means; a property test and a fuzz target compare
// them on every target that the processor has. Kernels never read or write outside of the
// views they are given.
//
// Thread safety: functions of their arguments.
#pragma once

#include <cstddef>
#include <string_view>

#include "bulla/bytes.h"

namespace bulla::mime::kernels {

// The first i >= 1 where "octet i is LF" and "octet i-1 is CR" differ: a bare LF at i, or
// a bare CR at i-1. size() if there is none; octet 0 is only looked at as a predecessor.
std::size_t find_uneven_line_end(ByteView octets);

// The first i >= 1 where octet i is LF and octet i-1 is not CR; size() if there is none.
std::size_t find_bare_lf(ByteView octets);

// The first i where octets i, i+1, i+2 are LF, '-', '-'; size() if there is none.
std::size_t find_dash_line(ByteView octets);

// The first octet that is NUL or has its high bit set; size() if there is none.
std::size_t find_not_seven_bit(ByteView octets);

// The first octet that is not printable ASCII or a space, or is "=": all others stand for
// themselves in quoted-printable, but at a line's ends. size() if there is none.
std::size_t find_not_literal(ByteView octets);

// The first control that no text of mail has (mime/octet_kinds.h); size() if there is none.
std::size_t find_foreign_control(ByteView octets);

// The first octet that no seven-bit text of mail has: such a control, or one past ASCII.
std::size_t find_foreign_octet(ByteView octets);

// In text that begins with a line: the first octet that is not safe in mail, where a line may
// begin with "From ", or that shows the one before it to be unsafe (mime/octet_kinds.h).
// size() if there is none; the last octet alone is not judged.
std::size_t find_unsafe_in_lines(ByteView octets);

// How far a conversion has come: octets read, and octets written.
struct Progress {
  std::size_t read = 0;
  std::size_t written = 0;
};

// A line of base64 in mail (RFC 2045 6.8).
inline constexpr std::size_t kBase64LineOctets = 57;
inline constexpr std::size_t kBase64LineDigits = 76;

// Writes lines of 76 digits, each with the line break after it, and says how many octets.
// REQUIRES: whole lines of 57 octets, and room for what they give.
std::size_t encode_base64_lines(ByteView octets, std::string_view line_break, MutableByteView out);

// Decodes groups of four digits as long as they come and three octets have room, and skips
// CR, LF, space and tab before and inside them. A group is read whole or not at all. May
// write to all of `out`, past what it says it has written.
Progress decode_base64(ByteView digits, MutableByteView out);

// What a text was seen to have beside bare LF.
struct Converted {
  std::size_t written = 0;
  bool crlf = false;
  bool bare_cr = false;  // an octet that is not LF comes after CR

  bool operator==(const Converted&) const = default;
};

// Puts CR before each LF that has none. `before` is the octet before the text; a CR at the end
// is not judged. REQUIRES: room for twice the text.
Converted lf_to_crlf(ByteView octets, std::uint8_t before, MutableByteView out);

// Leaves out each CR that has LF after it, and says how much is written.
// REQUIRES: as much room as there is text.
std::size_t crlf_to_lf(ByteView octets, MutableByteView out);

namespace scalar {
std::size_t find_uneven_line_end(ByteView octets);
std::size_t find_bare_lf(ByteView octets);
std::size_t find_dash_line(ByteView octets);
std::size_t find_not_seven_bit(ByteView octets);
std::size_t find_not_literal(ByteView octets);
std::size_t find_foreign_control(ByteView octets);
std::size_t find_foreign_octet(ByteView octets);
std::size_t find_unsafe_in_lines(ByteView octets);
std::size_t encode_base64_lines(ByteView octets, std::string_view line_break, MutableByteView out);
Progress decode_base64(ByteView digits, MutableByteView out);
Converted lf_to_crlf(ByteView octets, std::uint8_t before, MutableByteView out);
std::size_t crlf_to_lf(ByteView octets, MutableByteView out);
}  // namespace scalar

}  // namespace bulla::mime::kernels
