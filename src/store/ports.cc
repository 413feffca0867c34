#include "store/ports.h"

#include <algorithm>

#include "store/locked_key.h"

namespace bulla::store {
namespace {

void add_rows(std::vector<Certificate>& to, const Result<CertificateTable::Rows>& rows) {
  if (!rows) return;
  for (const CertificateRow& row : *rows) {
    if (std::find(to.begin(), to.end(), row.certificate) == to.end()) to.push_back(row.certificate);
  }
}

}  // namespace

std::vector<Certificate> StoreCertSource::find_by_subject(ByteView subject_der) const {
  std::vector<Certificate> found = at_hand_->find_by_subject(subject_der);
  if (store_ == nullptr) return found;
  add_rows(found, store_->certificates().find_by_subject(subject_der));
  auto fetched = store_->fetched().find(Fetched::Kind::Issuer, subject_der, {});
  for (Bytes& der : fetched.value_or(std::vector<Bytes>())) {
    auto certificate = Certificate::parse(std::move(der));
    bool is_new = certificate && std::find(found.begin(), found.end(), *certificate) == found.end();
    if (is_new) found.push_back(std::move(*certificate));
  }
  return found;
}

std::vector<Certificate> StoreCertSource::find_by_issuer_serial(ByteView issuer_der,
                                                                ByteView serial) const {
  std::vector<Certificate> found = at_hand_->find_by_issuer_serial(issuer_der, serial);
  if (store_ != nullptr) {
    add_rows(found, store_->certificates().find_by_issuer_serial(issuer_der, serial));
  }
  return found;
}

std::vector<Certificate> StoreCertSource::find_by_key_identifier(ByteView identifier) const {
  std::vector<Certificate> found = at_hand_->find_by_key_identifier(identifier);
  if (store_ != nullptr) {
    add_rows(found, store_->certificates().find_by_key_identifier(identifier));
  }
  return found;
}

std::vector<Identity> StoreKeySource::find(const RecipientName& name) const {
  std::vector<Identity> candidates = at_hand_.find(name);
  std::lock_guard lock(mutex_);
  if (store_ != nullptr) {
    auto named = store_->find_named(name, access_);
    if (!named && !error_) error_ = named.error();
    if (named) candidates.insert(candidates.end(), named->begin(), named->end());
  }
  std::vector<Identity> usable;
  for (Identity& candidate : candidates) {
    if (!open(candidate)) continue;
    bool is_there = std::any_of(usable.begin(), usable.end(), [&](const Identity& one) {
      return one.key == candidate.key && one.certificate == candidate.certificate;
    });
    if (!is_there) usable.push_back(std::move(candidate));
  }
  return usable;
}

// Gives the identity a key that is open, one and the same for all certificates of it.
bool StoreKeySource::open(Identity& identity) const {
  Bytes public_key = identity.key->subject_public_key_info();
  auto known = std::find_if(opened_.begin(), opened_.end(), [&](const Identity& one) {
    return one.key->subject_public_key_info() == public_key;
  });
  if (known != opened_.end()) {
    identity.key = known->key;
    return true;
  }
  if (std::find(refused_.begin(), refused_.end(), public_key) != refused_.end()) return false;
  if (auto unlocked = unlock(identity); !unlocked) {
    refused_.push_back(std::move(public_key));
    if (!error_) error_ = unlocked.error();
    return false;
  }
  opened_.push_back(identity);
  return true;
}

std::optional<Error> StoreKeySource::lock_error() const {
  std::lock_guard lock(mutex_);
  return opened_.empty() ? error_ : std::nullopt;
}

}  // namespace bulla::store
