// LockedKey: a private key of the store that is opened when it is first used.
//
// What the key is can be told from its public half, so that one among many is chosen, and a
// message is looked at, before anybody is asked for a passphrase.
//
// Thread safety: as PrivateKey.
#pragma once

#include <mutex>
#include <optional>

#include "bulla/trust.h"
#include "store/key_file.h"
#include "store/key_table.h"

namespace bulla::store {

class LockedKey final : public PrivateKey {
 public:
  // `name` is what is asked for a passphrase for.
  LockedKey(KeyRow row, std::string name, KeyAccess access);

  KeyKind kind() const override { return kind_; }
  Bytes subject_public_key_info() const override { return row_.public_key; }
  Result<Bytes> sign(const SignatureScheme& scheme, ByteView message) const override;
  Result<Secret> decrypt_key(const TransportScheme& scheme, ByteView encrypted_key,
                             std::size_t size) const override;
  Result<Secret> agree(ByteView peer) const override;
  Result<Secret> decapsulate(KemAlgorithm algorithm, ByteView kemct) const override;

  // Asks for the passphrase, or for the token, once. Errors: key.bad-passphrase,
  // key.passphrase-needed, those of a token, and store.damaged for a key that does not belong to
  // its public half.
  Result<PrivateKeyPtr> unlock() const;

 private:
  Result<PrivateKeyPtr> open() const;

  KeyRow row_;
  std::string name_;
  KeyAccess access_;
  KeyKind kind_;
  mutable std::mutex mutex_;
  mutable std::optional<Result<PrivateKeyPtr>> opened_;
};

// Opens the key of the identity now, if it is a LockedKey.
[[nodiscard]] Result<void> unlock(const Identity& identity);

}  // namespace bulla::store
