// What the mail programs of peers can read, by address (bulla/capabilities.h).
#pragma once

#include <functional>
#include <optional>

#include "bulla/capabilities.h"
#include "store/history.h"

namespace bulla::store {

class CapabilityTable {
 public:
  CapabilityTable(Database& database, History& history) : database_(database), history_(history) {}

  // Keeps the statement if it supersedes the one that is there. `signer`: the SHA-256 of the
  // certificate whose owner said so. REQUIRES: a Transaction.
  [[nodiscard]] Result<bool> put(std::string_view address, const Capabilities& stated,
                                 ByteView signer, const Provenance& from);

  Result<std::optional<Capabilities>> find(std::string_view address) const;
  // All, by address; `signer` as in put(). `take` must not use the database.
  struct Statement {
    std::string address;
    Capabilities stated;
    Bytes signer;
  };
  Result<void> each(const std::function<Result<void>(const Statement&)>& take) const;
  Result<std::int64_t> count() const;
  [[nodiscard]] Result<void> find_faults(Faults& faults) const;

 private:
  Database& database_;
  History& history_;
};

}  // namespace bulla::store
