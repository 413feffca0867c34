#include "message/content_hasher.h"

#include <algorithm>

#include "base/try.h"

namespace bulla {

void ContentHasher::add(Digest digest, const Limits& limits) {
  if (count_ >= limits.digests || has(digest)) return;
  if (feed_.digests.add(digest, limits)) ++count_;
}

Result<void> ContentHasher::write(ByteView bytes) {
  size_ += bytes.size();
  std::size_t room = cms::kContentBeginning - beginning_.size();
  append(beginning_, bytes.first(std::min(room, bytes.size())));
  return handover_ ? handover_->write(bytes) : digest(bytes);
}

Result<void> ContentHasher::digest(ByteView bytes) {
  if (line_ends_ == LineEnds::AsReceived) return feed_.write(bytes);
  if (differs_) {
    if (other_) other_->update(bytes);
    return canonicalizer_.write(bytes);
  }
  std::optional<cms::DigestSet> before = feed_.digests.clone();
  TRY_VOID(canonicalizer_.write(bytes));
  if (!canonicalizer_.saw().bare_lf) return {};
  // LF from the start is a Unix file: its octets as received were never signed.
  differs_ = true;
  if (!canonicalizer_.saw().crlf && line_ends_ == LineEnds::Canonical) return {};
  other_ = std::move(before);
  other_->update(bytes);
  return {};
}

Result<void> ContentHasher::finish() {
  if (handover_) TRY_VOID(handover_->settle());
  handover_.reset();
  TRY_VOID(canonicalizer_.flush());
  digests_ = feed_.digests.finish();
  if (other_) other_digests_ = other_->finish();
  return {};
}

}  // namespace bulla
