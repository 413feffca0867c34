#include "store/locked_key.h"

#include "base/try.h"
#include "x509/key_info.h"

namespace bulla::store {

LockedKey::LockedKey(KeyRow row, std::string name, KeyAccess access)
    : row_(std::move(row)),
      name_(std::move(name)),
      access_(std::move(access)),
      kind_(x509::read_key_info(row_.public_key).kind) {}

Result<PrivateKeyPtr> LockedKey::open() const {
  if (row_.form == KeyRow::Form::Token) {
    if (!access_.find_in_token) return failure(Rule::CryptoUnavailable, 0, name_ + ": in a token");
    return access_.find_in_token(std::string(as_text(row_.pkcs8.view())), row_.public_key);
  }
  Secret passphrase;
  if (row_.form == KeyRow::Form::Encrypted) passphrase = TRY(access_.ask(name_));
  PrivateKeyPtr key = TRY(load_private_key(row_.pkcs8.view(), passphrase.view()));
  if (equal(key->subject_public_key_info(), row_.public_key)) return key;
  return failure(Rule::StoreDamaged, 0, name_ + ": a private key of another public key");
}

Result<PrivateKeyPtr> LockedKey::unlock() const {
  std::lock_guard lock(mutex_);
  if (!opened_) {
    opened_ = open();
    if (!*opened_ && opened_->error().detail.empty()) opened_->error().detail = name_;
  }
  return *opened_;
}

Result<Bytes> LockedKey::sign(const SignatureScheme& scheme, ByteView message) const {
  PrivateKeyPtr key = TRY(unlock());
  return key->sign(scheme, message);
}

Result<Secret> LockedKey::decrypt_key(const TransportScheme& scheme, ByteView encrypted_key,
                                      std::size_t size) const {
  PrivateKeyPtr key = TRY(unlock());
  return key->decrypt_key(scheme, encrypted_key, size);
}

Result<Secret> LockedKey::agree(ByteView peer) const {
  PrivateKeyPtr key = TRY(unlock());
  return key->agree(peer);
}

Result<Secret> LockedKey::decapsulate(KemAlgorithm algorithm, ByteView kemct) const {
  PrivateKeyPtr key = TRY(unlock());
  return key->decapsulate(algorithm, kemct);
}

Result<void> unlock(const Identity& identity) {
  const auto* locked = dynamic_cast<const LockedKey*>(identity.key.get());
  if (locked != nullptr) TRY_VOID(locked->unlock());
  return {};
}

}  // namespace bulla::store
