#include "base/try.h"
#include "cms/verify.h"

namespace bulla::cms {

Result<void> DigestSet::add(Digest digest, const Limits& limits) {
  if (has(digest)) return {};
  if (hashers_.size() >= limits.digests) return failure(Rule::LimitDigests);
  hashers_.push_back(TRY(crypto::Hasher::create(digest)));
  return {};
}

bool DigestSet::has(Digest digest) const {
  for (const crypto::Hasher& hasher : hashers_) {
    if (hasher.digest() == digest) return true;
  }
  return false;
}

void DigestSet::update(ByteView bytes) {
  for (crypto::Hasher& hasher : hashers_) hasher.update(bytes);
}

DigestSet DigestSet::clone() const {
  DigestSet copy;
  for (const crypto::Hasher& hasher : hashers_) copy.hashers_.push_back(hasher.clone());
  return copy;
}

std::map<Digest, Bytes> DigestSet::finish() {
  std::map<Digest, Bytes> digests;
  for (crypto::Hasher& hasher : hashers_) digests.emplace(hasher.digest(), hasher.finish());
  hashers_.clear();
  return digests;
}

}  // namespace bulla::cms
