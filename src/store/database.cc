#include "store/database.h"

#include <utility>

#include "base/try.h"

namespace bulla::store {

Result<Transaction> Transaction::begin(Database& database) {
  TRY_VOID(database.begin());
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->run("ROLLBACK");
}

Result<void> Transaction::commit() {
  TRY_VOID(database_->run("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace bulla::store
