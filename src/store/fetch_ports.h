// The store's memory of what was fetched, behind the ports of bulla/trust.h and bulla/fetch.h.
// Issuers that were fetched stand behind StoreCertSource (store/ports.h).
#pragma once

#include <memory>

#include "bulla/fetch.h"
#include "bulla/trust.h"
#include "store/fetch_table.h"

namespace bulla::store {

// Lists at hand, and behind them what was fetched. Without a table, the lists at hand alone.
class StoreRevocationSource final : public RevocationSource {
 public:
  StoreRevocationSource(std::unique_ptr<RevocationSource> at_hand, const FetchTable* table)
      : at_hand_(std::move(at_hand)), table_(table) {}

  std::vector<Bytes> find_by_issuer(ByteView issuer_der) const override;
  std::vector<Bytes> find_answers(ByteView issuer_der, ByteView serial) const override;
  // There is something new in the table.
  void renew() { changed(); }

 private:
  std::unique_ptr<RevocationSource> at_hand_;
  const FetchTable* table_;
};

// Fetches by another, and remembers what came and what did not. All must outlive it.
class CachingFetcher final : public Fetcher {
 public:
  CachingFetcher(std::shared_ptr<const Fetcher> inner, FetchTable& table,
                 StoreRevocationSource& revocation, Time at)
      : inner_(std::move(inner)), table_(table), revocation_(revocation), at_(at) {}

  Result<Bytes> fetch(const FetchRequest& request, FetchBudget& budget) const override;
  void keep(const Fetched& fetched) const override;

 private:
  std::shared_ptr<const Fetcher> inner_;
  FetchTable& table_;
  StoreRevocationSource& revocation_;
  Time at_;
};

}  // namespace bulla::store
