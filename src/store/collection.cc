#include "store/collection.h"

#include <algorithm>

#include "base/try.h"
#include "x509/address_match.h"

namespace bulla::store {
namespace {

bool is_for(const Certificate& certificate, const std::string& address) {
  return x509::match_address(certificate, address, x509::LocalPart::Exact).has_value();
}

}  // namespace

bool may_encrypt(const Certificate& certificate) {
  return certificate.allows(KeyUsage::KeyEncipherment) ||
         certificate.allows(KeyUsage::KeyAgreement);
}

std::optional<Certificate> choose_recipient(const std::vector<Certificate>& certificates,
                                            const std::string& address, Time at) {
  std::optional<Certificate> best;
  auto rank = [&](const Certificate& one) {
    bool valid = one.not_before() <= at && at <= one.not_after();
    return (may_encrypt(one) ? 2 : 0) + (valid ? 1 : 0);
  };
  for (const Certificate& candidate : certificates) {
    if (!is_for(candidate, address)) continue;
    if (!best || rank(candidate) > rank(*best) ||
        (rank(candidate) == rank(*best) && candidate.not_before() > best->not_before())) {
      best = candidate;
    }
  }
  return best;
}

Result<Certificate> find_recipient(Collections collections, const std::string& address, Time at) {
  std::vector<Certificate> known;
  for (const Collection* collection : collections) {
    std::vector<Certificate> more = TRY(collection->find_certificates(address));
    known.insert(known.end(), more.begin(), more.end());
  }
  if (auto chosen = choose_recipient(known, address, at)) return *chosen;
  return failure(Rule::KeyUnknownAddress, 0, address);
}

Result<std::vector<Identity>> find_identities(Collections collections, const std::string& address,
                                              const AskPassphrase& ask) {
  std::vector<Identity> found;
  for (const Collection* collection : collections) {
    for (Identity& identity : TRY(collection->find_identities(address, ask))) {
      bool is_own = identity.certificate && is_for(*identity.certificate, address);
      if (is_own) found.push_back(std::move(identity));
    }
  }
  if (found.empty()) return failure(Rule::KeyUnknownAddress, 0, address);
  std::stable_sort(found.begin(), found.end(), [](const Identity& a, const Identity& b) {
    return a.certificate->not_before() > b.certificate->not_before();
  });
  return found;
}

}  // namespace bulla::store
