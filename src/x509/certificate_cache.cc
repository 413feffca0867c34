#include "x509/certificate_cache.h"

#include "base/try.h"
#include "crypto/digest.h"

namespace bulla::x509 {
namespace {

// The octets, and the limits that decide whether they can be read.
Result<std::string> key_of(ByteView der, const Limits& limits) {
  std::string key(as_text(TRY(crypto::hash(Digest::Sha256, der))));
  for (std::size_t limit : {limits.certificate_bytes, limits.der_depth, limits.der_elements}) {
    key += ' ';
    key += std::to_string(limit);
  }
  return key;
}

}  // namespace

Result<Certificate> CertificateCache::parse(ByteView der, const Limits& limits) {
  if (der.size() > limits.certificate_bytes) return failure(Rule::LimitSize);
  std::string key = TRY(key_of(der, limits));
  if (auto known = known_.find(key)) return *known;
  Certificate certificate = TRY(Certificate::parse(to_bytes(der), limits));
  known_.keep(key, certificate);
  return certificate;
}

Result<Certificate> parse_certificate(ByteView der, const Limits& limits, CertificateCache* cache) {
  return cache != nullptr ? cache->parse(der, limits) : Certificate::parse(to_bytes(der), limits);
}

}  // namespace bulla::x509
