// The private keys of a store, as PKCS #8, under the fingerprint of their public half.
#pragma once

#include <functional>
#include <optional>

#include "store/history.h"

namespace bulla::store {

struct KeyRow {
  Bytes public_key;  // DER SubjectPublicKeyInfo
  enum class Form { Encrypted, Plain } form = Form::Encrypted;
  Secret pkcs8;  // EncryptedPrivateKeyInfo or PrivateKeyInfo
  Time added;

  KeyRow clone() const;
};
std::string_view name(KeyRow::Form form);

class KeyTable {
 public:
  KeyTable(Database& database, History& history) : database_(database), history_(history) {}

  // Another form of a key that is there takes the place of the old one. REQUIRES: a
  // Transaction.
  [[nodiscard]] Result<void> put(const KeyRow& key, const Provenance& from);

  Result<std::optional<KeyRow>> find(ByteView key_fingerprint) const;
  Result<bool> has(ByteView key_fingerprint) const;
  // Oldest first. `take` must not use the database.
  Result<void> each(const std::function<Result<void>(const KeyRow&)>& take) const;
  Result<std::int64_t> count() const;
  [[nodiscard]] Result<void> find_faults(Faults& faults) const;

 private:
  Database& database_;
  History& history_;
};

}  // namespace bulla::store
