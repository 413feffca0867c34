#include "message/seal_buffer.h"

#include "base/try.h"

namespace bulla {
namespace {

constexpr std::size_t kBlock = 64u << 10;

}  // namespace

Result<void> Coalescer::write(ByteView octets) {
  if (held_.size() + octets.size() > kBlock) TRY_VOID(flush());
  if (octets.size() >= kBlock) return next().write(octets);
  if (held_.capacity() == 0) held_.reserve(kBlock);
  append(held_, octets);
  return {};
}

Result<void> Coalescer::flush() {
  if (held_.empty()) return {};
  Result<void> written = next().write(held_);
  held_.clear();
  return written;
}

}  // namespace bulla
