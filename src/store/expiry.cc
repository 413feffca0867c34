#include "store/expiry.h"

#include <algorithm>
#include <tuple>

#include "base/try.h"
#include "x509/address_match.h"

namespace bulla::store {
namespace {

bool may_sign(const Certificate& certificate) {
  return certificate.allows(KeyUsage::DigitalSignature) ||
         certificate.allows(KeyUsage::NonRepudiation);
}

// Whether `later` does all that `earlier` does, for longer.
bool takes_over(const CertificateRow& later, const Certificate& earlier) {
  const Certificate& certificate = later.certificate;
  return later.standing == Standing::Used && certificate.not_after() > earlier.not_after() &&
         certificate.is_ca() == earlier.is_ca() &&
         (may_encrypt(certificate) || !may_encrypt(earlier)) &&
         (may_sign(certificate) || !may_sign(earlier));
}

class Search {
 public:
  explicit Search(const Store& store) : store_(store) {}

  // Of one's own, one that has a key here too takes its place.
  Result<bool> is_replaced(const Found& found) const {
    const Certificate& certificate = found.row.certificate;
    std::vector<std::string> names = x509::filing_names(certificate);
    if (names.empty()) {
      auto rows = TRY(store_.certificates().find_by_subject(certificate.subject_der()));
      return any(std::move(rows), found);
    }
    for (const std::string& one : names) {
      auto rows = TRY(store_.certificates().find_by_address(one));
      if (!TRY(any(std::move(rows), found))) return false;
    }
    return true;
  }

 private:
  Result<bool> any(CertificateTable::Rows rows, const Found& found) const {
    for (CertificateRow& row : rows) {
      if (!takes_over(row, found.row.certificate)) continue;
      Found later = TRY(store_.describe(std::move(row)));
      bool is_as_good = later.has_key || !found.has_key;
      bool is_as_trusted = later.trust.has_value() || !found.trust;
      if (is_as_good && is_as_trusted) return true;
    }
    return false;
  }

  const Store& store_;
};

Expiring::Whose whose(const Found& found) {
  if (found.has_key) return Expiring::Whose::Own;
  if (found.trust) return Expiring::Whose::Root;
  return found.row.certificate.is_ca() ? Expiring::Whose::Authority : Expiring::Whose::Peer;
}

}  // namespace

std::string_view name(Expiring::Whose whose) {
  switch (whose) {
    case Expiring::Whose::Own:
      return "own";
    case Expiring::Whose::Root:
      return "root";
    case Expiring::Whose::Authority:
      return "authority";
    case Expiring::Whose::Peer:
      return "peer";
  }
  return "";
}

Result<std::vector<Expiring>> find_expiring(const Store& store, Time at,
                                            std::chrono::seconds within) {
  Search search(store);
  std::vector<Expiring> expiring;
  for (CertificateRow& row : TRY(store.certificates().find_ending(at + within))) {
    Time end = row.certificate.not_after();
    Found found = TRY(store.describe(std::move(row)));
    bool is_distrusted = found.trust && found.trust->decision == Trust::Decision::Distrusted;
    Expiring::Whose kind = whose(found);
    bool is_others = kind == Expiring::Whose::Peer || kind == Expiring::Whose::Authority;
    bool is_past = is_others && end < at - within;
    if (is_distrusted || is_past || TRY(search.is_replaced(found))) continue;
    expiring.push_back({.whose = kind, .found = std::move(found)});
  }
  std::sort(expiring.begin(), expiring.end(), [](const Expiring& a, const Expiring& b) {
    auto key = [](const Expiring& one) {
      return std::tuple(one.whose, one.found.row.certificate.not_after());
    };
    return key(a) < key(b);
  });
  return expiring;
}

}  // namespace bulla::store
