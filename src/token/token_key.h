// TokenKey: a private key in a token of PKCS #11, for RSA and EC.
//
// The token computes with the private key and does nothing else that can be done here: digests, key
// derivation and the check of a padding are ours, so that its answers tell a sender nothing (T-29).
//
// Thread safety: as PrivateKey.
#pragma once

#include <mutex>

#include "bulla/key.h"
#include "crypto/public_key.h"
#include "token/session.h"

namespace bulla::token {

class TokenKey final : public PrivateKey {
 public:
  // Errors: crypto.bad-key, crypto.unavailable for other kinds of keys.
  static Result<PrivateKeyPtr> make(std::shared_ptr<const Session> session, CK_OBJECT_HANDLE handle,
                                    Bytes public_key_info);

  KeyKind kind() const override { return public_key_.kind(); }
  Bytes subject_public_key_info() const override { return spki_; }
  // Beside the errors of PrivateKey: io.token, crypto.unavailable for what the token does not do.
  Result<Bytes> sign(const SignatureScheme& scheme, ByteView message) const override;
  Result<Secret> decrypt_key(const TransportScheme& scheme, ByteView encrypted_key,
                             std::size_t size) const override;
  Result<Secret> agree(ByteView peer) const override;

 private:
  TokenKey(std::shared_ptr<const Session> session, CK_OBJECT_HANDLE handle, Bytes spki,
           crypto::PublicKey public_key);

  Result<Bytes> ask_for_signature(const SignatureScheme& scheme, Bytes digest) const;
  Result<Answer> decrypt_raw(ByteView block) const;
  Result<Answer> decrypt_oaep(const TransportScheme& scheme, ByteView encrypted_key) const;
  Result<Secret> rejection_seed() const;
  std::size_t octets() const { return (public_key_.bits() + 7) / 8; }

  std::shared_ptr<const Session> session_;
  CK_OBJECT_HANDLE handle_;
  Bytes spki_;
  crypto::PublicKey public_key_;
  mutable std::mutex mutex_;
  mutable Secret seed_;
};

}  // namespace bulla::token
