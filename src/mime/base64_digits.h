// The digits of base64 and one group of them, octet by octet (RFC 2045 6.8).
//
// What the kernels share with the filters: whatever a kernel leaves over is done here.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bulla::mime {

inline constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::uint32_t kNoDigit = 1u << 31;

// Two digits for each value of twelve bits.
struct DigitPair {
  char digits[2];
};
inline constexpr std::array<DigitPair, 4096> kDigitPairs = [] {
  std::array<DigitPair, 4096> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = {{kBase64Alphabet[i >> 6], kBase64Alphabet[i & 63]}};
  }
  return table;
}();

// For each of the four places in a group, a digit's value where the group has it.
inline constexpr std::array<std::array<std::uint32_t, 256>, 4> kDigitValues = [] {
  std::array<std::array<std::uint32_t, 256>, 4> table{};
  for (auto& place : table) {
    for (auto& value : place) value = kNoDigit;
  }
  for (std::uint32_t i = 0; i < 64; ++i) {
    for (std::size_t place = 0; place < 4; ++place) {
      table[place][static_cast<unsigned char>(kBase64Alphabet[i])] = i << (18 - 6 * place);
    }
  }
  return table;
}();

inline bool is_base64_blank(std::uint8_t octet) {
  return octet == '\n' || octet == '\r' || octet == ' ' || octet == '\t';
}

// Three octets to four digits.
inline void put_digits(const std::uint8_t* in, std::uint8_t* out) {
  std::uint32_t value = in[0] * 65536u + in[1] * 256u + in[2];
  std::memcpy(out, kDigitPairs.data() + (value >> 12), 2);
  std::memcpy(out + 2, kDigitPairs.data() + (value & 4095), 2);
}

inline void put_octets(std::uint32_t group, std::uint8_t* out) {
  out[0] = static_cast<std::uint8_t>(group >> 16);
  out[1] = static_cast<std::uint8_t>(group >> 8);
  out[2] = static_cast<std::uint8_t>(group);
}

// Where a decoding stands: what is left to read, and the room that is left.
struct Base64Cursor {
  const std::uint8_t* in;
  const std::uint8_t* in_end;
  std::uint8_t* out;
  std::uint8_t* out_end;

  std::size_t left() const { return static_cast<std::size_t>(in_end - in); }
  std::size_t room() const { return static_cast<std::size_t>(out_end - out); }

  // Skips blanks, and decodes the group after them, which blanks may part. False if no whole
  // one is there, or no room for it; then no digit is read.
  bool take_group() {
    while (in != in_end && is_base64_blank(*in)) ++in;
    if (room() < 3) return false;
    if (left() >= 4) {
      std::uint32_t group = kDigitValues[0][in[0]] | kDigitValues[1][in[1]] |
                            kDigitValues[2][in[2]] | kDigitValues[3][in[3]];
      if ((group & kNoDigit) == 0) {
        put(group, in + 4);
        return true;
      }
    }
    return take_parted_group();
  }

 private:
  bool take_parted_group() {
    std::uint32_t group = 0;
    const std::uint8_t* p = in;
    for (int digits = 0; digits < 4; ++p) {
      if (p == in_end) return false;
      if (is_base64_blank(*p)) continue;
      std::uint32_t digit = kDigitValues[3][*p];
      if (digit == kNoDigit) return false;
      group = group << 6 | digit;
      ++digits;
    }
    put(group, p);
    return true;
  }

  void put(std::uint32_t group, const std::uint8_t* after) {
    put_octets(group, out);
    out += 3;
    in = after;
  }
};

}  // namespace bulla::mime
