// Octets from hexadecimal digits, for tests.
#pragma once

#include <string_view>

#include "bulla/bytes.h"

namespace bulla {

// Lower case digits; spaces are passed over.
inline Bytes from_hex(std::string_view text) {
  Bytes bytes;
  unsigned value = 0;
  bool is_high = true;
  for (char c : text) {
    if (c == ' ') continue;
    auto digit = static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    value = value * 16 + digit;
    if (!is_high) bytes.push_back(static_cast<std::uint8_t>(value));
    if (!is_high) value = 0;
    is_high = !is_high;
  }
  return bytes;
}

}  // namespace bulla
