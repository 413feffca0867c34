#include "store/fetch_ports.h"

namespace bulla::store {
namespace {

// A service that does not answer is left alone for so long (T-75).
constexpr std::chrono::minutes kPatience{10};

void add(std::vector<Bytes>& to, Result<std::vector<Bytes>> found) {
  // What cannot be read of a cache is not there.
  if (!found) return;
  for (Bytes& one : *found) to.push_back(std::move(one));
}

}  // namespace

std::vector<Bytes> StoreRevocationSource::find_by_issuer(ByteView issuer_der) const {
  std::vector<Bytes> found = at_hand_->find_by_issuer(issuer_der);
  if (table_ != nullptr) add(found, table_->find(Fetched::Kind::List, issuer_der, {}));
  return found;
}

std::vector<Bytes> StoreRevocationSource::find_answers(ByteView issuer_der, ByteView serial) const {
  std::vector<Bytes> found = at_hand_->find_answers(issuer_der, serial);
  if (table_ != nullptr) add(found, table_->find(Fetched::Kind::Answer, issuer_der, serial));
  return found;
}

Result<Bytes> CachingFetcher::fetch(const FetchRequest& request, FetchBudget& budget) const {
  auto why = table_.find_failure(request.url, at_);
  if (why && *why) return failure(Rule::IoNetwork, 0, **why + " (some minutes ago)");
  auto octets = inner_->fetch(request, budget);
  if (!octets && octets.error().rule == Rule::IoNetwork) {
    // A store that cannot be written to remembers nothing.
    auto kept = table_.keep_failure(request.url, octets.error().detail, at_ + kPatience);
    (void)kept;
  }
  return octets;
}

void CachingFetcher::keep(const Fetched& fetched) const {
  if (table_.keep(fetched, at_)) revocation_.renew();
}

}  // namespace bulla::store
