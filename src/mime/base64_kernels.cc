#include "mime/base64_digits.h"
#include "mime/kernels.h"
#include "mime/simd_target.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mime/base64_kernels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace bulla::mime::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Emulated vectors are no faster than the scalar form. Where a processor loads the high octet
// first, the places in a group are others.
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128 || \
    __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__

std::size_t base64_lines(ByteView octets, std::string_view line_break, MutableByteView out) {
  return scalar::encode_base64_lines(octets, line_break, out);
}

Progress base64_groups(ByteView digits, MutableByteView out) {
  return scalar::decode_base64(digits, out);
}

#else

// After Mula and Lemire, "Faster Base64 Encoding and Decoding using AVX2 Instructions" (2018).
// The last vector of a line of 76 overlaps the one before instead of being shorter, so that
// nothing depends on where it ends. Vectors of 64 octets were measured to be slower than ones
// of 32, on a processor that has them (Zen 4).
using Octets = hn::CappedTag<std::uint8_t, 32>;
constexpr Octets kOctets;
using Words = hn::Repartition<std::uint16_t, Octets>;
using Groups = hn::Repartition<std::uint32_t, Octets>;
using OctetVector = hn::Vec<Octets>;

// The pair in every group.
HWY_INLINE hn::Vec<Words> words(std::uint32_t pair) {
  return hn::BitCast(Words(), hn::Set(Groups(), pair));
}

HWY_INLINE OctetVector every(std::uint8_t octet) { return hn::Set(kOctets, octet); }

// Looks up in a table of 16 octets.
HWY_INLINE OctetVector look_up(const std::uint8_t* table, OctetVector indices) {
  return hn::TableLookupBytes(hn::LoadDup128(kOctets, table), indices);
}

// The digits of the first three quarters of the octets.
HWY_INLINE OctetVector to_digits(OctetVector octets) {
  // To each block of 16 octets the 12 that it encodes, then each digit's bits to its place.
  alignas(32) static constexpr std::uint32_t kSpread[8] = {0, 1, 2, 2, 3, 4, 5, 5};
  alignas(16) static constexpr std::uint8_t kPlaces[16] = {1, 0, 2, 1, 4,  3, 5,  4,
                                                           7, 6, 8, 7, 10, 9, 11, 10};
  // What to add to a value; by 0 for letters a to z, 1 to 10 for digits, 11 for "+", 12 for "/",
  // 13 for A to Z.
  alignas(16) static constexpr std::uint8_t kShifts[16] = {71,  252, 252, 252, 252, 252, 252, 252,
                                                           252, 252, 252, 237, 240, 65,  0,   0};
  const Groups groups;
  const auto spread =
      hn::TableLookupLanes(hn::BitCast(groups, octets), hn::SetTableIndices(groups, kSpread));
  const auto placed =
      hn::TableLookupBytes(hn::BitCast(kOctets, spread), hn::LoadDup128(kOctets, kPlaces));
  const auto bits = hn::BitCast(Words(), placed);
  const auto even = hn::MulHigh(hn::And(bits, words(0x0fc0fc00)), words(0x04000040));
  const auto odd = hn::Mul(hn::And(bits, words(0x003f03f0)), words(0x01000010));
  const auto values = hn::BitCast(kOctets, hn::Or(even, odd));
  const auto kind =
      hn::IfThenElse(hn::Lt(values, every(26)), every(13), hn::SaturatedSub(values, every(51)));
  return hn::Add(values, look_up(kShifts, kind));
}

// The values of digits; a lane of `bad` gets a bit where an octet is none.
HWY_INLINE OctetVector to_values(OctetVector digits, OctetVector& bad) {
  // An octet is a digit if the entries for its two halves share no bit.
  alignas(16) static constexpr std::uint8_t kLow[16] = {0x15, 0x11, 0x11, 0x11, 0x11, 0x11,
                                                        0x11, 0x11, 0x11, 0x11, 0x13, 0x1a,
                                                        0x1b, 0x1b, 0x1b, 0x1a};
  alignas(16) static constexpr std::uint8_t kHigh[16] = {0x10, 0x10, 0x01, 0x02, 0x04, 0x08,
                                                         0x04, 0x08, 0x10, 0x10, 0x10, 0x10,
                                                         0x10, 0x10, 0x10, 0x10};
  // What to add to a digit, by its upper half, one less for "/".
  alignas(16) static constexpr std::uint8_t kShifts[16] = {0, 16, 19, 4, 191, 191, 185, 185,
                                                           0, 0,  0,  0, 0,   0,   0,   0};
  const auto high = hn::ShiftRight<4>(digits);
  const auto low = hn::And(digits, every(0x0f));
  bad = hn::Or(bad, hn::And(look_up(kLow, low), look_up(kHigh, high)));
  const auto slash = hn::VecFromMask(kOctets, hn::Eq(digits, every('/')));
  return hn::Add(digits, look_up(kShifts, hn::Add(high, slash)));
}

// Four values of six bits to three octets; those fill the first three quarters.
HWY_INLINE OctetVector to_octets(OctetVector values) {
  alignas(16) static constexpr std::uint8_t kBigEndian[16] = {2, 1,  0,  6,  5, 4, 10, 9,
                                                              8, 14, 13, 12, 3, 7, 11, 15};
  alignas(32) static constexpr std::uint32_t kGather[8] = {0, 1, 2, 4, 5, 6, 3, 7};
  const Groups groups;
  const auto x = hn::BitCast(Words(), values);
  // Twelve bits in each word, and above them some that the next step drops.
  const auto twelve = hn::BitCast(groups, hn::Or(hn::ShiftLeft<6>(x), hn::ShiftRight<8>(x)));
  const auto group = hn::Or(hn::And(hn::ShiftLeft<12>(twelve), hn::Set(groups, 0xfff000u)),
                            hn::And(hn::ShiftRight<16>(twelve), hn::Set(groups, 0x000fffu)));
  const auto octets =
      hn::TableLookupBytes(hn::BitCast(kOctets, group), hn::LoadDup128(kOctets, kBigEndian));
  // The last quarter of the indices means nothing, but has to be in range.
  const auto lanes = static_cast<std::uint32_t>(hn::Lanes(groups));
  const auto from = hn::And(hn::Load(groups, kGather), hn::Set(groups, lanes - 1));
  return hn::BitCast(
      kOctets, hn::TableLookupLanes(hn::BitCast(groups, octets), hn::IndicesFromVec(groups, from)));
}

HWY_INLINE void encode_at(const std::uint8_t* in, std::uint8_t* out, std::size_t digit) {
  hn::StoreU(to_digits(hn::LoadU(kOctets, in + digit / 4 * 3)), kOctets, out + digit);
}

HWY_INLINE void decode_at(const std::uint8_t* in, std::uint8_t* out, std::size_t digit,
                          OctetVector& bad) {
  const auto values = to_values(hn::LoadU(kOctets, in + digit), bad);
  hn::StoreU(to_octets(values), kOctets, out + digit / 4 * 3);
}

// Lines for whose last vector enough octets are there to be loaded; returns how many lines.
std::size_t encode_lines(ByteView octets, std::string_view line_break, std::uint8_t* out) {
  const std::size_t lanes = hn::Lanes(kOctets);
  const std::size_t last = kBase64LineDigits - lanes;
  const std::size_t loaded = last / 4 * 3 + lanes;
  const std::uint8_t* in = octets.data();
  std::size_t lines = 0;
  for (std::size_t left = octets.size(); left >= loaded; left -= kBase64LineOctets, ++lines) {
    for (std::size_t digit = 0; digit < last; digit += lanes) encode_at(in, out, digit);
    encode_at(in, out, last);
    out += kBase64LineDigits;
    for (char c : line_break) *out++ = static_cast<std::uint8_t>(c);
    in += kBase64LineOctets;
  }
  return lines;
}

// 2 for CR LF, 1 for LF, else 0.
HWY_INLINE std::size_t line_break_size(const std::uint8_t* at, std::size_t left) {
  if (left >= 1 && at[0] == '\n') return 1;
  return left >= 2 && at[0] == '\r' && at[1] == '\n' ? 2 : 0;
}

// Lines of so many digits and octets of line end, until one is different.
// REQUIRES: digits are a multiple of four, and not less than a vector has lanes.
HWY_INLINE void decode_lines(Base64Cursor& at, std::size_t digits, std::size_t line_break) {
  const std::size_t lanes = hn::Lanes(kOctets);
  const std::size_t last = digits - lanes;
  const std::size_t octets = digits / 4 * 3;
  while (at.left() >= digits + line_break && at.room() >= octets + lanes / 4 &&
         line_break_size(at.in + digits, line_break) == line_break) {
    auto bad = hn::Zero(kOctets);
    for (std::size_t digit = 0; digit < last; digit += lanes) decode_at(at.in, at.out, digit, bad);
    decode_at(at.in, at.out, last, bad);
    if (!hn::AllTrue(kOctets, hn::Eq(bad, hn::Zero(kOctets)))) return;
    at.in += digits + line_break;
    at.out += octets;
  }
}

void decode(Base64Cursor& at) {
  const std::size_t lanes = hn::Lanes(kOctets);
  const std::uint8_t* line = at.in;
  while (at.left() >= lanes && at.room() >= lanes) {
    auto bad = hn::Zero(kOctets);
    decode_at(at.in, at.out, 0, bad);
    const auto found = hn::FindFirstTrue(kOctets, hn::Ne(bad, hn::Zero(kOctets)));
    const std::size_t good = found < 0 ? lanes : static_cast<std::size_t>(found) / 4 * 4;
    at.in += good;
    at.out += good / 4 * 3;
    if (found < 0) continue;
    const std::size_t line_break = line_break_size(at.in, at.left());
    if (line_break == 0) {
      if (!at.take_group()) return;
      continue;
    }
    const auto digits = static_cast<std::size_t>(at.in - line);
    at.in += line_break;
    if (digits >= lanes && digits % 4 == 0) decode_lines(at, digits, line_break);
    line = at.in;
  }
}

std::size_t base64_lines(ByteView octets, std::string_view line_break, MutableByteView out) {
  const std::size_t lines = encode_lines(octets, line_break, out.data());
  const std::size_t written = lines * (kBase64LineDigits + line_break.size());
  return written + scalar::encode_base64_lines(octets.subspan(lines * kBase64LineOctets),
                                               line_break, out.subspan(written));
}

Progress base64_groups(ByteView digits, MutableByteView out) {
  Base64Cursor at{digits.data(), digits.data() + digits.size(), out.data(),
                  out.data() + out.size()};
  decode(at);
  while (at.take_group()) {
  }
  return {digits.size() - at.left(), out.size() - at.room()};
}

#endif  // vectors

}  // namespace bulla::mime::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bulla::mime::kernels {

std::size_t encode_base64_lines(ByteView octets, std::string_view line_break, MutableByteView out) {
  return BULLA_SIMD_KERNEL(base64_lines)(octets, line_break, out);
}

Progress decode_base64(ByteView digits, MutableByteView out) {
  return BULLA_SIMD_KERNEL(base64_groups)(digits, out);
}

namespace scalar {

std::size_t encode_base64_lines(ByteView octets, std::string_view line_break, MutableByteView out) {
  std::uint8_t* end = out.data();
  for (; octets.size() >= kBase64LineOctets; octets = octets.subspan(kBase64LineOctets)) {
    for (std::size_t i = 0; i < kBase64LineOctets; i += 3, end += 4) {
      put_digits(octets.data() + i, end);
    }
    for (char c : line_break) *end++ = static_cast<std::uint8_t>(c);
  }
  return static_cast<std::size_t>(end - out.data());
}

Progress decode_base64(ByteView digits, MutableByteView out) {
  Base64Cursor at{digits.data(), digits.data() + digits.size(), out.data(),
                  out.data() + out.size()};
  while (at.take_group()) {
  }
  return {digits.size() - at.left(), out.size() - at.room()};
}

}  // namespace scalar
}  // namespace bulla::mime::kernels
#endif  // HWY_ONCE
