// What a cache says of itself.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bulla {

struct CacheCounters {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t dropped = 0;  // entries that made room for others
  std::size_t entries = 0;
  std::size_t capacity = 0;
};

}  // namespace bulla
