// The private keys of a store, as PKCS #8 or where they are, under the fingerprint of their public
// half.
#pragma once

#include <functional>
#include <optional>

#include "store/history.h"

namespace bulla::store {

struct KeyRow {
  Bytes public_key;  // DER SubjectPublicKeyInfo
  enum class Form { Encrypted, Plain, Token } form = Form::Encrypted;
  Secret pkcs8;  // EncryptedPrivateKeyInfo, PrivateKeyInfo, or the pkcs11: URI of a key in a token
  Time added;

  KeyRow clone() const;
};
std::string_view name(KeyRow::Form form);

// Whom a key is for, as long as no certificate says so. It stands in the history of the key, as a
// list of mailboxes (RFC 5322 3.4), with what else is to be asked for before it.
struct KeyOwner {
  std::string name;  // of a person, UTF-8; may be empty
  std::vector<std::string> addresses;
  std::string subject = {};  // the whole Name, as RFC 4514 writes it; empty: by the name
  std::string like = {};     // SHA-256 of the certificate to be renewed, hexadecimal; may be empty
};

class KeyTable {
 public:
  KeyTable(Database& database, History& history) : database_(database), history_(history) {}

  // Another form of a key that is there takes the place of the old one. REQUIRES: a
  // Transaction.
  [[nodiscard]] Result<void> put(const KeyRow& key, const Provenance& from);

  // The same for a key that was made here; `owner` says for whom.
  [[nodiscard]] Result<void> put_generated(const KeyRow& key, const KeyOwner& owner, Time at);
  // For whom a key was made: nothing if it was imported.
  Result<std::optional<KeyOwner>> find_owner(ByteView key_fingerprint) const;

  Result<std::optional<KeyRow>> find(ByteView key_fingerprint) const;
  Result<bool> has(ByteView key_fingerprint) const;
  // Oldest first. `take` must not use the database.
  Result<void> each(const std::function<Result<void>(const KeyRow&)>& take) const;
  Result<std::int64_t> count() const;
  [[nodiscard]] Result<void> find_faults(Faults& faults) const;

 private:
  Result<void> write(const KeyRow& key, std::string_view action, const Provenance& from);

  Database& database_;
  History& history_;
};

}  // namespace bulla::store
