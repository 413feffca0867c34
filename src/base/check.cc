#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace bulla {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "bulla: bug: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace bulla
