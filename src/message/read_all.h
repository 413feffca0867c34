// Everything that a Source has, a chunk at a time.
#pragma once

#include <memory>

#include "base/try.h"
#include "bulla/stream.h"

namespace bulla {

// Calls push(ByteView) for each chunk.
template <typename Push>
Result<void> read_all(Source& in, Push push) {
  // Large enough that calls do not count, small enough for constant memory.
  constexpr std::size_t kChunk = 256u << 10;
  // Left as it is: to clear it would cost more than a small message does.
  auto buffer = std::make_unique_for_overwrite<std::uint8_t[]>(kChunk);
  for (;;) {
    std::size_t count = TRY(in.read({buffer.get(), kChunk}));
    if (count == 0) return {};
    TRY_VOID(push(ByteView(buffer.get(), count)));
  }
}

// The Sink is not finished.
[[nodiscard]] inline Result<void> pump(Source& in, Sink& to) {
  return read_all(in, [&to](ByteView octets) { return to.write(octets); });
}

}  // namespace bulla
