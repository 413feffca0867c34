// Stores: where a person keeps certificates and keys, looked at when something is asked for by
// address: the database, if there is one, and the folder beside it.
#pragma once

#include <memory>
#include <optional>

#include "base/try.h"
#include "cli/options.h"
#include "store/directory_store.h"
#include "store/store.h"

namespace bulla::cli {

bool is_address(const std::string& text);

class Stores {
 public:
  // Nothing is made. Errors: those of find_store().
  static Result<Stores> open(const CommonOptions& common);
  // Around a database that is open, or null.
  explicit Stores(std::unique_ptr<store::Store> database);

  // Null if there is none.
  const store::Store* database() const { return database_.get(); }
  std::unique_ptr<store::Store> take_database() { return std::move(database_); }
  const store::DirectoryStore& folder() const { return folder_; }

  Result<std::vector<store::Candidate>> find_candidates(const store::Wish& wish) const;
  Result<std::vector<Identity>> find_identities(const std::string& address,
                                                const store::KeyAccess& access) const;
  // What the recipient stated in a mail that was imported.
  Result<std::optional<Capabilities>> find_capabilities(const std::string& address) const;

 private:
  std::vector<const store::Collection*> collections() const;

  store::DirectoryStore folder_;
  std::unique_ptr<store::Store> database_;
};

// Opened when the first word needs it. `common` must outlive it.
class LazyStores {
 public:
  explicit LazyStores(const CommonOptions& common) : common_(common) {}
  Result<Stores*> get() {
    if (!stores_) stores_ = TRY(Stores::open(common_));
    return &*stores_;
  }

 private:
  const CommonOptions& common_;
  std::optional<Stores> stores_;
};

}  // namespace bulla::cli
