#include "store/database.h"

#include <utility>

#include "base/try.h"

namespace bulla::store {

Result<Transaction> Transaction::begin(Database& database, Access access) {
  TRY_VOID(database.begin(access));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ != nullptr) database_->roll_back();
}

Result<void> Transaction::commit() {
  TRY_VOID(database_->commit());
  database_ = nullptr;
  return {};
}

}  // namespace bulla::store
