#include "bench/simd_base64.h"

#include <array>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/simd_base64.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace bench::HWY_NAMESPACE {
#if HWY_TARGET == HWY_SCALAR

std::size_t encode_whole_lines(const std::uint8_t* from, std::size_t lines, std::uint8_t* to) {
  std::size_t used = 0;
  for (std::size_t line = 0; line < lines; ++line) {
    used += scalar::encode({from + line * 57, 57}, to + used);
  }
  return used;
}

bool decode_line(const std::uint8_t* from, std::size_t size, std::uint8_t* to) {
  return scalar::decode({from, size}, to).has_value();
}

#else
namespace hn = hwy::HWY_NAMESPACE;

// Blocks of 16 characters, 12 octets; two of them side by side where vectors are that wide.
using Block = hn::FixedTag<std::uint8_t, 16>;
#if HWY_TARGET <= HWY_AVX2
using Wide = hn::FixedTag<std::uint8_t, 32>;
#else
using Wide = Block;
#endif
inline constexpr std::size_t kDigits = hn::MaxLanes(Wide());
inline constexpr std::size_t kOctets = kDigits / 4 * 3;
using V = hn::Vec<Wide>;
using Wide16 = hn::Repartition<std::uint16_t, Wide>;
using Wide32 = hn::Repartition<std::uint32_t, Wide>;

HWY_INLINE V table(const std::uint8_t (&octets)[16]) { return hn::LoadDup128(Wide(), octets); }

// Twelve octets at the start of each block.
HWY_INLINE V load_octets(const std::uint8_t* from) {
  const Block block;
#if HWY_TARGET <= HWY_AVX2
  return hn::Combine(Wide(), hn::LoadU(block, from + 12), hn::LoadU(block, from));
#else
  return hn::LoadU(block, from);
#endif
}

HWY_INLINE void store_octets(V v, std::uint8_t* to) {
  const Block block;
#if HWY_TARGET <= HWY_AVX2
  hn::StoreU(hn::LowerHalf(v), block, to);
  hn::StoreU(hn::UpperHalf(block, v), block, to + 12);
#else
  hn::StoreU(v, block, to);
#endif
}

// Every three octets become four digits; a multiplication by a power of two is a shift that differs
// from lane to lane.
HWY_INLINE V split(V octets) {
  alignas(16) static constexpr std::uint8_t kSpread[16] = {1, 0, 2, 1, 4,  3, 5,  4,
                                                           7, 6, 8, 7, 10, 9, 11, 10};
  const Wide16 d16;
  const Wide32 d32;
  const auto spread = hn::BitCast(d32, hn::TableLookupBytes(octets, table(kSpread)));
  const auto high = hn::BitCast(d16, hn::And(spread, hn::Set(d32, 0x0fc0fc00u)));
  const auto low = hn::BitCast(d16, hn::And(spread, hn::Set(d32, 0x003f03f0u)));
  const auto right = hn::MulHigh(high, hn::BitCast(d16, hn::Set(d32, 0x04000040u)));
  const auto left = hn::Mul(low, hn::BitCast(d16, hn::Set(d32, 0x01000010u)));
  return hn::BitCast(Wide(), hn::Or(right, left));
}

// What to add to a digit, by its range: a-z and 0-9 by how far it is above 51, A-Z by 13.
HWY_INLINE V to_characters(V digits) {
  alignas(16) static constexpr std::uint8_t kAdd[16] = {
      'a' - 26,       252, 252, 252, 252, 252, 252, 252, 252, 252, 252, '+' - 62 + 256,
      '/' - 63 + 256, 'A', 0,   0};
  const Wide d;
  const auto above = hn::SaturatedSub(digits, hn::Set(d, 51));
  const auto is_upper = hn::Lt(digits, hn::Set(d, 26));
  const auto range = hn::IfThenElse(is_upper, hn::Set(d, 13), above);
  return hn::Add(digits, hn::TableLookupBytes(table(kAdd), range));
}

HWY_INLINE void encode_group(const std::uint8_t* from, std::uint8_t* to) {
  hn::StoreU(to_characters(split(load_octets(from))), Wide(), to);
}

std::size_t encode_whole_lines(const std::uint8_t* from, std::size_t lines, std::uint8_t* to) {
  for (std::size_t line = 0; line < lines; ++line, from += 57, to += 78) {
    std::size_t done = 0;
    for (; done + kOctets <= 57; done += kOctets) encode_group(from + done, to + done / 3 * 4);
    if (done < 57) encode_group(from + done, to + done / 3 * 4);
    to[76] = '\r';
    to[77] = '\n';
  }
  return lines * 78;
}

// A character is good if the classes of its two halves share no bit.
HWY_INLINE bool decode_group(const std::uint8_t* from, std::uint8_t* to) {
  alignas(16) static constexpr std::uint8_t kLow[16] = {0x15, 0x11, 0x11, 0x11, 0x11, 0x11,
                                                        0x11, 0x11, 0x11, 0x11, 0x13, 0x1a,
                                                        0x1b, 0x1b, 0x1b, 0x1a};
  alignas(16) static constexpr std::uint8_t kHigh[16] = {
      0x10, 0x10, 1, 2, 4, 8, 4, 8, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10};
  // By the high half: 52 - '0', -'A', 26 - 'a'; '/' has a place of its own before them.
  alignas(16) static constexpr std::uint8_t kAdd[16] = {0, 16, 19, 4, 191, 191, 185, 185,
                                                        0, 0,  0,  0, 0,   0,   0,   0};
  alignas(16) static constexpr std::uint8_t kPack[16] = {2, 1,  0,  6,  5,    4,    10,   9,
                                                         8, 14, 13, 12, 0x80, 0x80, 0x80, 0x80};
  const Wide d;
  const Wide32 d32;
  const auto text = hn::LoadU(d, from);
  const auto low = hn::And(text, hn::Set(d, 0x0f));
  const auto high = hn::ShiftRight<4>(text);
  const auto bad =
      hn::And(hn::TableLookupBytes(table(kLow), low), hn::TableLookupBytes(table(kHigh), high));
  if (!hn::AllTrue(d, hn::Eq(bad, hn::Zero(d)))) return false;
  const auto slash = hn::VecFromMask(d, hn::Eq(text, hn::Set(d, '/')));
  const auto digits = hn::Add(text, hn::TableLookupBytes(table(kAdd), hn::Add(high, slash)));
  const auto word = hn::BitCast(d32, digits);  // 00dddddd 00cccccc 00bbbbbb 00aaaaaa
  const auto mask = hn::Set(d32, 0x003f003fu);
  const auto pairs = hn::Or(hn::ShiftLeft<6>(hn::And(word, mask)),
                            hn::And(hn::ShiftRight<8>(word), mask));  // of 12 bits each
  const auto joined =
      hn::Or(hn::ShiftLeft<12>(hn::And(pairs, hn::Set(d32, 0xffffu))), hn::ShiftRight<16>(pairs));
  store_octets(hn::TableLookupBytes(hn::BitCast(d, joined), table(kPack)), to);
  return true;
}

// One line of a multiple of four characters without padding; the last group overlaps the one
// before.
bool decode_line(const std::uint8_t* from, std::size_t size, std::uint8_t* to) {
  std::size_t i = 0;
  for (; i + kDigits <= size; i += kDigits) {
    if (!decode_group(from + i, to + i / 4 * 3)) return false;
  }
  return i == size || decode_group(from + size - kDigits, to + (size - kDigits) / 4 * 3);
}

#endif

std::optional<std::size_t> decode_text(std::span<const std::uint8_t> text, std::uint8_t* out) {
  const std::uint8_t* const start = out;
  while (!text.empty()) {
    const void* found = std::memchr(text.data(), '\n', text.size());
    const std::size_t end =
        found == nullptr
            ? text.size()
            : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - text.data());
    std::size_t size = end;
    if (size > 0 && text[size - 1] == '\r') --size;
    if (size >= 32 && size % 4 == 0 && text[size - 1] != '=') {
      if (!decode_line(text.data(), size, out)) return std::nullopt;
      out += size / 4 * 3;
    } else {
      const auto decoded = scalar::decode(text.first(size), out);
      if (!decoded) return std::nullopt;
      out += *decoded;
    }
    text = text.subspan(found == nullptr ? end : end + 1);
  }
  return static_cast<std::size_t>(out - start);
}

}  // namespace bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bench {
namespace {

HWY_EXPORT(encode_whole_lines);
HWY_EXPORT(decode_text);

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

namespace scalar {

std::size_t encode(std::span<const std::uint8_t> octets, std::uint8_t* out) {
  std::uint8_t* const start = out;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::size_t left = octets.size() - i;
    const std::uint32_t group =
        octets[i] << 16 | (left > 1 ? octets[i + 1] << 8 : 0) | (left > 2 ? octets[i + 2] : 0);
    for (int shift = 18; shift >= 0; shift -= 6) {
      *out++ = static_cast<std::uint8_t>(kAlphabet[group >> shift & 63]);
    }
    for (std::size_t pad = left; pad < 3; ++pad) out[static_cast<std::ptrdiff_t>(pad) - 3] = '=';
  }
  if (out != start) {
    *out++ = '\r';
    *out++ = '\n';
  }
  return static_cast<std::size_t>(out - start);
}

std::optional<std::size_t> decode(std::span<const std::uint8_t> line, std::uint8_t* out) {
  std::uint8_t* const start = out;
  std::uint32_t group = 0;
  unsigned digits = 0;
  for (const std::uint8_t character : line) {
    if (character == '=') break;
    const void* place = character == 0 ? nullptr : std::strchr(kAlphabet, character);
    if (place == nullptr) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(static_cast<const char*>(place) - kAlphabet);
    if (++digits % 4 != 0) continue;
    for (int shift = 16; shift >= 0; shift -= 8) *out++ = static_cast<std::uint8_t>(group >> shift);
    group = 0;
  }
  if (digits % 4 >= 2) *out++ = static_cast<std::uint8_t>(group >> (digits % 4 == 2 ? 4 : 10));
  if (digits % 4 == 3) *out++ = static_cast<std::uint8_t>(group >> 2);
  return static_cast<std::size_t>(out - start);
}

}  // namespace scalar

std::size_t encode_lines(std::span<const std::uint8_t> octets, std::uint8_t* out) {
  const std::size_t lines = octets.size() / 57;
  const std::size_t used = HWY_DYNAMIC_DISPATCH(encode_whole_lines)(octets.data(), lines, out);
  return used + scalar::encode(octets.subspan(lines * 57), out + used);
}

std::optional<std::size_t> decode_lines(std::span<const std::uint8_t> text, std::uint8_t* out) {
  return HWY_DYNAMIC_DISPATCH(decode_text)(text, out);
}

}  // namespace bench
#endif  // HWY_ONCE
