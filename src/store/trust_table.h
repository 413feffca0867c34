// What a person or an administrator decided about roots: whether they count for mail, and when.
#pragma once

#include <optional>

#include "store/certificate_table.h"

namespace bulla::store {

struct Trust {
  // Distrusted: no root, whatever the system says.
  enum class Decision { Trusted, Distrusted } decision = Decision::Trusted;
  std::optional<Time> since;  // messages judged at an earlier time do not count on it
  std::optional<Time> until;

  bool counts_at(Time at) const;
};
std::string_view name(Trust::Decision decision);

struct TrustRow {
  Certificate certificate;
  Trust trust;
};

class TrustTable {
 public:
  TrustTable(Database& database, History& history) : database_(database), history_(history) {}

  // REQUIRES: a Transaction, and that the certificate is in the store.
  [[nodiscard]] Result<void> put(const Certificate& root, const Trust& trust,
                                 const Provenance& from);
  // Nothing happens if there is no decision. REQUIRES: a Transaction.
  [[nodiscard]] Result<void> remove(const Certificate& root, const Provenance& from);

  Result<std::optional<Trust>> find(ByteView sha256) const;
  // All decisions; the thousand newest at most.
  Result<std::vector<TrustRow>> list() const;
  [[nodiscard]] Result<void> find_faults(Faults& faults) const;

 private:
  Database& database_;
  History& history_;
};

}  // namespace bulla::store
