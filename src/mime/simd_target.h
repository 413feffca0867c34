// Which of the compiled SIMD kernels this processor runs.
//
// Highway's own choice (HWY_DYNAMIC_DISPATCH) needs its shared library, which in version
// 1.0 measures a timer for 3 ms in every program that it is loaded into: longer than to
// sign a mail takes. So the choice is made here, once, and Highway is headers alone.
//
// Thread safety: all functions but the one for tests may be called from several threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace bulla::mime::kernels {

// Best first. On other processors than x86 the compiler's target is the only one.
enum class SimdTarget : std::uint8_t { Avx512, Avx2, Sse4, Ssse3, Baseline };

std::string_view name(SimdTarget target);

// What this processor has, best first; Baseline always.
const std::vector<SimdTarget>& available_targets();
// The best of them, or what a test wants.
SimdTarget current_target();
// REQUIRES: no other thread runs a kernel; the target is available. Nothing: the best again.
void use_target_for_test(std::optional<SimdTarget> target);

// The kernel for the current target, or the next that was compiled.
template <typename Function>
Function* choose_kernel(std::type_identity_t<Function*> avx512,
                        std::type_identity_t<Function*> avx2, std::type_identity_t<Function*> sse4,
                        std::type_identity_t<Function*> ssse3, Function* baseline) {
  Function* const all[] = {avx512, avx2, sse4, ssse3, baseline};
  auto index = static_cast<std::size_t>(current_target());
  while (all[index] == nullptr) ++index;
  return all[index];
}

}  // namespace bulla::mime::kernels

// In a file that <hwy/foreach_target.h> compiles once for each target, inside HWY_ONCE.
#if defined(__x86_64__)
#define BULLA_SIMD_KERNEL(function)                                                              \
  choose_kernel(HWY_CHOOSE_AVX3(function), HWY_CHOOSE_AVX2(function), HWY_CHOOSE_SSE4(function), \
                HWY_CHOOSE_SSSE3(function), &HWY_STATIC_DISPATCH(function))
#else
#define BULLA_SIMD_KERNEL(function) (&HWY_STATIC_DISPATCH(function))
#endif
