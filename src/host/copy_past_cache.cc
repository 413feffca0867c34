#include "host/copy_past_cache.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace bulla::host {
namespace {

#ifdef __SSE2__
constexpr std::size_t kLine = 64;

// Whole lines; what was copied. REQUIRES: `to` is aligned to 16 octets.
std::size_t copy_lines(std::uint8_t* to, const std::uint8_t* from, std::size_t size) {
  std::size_t done = 0;
  for (; size - done >= kLine; done += kLine) {
    for (std::size_t i = done; i < done + kLine; i += sizeof(__m128i)) {
      __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
      _mm_stream_si128(reinterpret_cast<__m128i*>(to + i), octets);
    }
  }
  // Such stores are not in order with the others until told so, a mutex's among them.
  _mm_sfence();
  return done;
}
#endif

}  // namespace

void copy_past_cache(MutableByteView to, ByteView from) {
  CHECK(to.size() >= from.size());
  if (from.empty()) return;
  std::size_t done = 0;
#ifdef __SSE2__
  std::size_t odd = reinterpret_cast<std::uintptr_t>(to.data()) % sizeof(__m128i);
  done = std::min(odd == 0 ? 0 : sizeof(__m128i) - odd, from.size());
  std::memcpy(to.data(), from.data(), done);
  done += copy_lines(to.data() + done, from.data() + done, from.size() - done);
#endif
  std::memcpy(to.data() + done, from.data() + done, from.size() - done);
}

}  // namespace bulla::host
