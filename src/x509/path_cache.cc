#include "x509/path_cache.h"

#include "base/try.h"
#include "crypto/digest.h"

namespace bulla::x509 {
namespace {

void put(Bytes& key, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) {
    key.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

std::uint64_t version(const Versioned* source) { return source == nullptr ? 0 : source->version(); }

void put_options(Bytes& key, const PathOptions& options) {
  for (auto number :
       {static_cast<int>(options.purpose), static_cast<int>(options.revocation),
        static_cast<int>(options.weak), static_cast<int>(options.require_explicit_policy),
        static_cast<int>(options.inhibit_policy_mapping),
        static_cast<int>(options.inhibit_any_policy)}) {
    put(key, static_cast<std::uint64_t>(number));
  }
  put(key, options.initial_policies.size());
  for (const Oid& policy : options.initial_policies) {
    std::string text = policy.to_string();
    put(key, text.size());
    append(key, as_bytes(text));
  }
}

void put_limits(Bytes& key, const Limits& limits) {
  for (std::size_t limit :
       {limits.der_depth, limits.der_elements, limits.crls, limits.crl_bytes, limits.path_length,
        limits.path_candidates, limits.rsa_bits, limits.rsa_exponent_bits}) {
    put(key, limit);
  }
}

}  // namespace

void TimeWindow::narrow(Time turn, Time at) {
  if (turn <= at) after = std::max(after, turn);
  if (turn >= at) before = std::min(before, turn);
}

// Each part has a fixed size or is preceded by its size.
Result<std::string> PathCache::key(const PathFinder::Ports& ports, const Limits& limits,
                                   const Certificate& certificate, const Carried& carried,
                                   const PathOptions& options) {
  Bytes key;
  put(key, version(ports.trust));
  put(key, version(ports.certificates));
  put(key, version(ports.revocation));
  put(key, ports.online == nullptr ? 0 : 1);
  put_limits(key, limits);
  put_options(key, options);
  append(key, certificate.sha256());
  put(key, carried.certificates.size());
  for (const Certificate& candidate : carried.certificates) append(key, candidate.sha256());
  put(key, carried.crls.size());
  for (const auto* list : {&carried.crls, &carried.answers}) {
    for (const Bytes& item : *list) append(key, TRY(crypto::hash(Digest::Sha256, item)));
  }
  return std::string(as_text(TRY(crypto::hash(Digest::Sha256, key))));
}

std::shared_ptr<const PathResult> PathCache::find(const std::string& key, Time at) {
  auto entry = known_.find(key, [at](const Entry& known) { return known.window.contains(at); });
  return entry ? entry->result : nullptr;
}

void PathCache::keep(const std::string& key, const TimeWindow& window, const PathResult& result) {
  known_.keep(key, {window, std::make_shared<const PathResult>(result)});
}

}  // namespace bulla::x509
