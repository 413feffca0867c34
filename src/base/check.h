// CHECK: a condition that only a bug can break. Aborts; never for input.
#pragma once

namespace bulla {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}  // namespace bulla

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::bulla::check_failed(#condition, __FILE__, __LINE__))
