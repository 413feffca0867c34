#include "cli/stores.h"

#include "base/try.h"
#include "cli/store_place.h"
#include "host/environment.h"

namespace bulla::cli {

bool is_address(const std::string& text) {
  return text.find('@') != std::string::npos && text.find('/') == std::string::npos;
}

Result<Stores> Stores::open(const CommonOptions& common) { return Stores(TRY(find_store(common))); }

Stores::Stores(std::unique_ptr<store::Store> database)
    : folder_(host::data_folder()), database_(std::move(database)) {}

std::vector<const store::Collection*> Stores::collections() const {
  std::vector<const store::Collection*> all{&folder_};
  if (database_ != nullptr) all.push_back(database_.get());
  return all;
}

Result<std::vector<store::Candidate>> Stores::find_candidates(const store::Wish& wish) const {
  return store::find_candidates(collections(), wish);
}

Result<std::vector<Identity>> Stores::find_identities(const std::string& address,
                                                      const store::KeyAccess& access) const {
  return store::find_identities(collections(), address, access);
}

Result<std::optional<Capabilities>> Stores::find_capabilities(const std::string& address) const {
  if (database_ == nullptr) return std::optional<Capabilities>();
  return database_->capabilities().find(address);
}

}  // namespace bulla::cli
