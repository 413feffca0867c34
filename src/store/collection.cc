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

Result<std::vector<Candidate>> find_candidates(Collections collections, const Wish& wish) {
  std::vector<Certificate> known;
  for (const Collection* collection : collections) {
    std::vector<Certificate> more = TRY(collection->find_certificates(wish.address));
    known.insert(known.end(), more.begin(), more.end());
  }
  std::vector<Candidate> candidates = rank(known, wish);
  if (candidates.empty()) return failure(Rule::KeyUnknownAddress, 0, wish.address);
  return candidates;
}

Result<Certificate> find_recipient(Collections collections, const Wish& wish) {
  return TRY(find_candidates(collections, wish)).front().certificate;
}

Result<std::vector<Identity>> find_identities(Collections collections, const std::string& address,
                                              const KeyAccess& access) {
  std::vector<Identity> found;
  for (const Collection* collection : collections) {
    for (Identity& identity : TRY(collection->find_identities(address, access))) {
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
