#include "mime/simd_target.h"

#include <atomic>

#include "base/check.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace bulla::mime::kernels {
namespace {

#if defined(__x86_64__)
// Of leaf 1 and leaf 0x80000001: not every compiler's __builtin_cpu_supports() knows them.
bool has_f16c_and_lzcnt() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  constexpr unsigned kF16c = 1u << 29;
  constexpr unsigned kLzcnt = 1u << 5;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kF16c) == 0) return false;
  return __get_cpuid(0x80000001, &a, &b, &c, &d) != 0 && (c & kLzcnt) != 0;
}

// What Highway lets the compiler use for each target; the system must save the registers
// too, which __builtin_cpu_supports() sees to.
bool has(SimdTarget target) {
  switch (target) {
    case SimdTarget::Avx512:
      return has(SimdTarget::Avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd");
    case SimdTarget::Avx2:
      return has(SimdTarget::Sse4) && __builtin_cpu_supports("avx") &&
             __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
             has_f16c_and_lzcnt();
    case SimdTarget::Sse4:
      return has(SimdTarget::Ssse3) && __builtin_cpu_supports("sse4.1") &&
             __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul") &&
             __builtin_cpu_supports("aes");
    case SimdTarget::Ssse3:
      return __builtin_cpu_supports("sse3") && __builtin_cpu_supports("ssse3");
    case SimdTarget::Baseline:
      return true;
  }
  return false;
}
#else
bool has(SimdTarget target) { return target == SimdTarget::Baseline; }
#endif

std::vector<SimdTarget> find_targets() {
  std::vector<SimdTarget> found;
  for (SimdTarget target : {SimdTarget::Avx512, SimdTarget::Avx2, SimdTarget::Sse4,
                            SimdTarget::Ssse3, SimdTarget::Baseline}) {
    if (has(target)) found.push_back(target);
  }
  return found;
}

std::atomic<SimdTarget>& chosen_target() {
  static std::atomic<SimdTarget> target = available_targets().front();
  return target;
}

}  // namespace

std::string_view name(SimdTarget target) {
  switch (target) {
    case SimdTarget::Avx512:
      return "AVX-512";
    case SimdTarget::Avx2:
      return "AVX2";
    case SimdTarget::Sse4:
      return "SSE4";
    case SimdTarget::Ssse3:
      return "SSSE3";
    case SimdTarget::Baseline:
      return "baseline";
  }
  return "";
}

const std::vector<SimdTarget>& available_targets() {
  static const std::vector<SimdTarget> targets = find_targets();
  return targets;
}

SimdTarget current_target() { return chosen_target().load(std::memory_order_relaxed); }

void use_target_for_test(std::optional<SimdTarget> target) {
  CHECK(!target || has(*target));
  chosen_target() = target.value_or(available_targets().front());
}

}  // namespace bulla::mime::kernels
