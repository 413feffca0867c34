#include "bulla/stream.h"

#include <algorithm>

namespace bulla {

Result<std::size_t> MemorySource::read(MutableByteView buffer) {
  std::size_t count = std::min(buffer.size(), bytes_.size() - position_);
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(position_), count, buffer.begin());
  position_ += count;
  return count;
}

Result<bool> MemorySource::rewind() {
  position_ = 0;
  return true;
}

Result<void> MemorySink::write(ByteView bytes) {
  append(pending_, bytes);
  return {};
}

Result<void> MemorySink::finish() {
  finished_ = std::move(pending_);
  return {};
}

}  // namespace bulla
