// The loops that see every octet of a message, with SIMD where the processor has it.
//
// Each has a scalar twin that says what it means; a property test compares them.
#pragma once

#include <cstddef>

#include "bulla/bytes.h"

namespace bulla::mime::kernels {

// The first i >= 1 where "octet i is LF" and "octet i-1 is CR" differ: a bare LF at i, or
// a bare CR at i-1. size() if there is none; octet 0 is only looked at as a predecessor.
std::size_t find_uneven_line_end(ByteView octets);

// The first i where octets i, i+1, i+2 are LF, '-', '-'; size() if there is none.
std::size_t find_dash_line(ByteView octets);

// The first octet that is NUL or has its high bit set; size() if there is none.
std::size_t find_not_seven_bit(ByteView octets);

namespace scalar {
std::size_t find_uneven_line_end(ByteView octets);
std::size_t find_dash_line(ByteView octets);
std::size_t find_not_seven_bit(ByteView octets);
}  // namespace scalar

}  // namespace bulla::mime::kernels
