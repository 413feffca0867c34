#include <bit>
#include <cstring>

#include "mime/kernels.h"
#include "mime/simd_target.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mime/line_end_kernels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace bulla::mime::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128 || \
    __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__

Converted to_crlf(ByteView octets, std::uint8_t before, MutableByteView out) {
  return scalar::lf_to_crlf(octets, before, out);
}

std::size_t to_lf(ByteView octets, MutableByteView out) { return scalar::crlf_to_lf(octets, out); }

#else

// A vector goes out as it is. Then, for each of its octets where a line ends, what stands from
// there on is written again at its new place: a whole vector each time, so that nothing depends
// on how far it is to the next one. The loops end where such a vector would reach past the input.
using Text = hn::CappedTag<std::uint8_t, 64>;
constexpr Text kText;
using TextMask = hn::Mask<Text>;

template <typename Bits>
HWY_INLINE std::uint64_t load_bits(const std::uint8_t* from) {
  Bits bits;
  std::memcpy(&bits, from, sizeof bits);
  return bits;
}

// A bit for each lane, the first is the lowest.
HWY_INLINE std::uint64_t bits_of(TextMask mask) {
  alignas(8) std::uint8_t stored[8] = {};
  switch (hn::StoreMaskBits(kText, mask, stored)) {
    // Loads as wide as the store are forwarded to it.
    case 2:
      return load_bits<std::uint16_t>(stored);
    case 4:
      return load_bits<std::uint32_t>(stored);
    default:
      return load_bits<std::uint64_t>(stored);
  }
}

HWY_INLINE TextMask equals(const std::uint8_t* at, std::uint8_t octet) {
  return hn::Eq(hn::LoadU(kText, at), hn::Set(kText, octet));
}

HWY_INLINE void copy(const std::uint8_t* from, std::uint8_t* to) {
  hn::StoreU(hn::LoadU(kText, from), kText, to);
}

Converted to_crlf(ByteView octets, std::uint8_t before, MutableByteView out) {
  const std::size_t lanes = hn::Lanes(kText);
  const std::uint8_t* in = octets.data();
  // The first octet has no predecessor in memory.
  Converted seen = scalar::lf_to_crlf(octets.first(octets.empty() ? 0 : 1), before, out);
  std::uint8_t* end = out.data() + seen.written;
  auto crlf = hn::FirstN(kText, 0);
  auto bare_cr = hn::FirstN(kText, 0);
  std::size_t i = 1;
  for (; i + 2 * lanes <= octets.size(); i += lanes) {
    const auto is_lf = equals(in + i, '\n');
    const auto after_cr = equals(in + i - 1, '\r');
    crlf = hn::Or(crlf, hn::And(is_lf, after_cr));
    bare_cr = hn::Or(bare_cr, hn::AndNot(is_lf, after_cr));
    copy(in + i, end);
    for (std::uint64_t bits = bits_of(hn::AndNot(after_cr, is_lf)); bits != 0; bits &= bits - 1) {
      const auto at = static_cast<std::size_t>(std::countr_zero(bits));
      end[at] = '\r';
      ++end;
      copy(in + i + at, end + at);
    }
    end += lanes;
  }
  const auto written = static_cast<std::size_t>(end - out.data());
  if (i >= octets.size()) return seen;
  Converted rest = scalar::lf_to_crlf(octets.subspan(i), in[i - 1], out.subspan(written));
  return {.written = written + rest.written,
          .crlf = seen.crlf || rest.crlf || !hn::AllFalse(kText, crlf),
          .bare_cr = seen.bare_cr || rest.bare_cr || !hn::AllFalse(kText, bare_cr)};
}

std::size_t to_lf(ByteView octets, MutableByteView out) {
  const std::size_t lanes = hn::Lanes(kText);
  const std::uint8_t* in = octets.data();
  std::size_t i = 0;
  std::size_t dropped = 0;
  for (; i + 2 * lanes < octets.size(); i += lanes) {
    copy(in + i, out.data() + i - dropped);
    const auto drop = hn::And(equals(in + i, '\r'), equals(in + i + 1, '\n'));
    for (std::uint64_t bits = bits_of(drop); bits != 0; bits &= bits - 1) {
      const auto at = i + static_cast<std::size_t>(std::countr_zero(bits));
      copy(in + at + 1, out.data() + at - dropped);
      ++dropped;
    }
  }
  const std::size_t written = i - dropped;
  return written + scalar::crlf_to_lf(octets.subspan(i), out.subspan(written));
}

#endif  // vectors

}  // namespace bulla::mime::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bulla::mime::kernels {

Converted lf_to_crlf(ByteView octets, std::uint8_t before, MutableByteView out) {
  return BULLA_SIMD_KERNEL(to_crlf)(octets, before, out);
}

std::size_t crlf_to_lf(ByteView octets, MutableByteView out) {
  return BULLA_SIMD_KERNEL(to_lf)(octets, out);
}

namespace scalar {

Converted lf_to_crlf(ByteView octets, std::uint8_t before, MutableByteView out) {
  Converted seen;
  for (std::uint8_t octet : octets) {
    bool after_cr = before == '\r';
    seen.crlf |= after_cr && octet == '\n';
    seen.bare_cr |= after_cr && octet != '\n';
    if (octet == '\n' && !after_cr) out[seen.written++] = '\r';
    out[seen.written++] = octet;
    before = octet;
  }
  return seen;
}

std::size_t crlf_to_lf(ByteView octets, MutableByteView out) {
  std::size_t written = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    bool dropped = octets[i] == '\r' && i + 1 < octets.size() && octets[i + 1] == '\n';
    if (!dropped) out[written++] = octets[i];
  }
  return written;
}

}  // namespace scalar
}  // namespace bulla::mime::kernels
#endif  // HWY_ONCE
