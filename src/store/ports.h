// The store behind the ports through which the library asks (bulla/trust.h).
#pragma once

#include "bulla/trust.h"
#include "store/store.h"
#include "x509/memory_key_source.h"

namespace bulla::store {

// Certificates at hand, and behind them those of the store, which may be null, and issuers that
// were fetched. What cannot be read of the store is not there; `bulla store verify` tells.
class StoreCertSource final : public CertSource {
 public:
  StoreCertSource(std::unique_ptr<CertSource> at_hand, const Store* store)
      : at_hand_(std::move(at_hand)), store_(store) {}

  std::vector<Certificate> find_by_subject(ByteView subject_der) const override;
  std::vector<Certificate> find_by_issuer_serial(ByteView issuer_der,
                                                 ByteView serial) const override;
  std::vector<Certificate> find_by_key_identifier(ByteView identifier) const override;

 private:
  std::unique_ptr<CertSource> at_hand_;
  const Store* store_;
};

// Keys at hand, and behind them those of the store that a message names, whatever their
// address (USERS 31). A key is opened when a message names it; one that cannot be opened is
// left out, and the reason is kept.
class StoreKeySource final : public KeySource {
 public:
  // Without a store, the keys at hand alone.
  StoreKeySource(x509::MemoryKeySource at_hand, const Store* store, KeyAccess access)
      : at_hand_(std::move(at_hand)), store_(store), access_(std::move(access)) {}

  std::vector<Identity> find(const RecipientName& name) const override;
  std::vector<Identity> without_certificate() const override {
    return at_hand_.without_certificate();
  }
  Secret find_kek(ByteView key_identifier) const override {
    return at_hand_.find_kek(key_identifier);
  }
  std::vector<Secret> passwords() const override { return at_hand_.passwords(); }
  std::vector<Secret> content_keys() const override { return at_hand_.content_keys(); }

  // Why a key that a message named could not be opened, if none could.
  std::optional<Error> lock_error() const;

 private:
  x509::MemoryKeySource at_hand_;
  const Store* store_;
  bool open(Identity& identity) const;

  KeyAccess access_;
  mutable std::mutex mutex_;
  mutable std::vector<Identity> opened_;  // so that nobody is asked twice
  mutable std::vector<Bytes> refused_;    // public keys
  mutable std::optional<Error> error_;
};

}  // namespace bulla::store
