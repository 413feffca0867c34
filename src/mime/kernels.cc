#include "mime/kernels.h"

#include "mime/octet_kinds.h"
#include "mime/simd_target.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mime/kernels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace bulla::mime::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Each kernel strides over whole vectors and leaves the rest to the scalar twin, which
// begins early enough to see what crosses the border.

std::size_t uneven_line_end(const std::uint8_t* octets, std::size_t size) {
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto lf = hn::Set(d, '\n');
  const auto cr = hn::Set(d, '\r');
  std::size_t i = 1;
  for (; i + lanes <= size; i += lanes) {
    const auto is_lf = hn::Eq(hn::LoadU(d, octets + i), lf);
    const auto after_cr = hn::Eq(hn::LoadU(d, octets + i - 1), cr);
    const auto found = hn::FindFirstTrue(d, hn::Xor(is_lf, after_cr));
    if (found >= 0) return i + static_cast<std::size_t>(found);
  }
  for (; i < size; ++i) {
    if ((octets[i] == '\n') != (octets[i - 1] == '\r')) return i;
  }
  return size;
}

std::size_t bare_lf(const std::uint8_t* octets, std::size_t size) {
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto lf = hn::Set(d, '\n');
  const auto cr = hn::Set(d, '\r');
  std::size_t i = 1;
  for (; i + lanes <= size; i += lanes) {
    const auto is_lf = hn::Eq(hn::LoadU(d, octets + i), lf);
    const auto after_cr = hn::Eq(hn::LoadU(d, octets + i - 1), cr);
    const auto found = hn::FindFirstTrue(d, hn::AndNot(after_cr, is_lf));
    if (found >= 0) return i + static_cast<std::size_t>(found);
  }
  for (; i < size; ++i) {
    if (octets[i] == '\n' && octets[i - 1] != '\r') return i;
  }
  return size;
}

std::size_t dash_line(const std::uint8_t* octets, std::size_t size) {
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto lf = hn::Set(d, '\n');
  const auto dash = hn::Set(d, '-');
  std::size_t i = 0;
  for (; i + lanes + 2 <= size; i += lanes) {
    const auto is_lf = hn::Eq(hn::LoadU(d, octets + i), lf);
    const auto first = hn::Eq(hn::LoadU(d, octets + i + 1), dash);
    const auto second = hn::Eq(hn::LoadU(d, octets + i + 2), dash);
    const auto found = hn::FindFirstTrue(d, hn::And(is_lf, hn::And(first, second)));
    if (found >= 0) return i + static_cast<std::size_t>(found);
  }
  for (; i + 2 < size; ++i) {
    if (octets[i] == '\n' && octets[i + 1] == '-' && octets[i + 2] == '-') return i;
  }
  return size;
}

std::size_t not_seven_bit(const std::uint8_t* octets, std::size_t size) {
  const hn::ScalableTag<std::int8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto one = hn::Set(d, 1);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto octet = hn::LoadU(d, reinterpret_cast<const std::int8_t*>(octets + i));
    const auto found = hn::FindFirstTrue(d, hn::Lt(octet, one));
    if (found >= 0) return i + static_cast<std::size_t>(found);
  }
  for (; i < size; ++i) {
    if (octets[i] == 0 || octets[i] >= 0x80) return i;
  }
  return size;
}

std::size_t not_literal(const std::uint8_t* octets, std::size_t size) {
  const hn::ScalableTag<std::int8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto space = hn::Set(d, ' ');
  const auto del = hn::Set(d, 0x7f);
  const auto equals = hn::Set(d, '=');
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    // An octet past ASCII is a negative number here.
    const auto octet = hn::LoadU(d, reinterpret_cast<const std::int8_t*>(octets + i));
    const auto escaped = hn::Or(hn::Eq(octet, del), hn::Eq(octet, equals));
    const auto found = hn::FindFirstTrue(d, hn::Or(hn::Lt(octet, space), escaped));
    if (found >= 0) return i + static_cast<std::size_t>(found);
  }
  for (; i < size; ++i) {
    if (!is_literal(octets[i])) return i;
  }
  return size;
}

// is_foreign_control by the two halves of an octet: a bit for each row of the code table that
// has any, set for the columns that are foreign. With `past_ascii` the upper rows have one too.
// Says how far whole strides are clean.
std::size_t skip_clean(const std::uint8_t* octets, std::size_t size, bool past_ascii) {
#if HWY_TARGET == HWY_SCALAR
  (void)octets, (void)size, (void)past_ascii;
  return 0;
#else
  constexpr std::uint8_t kRow0 = 1, kRow1 = 2, kRow7 = 4, kUpper = 8, kBoth = kRow0 | kRow1;
  alignas(16) static constexpr std::uint8_t kColumns[16] = {
      kBoth | kUpper, kBoth | kUpper, kBoth | kUpper, kBoth | kUpper,
      kBoth | kUpper, kBoth | kUpper, kBoth | kUpper, kBoth | kUpper,
      kBoth | kUpper, kRow1 | kUpper, kUpper,         kUpper,
      kRow1 | kUpper, kRow1 | kUpper, kRow1 | kUpper, kRow1 | kRow7 | kUpper};
  const std::uint8_t upper = past_ascii ? kUpper : 0;
  alignas(16) const std::uint8_t kRows[16] = {
      kRow0, kRow1, 0, 0, 0, 0, 0, kRow7, upper, upper, upper, upper, upper, upper, upper, upper};
  const hn::ScalableTag<std::uint8_t> d;
  const hn::Repartition<std::uint16_t, decltype(d)> d16;
  const std::size_t lanes = hn::Lanes(d);
  const auto columns = hn::LoadDup128(d, kColumns);
  const auto rows = hn::LoadDup128(d, kRows);
  const auto low = hn::Set(d, 0x0f);
  auto classes = [&](std::size_t at) {
    const auto octet = hn::LoadU(d, octets + at);
    const auto row = hn::And(hn::BitCast(d, hn::ShiftRight<4>(hn::BitCast(d16, octet))), low);
    return hn::And(hn::TableLookupBytes(columns, hn::And(octet, low)),
                   hn::TableLookupBytes(rows, row));
  };
  std::size_t i = 0;
  for (; i + 4 * lanes <= size; i += 4 * lanes) {
    const auto first = hn::Or(classes(i), classes(i + lanes));
    const auto second = hn::Or(classes(i + 2 * lanes), classes(i + 3 * lanes));
    if (!hn::AllTrue(d, hn::Eq(hn::Or(first, second), hn::Zero(d)))) break;
  }
  return i;
#endif
}

std::size_t foreign(const std::uint8_t* octets, std::size_t size, bool past_ascii) {
  for (std::size_t i = skip_clean(octets, size, past_ascii); i < size; ++i) {
    if (is_foreign_control(octets[i]) || (past_ascii && octets[i] >= 0x80)) return i;
  }
  return size;
}

std::size_t foreign_control(const std::uint8_t* octets, std::size_t size) {
  return foreign(octets, size, false);
}

std::size_t foreign_octet(const std::uint8_t* octets, std::size_t size) {
  return foreign(octets, size, true);
}

std::size_t unsafe_in_lines(const std::uint8_t* octets, std::size_t size) {
  const hn::ScalableTag<std::int8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto one = hn::Set(d, 1);
  const auto lf = hn::Set(d, '\n');
  const auto cr = hn::Set(d, '\r');
  const auto space = hn::Set(d, ' ');
  const auto tab = hn::Set(d, '\t');
  const auto from = hn::Set(d, 'F');
  if (size > 0 && is_unsafe('\n', octets[0])) return 0;
  std::size_t i = 1;
  for (; i + lanes <= size; i += lanes) {
    const auto octet = hn::LoadU(d, reinterpret_cast<const std::int8_t*>(octets + i));
    const auto before = hn::LoadU(d, reinterpret_cast<const std::int8_t*>(octets + i - 1));
    const auto half = hn::Xor(hn::Eq(octet, lf), hn::Eq(before, cr));
    const auto blank = hn::Or(hn::Eq(before, space), hn::Eq(before, tab));
    const auto end = hn::And(hn::Eq(octet, cr), blank);
    const auto start = hn::And(hn::Eq(octet, from), hn::Eq(before, lf));
    const auto unsafe = hn::Or(hn::Or(hn::Lt(octet, one), half), hn::Or(end, start));
    const auto found = hn::FindFirstTrue(d, unsafe);
    if (found >= 0) return i + static_cast<std::size_t>(found);
  }
  for (; i < size; ++i) {
    if (is_unsafe(octets[i - 1], octets[i])) return i;
  }
  return size;
}

}  // namespace bulla::mime::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bulla::mime::kernels {

std::size_t find_uneven_line_end(ByteView octets) {
  return BULLA_SIMD_KERNEL(uneven_line_end)(octets.data(), octets.size());
}

std::size_t find_bare_lf(ByteView octets) {
  return BULLA_SIMD_KERNEL(bare_lf)(octets.data(), octets.size());
}

std::size_t find_dash_line(ByteView octets) {
  return BULLA_SIMD_KERNEL(dash_line)(octets.data(), octets.size());
}

std::size_t find_not_seven_bit(ByteView octets) {
  return BULLA_SIMD_KERNEL(not_seven_bit)(octets.data(), octets.size());
}

std::size_t find_not_literal(ByteView octets) {
  return BULLA_SIMD_KERNEL(not_literal)(octets.data(), octets.size());
}

std::size_t find_foreign_control(ByteView octets) {
  return BULLA_SIMD_KERNEL(foreign_control)(octets.data(), octets.size());
}

std::size_t find_foreign_octet(ByteView octets) {
  return BULLA_SIMD_KERNEL(foreign_octet)(octets.data(), octets.size());
}

std::size_t find_unsafe_in_lines(ByteView octets) {
  return BULLA_SIMD_KERNEL(unsafe_in_lines)(octets.data(), octets.size());
}

namespace scalar {

std::size_t find_uneven_line_end(ByteView octets) {
  for (std::size_t i = 1; i < octets.size(); ++i) {
    if ((octets[i] == '\n') != (octets[i - 1] == '\r')) return i;
  }
  return octets.size();
}

std::size_t find_bare_lf(ByteView octets) {
  for (std::size_t i = 1; i < octets.size(); ++i) {
    if (octets[i] == '\n' && octets[i - 1] != '\r') return i;
  }
  return octets.size();
}

std::size_t find_dash_line(ByteView octets) {
  for (std::size_t i = 0; i + 2 < octets.size(); ++i) {
    if (octets[i] == '\n' && octets[i + 1] == '-' && octets[i + 2] == '-') return i;
  }
  return octets.size();
}

std::size_t find_not_seven_bit(ByteView octets) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] == 0 || octets[i] >= 0x80) return i;
  }
  return octets.size();
}

std::size_t find_not_literal(ByteView octets) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (!is_literal(octets[i])) return i;
  }
  return octets.size();
}

std::size_t find_foreign_control(ByteView octets) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (is_foreign_control(octets[i])) return i;
  }
  return octets.size();
}

std::size_t find_foreign_octet(ByteView octets) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (is_foreign_control(octets[i]) || octets[i] >= 0x80) return i;
  }
  return octets.size();
}

std::size_t find_unsafe_in_lines(ByteView octets) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (is_unsafe(i == 0 ? std::uint8_t{'\n'} : octets[i - 1], octets[i])) return i;
  }
  return octets.size();
}

}  // namespace scalar
}  // namespace bulla::mime::kernels
#endif  // HWY_ONCE
