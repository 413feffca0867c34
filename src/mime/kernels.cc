#include "mime/kernels.h"

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

}  // namespace bulla::mime::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bulla::mime::kernels {

HWY_EXPORT(uneven_line_end);
HWY_EXPORT(dash_line);
HWY_EXPORT(not_seven_bit);

std::size_t find_uneven_line_end(ByteView octets) {
  return HWY_DYNAMIC_DISPATCH(uneven_line_end)(octets.data(), octets.size());
}

std::size_t find_dash_line(ByteView octets) {
  return HWY_DYNAMIC_DISPATCH(dash_line)(octets.data(), octets.size());
}

std::size_t find_not_seven_bit(ByteView octets) {
  return HWY_DYNAMIC_DISPATCH(not_seven_bit)(octets.data(), octets.size());
}

namespace scalar {

std::size_t find_uneven_line_end(ByteView octets) {
  for (std::size_t i = 1; i < octets.size(); ++i) {
    if ((octets[i] == '\n') != (octets[i - 1] == '\r')) return i;
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

}  // namespace scalar
}  // namespace bulla::mime::kernels
#endif  // HWY_ONCE
