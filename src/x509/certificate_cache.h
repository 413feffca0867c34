// CertificateCache: certificates that come again, read once.
//
// Thread safety: all functions may be called from several threads.
#pragma once

#include "base/lru_cache.h"
#include "bulla/certificate.h"

namespace bulla::x509 {

class CertificateCache {
 public:
  explicit CertificateCache(std::size_t capacity) : known_(capacity) {}

  // As Certificate::parse(), with the same limits. What cannot be read is read again.
  Result<Certificate> parse(ByteView der, const Limits& limits);

  CacheCounters counters() const { return known_.counters(); }
  void clear() { known_.clear(); }

 private:
  LruCache<Certificate> known_;
};

// With a cache or without.
Result<Certificate> parse_certificate(ByteView der, const Limits& limits, CertificateCache* cache);

}  // namespace bulla::x509
