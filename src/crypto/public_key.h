// PublicKey: a SubjectPublicKeyInfo, checked and ready for use.
//
// Sizes are gated before libcrypto sees the numbers (T-65, T-66): RSA modulus and
// exponent, named curves only, points on the curve.
#pragma once

#include <memory>

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"

namespace bulla::crypto {

// A shared secret, and what carries it to a key's holder (RFC 9629 2).
struct Encapsulation {
  Bytes kemct;
  Secret shared;
};

class PublicKey {
 public:
  // Errors: crypto.bad-key, crypto.unavailable, crypto.unknown-algorithm.
  static Result<PublicKey> parse(ByteView spki, const Limits& limits = {});

  KeyKind kind() const;
  // Strength as RSA counts it: modulus bits; for EC and others the field's bits.
  std::size_t bits() const;
  // The octets in the BIT STRING.
  ByteView subject_public_key() const;
  // DER of the named curve's OID element for EC keys, of p, g and q for DH keys, else empty.
  ByteView curve() const;
  // The hash that an id-RSASSA-PSS key prescribes allows this scheme (ALG-17);
  // true for other keys of a fitting kind.
  bool allows(const SignatureScheme& scheme) const;

  // True only if the signature fits; a signature of the wrong length, kind or
  // form is false. An Error means that it could not be checked: crypto.unavailable.
  Result<bool> verify(const SignatureScheme& scheme, ByteView message, ByteView signature) const;
  // The same when only the digest of the message is known. Not for those that sign the
  // message itself (is_pure).
  Result<bool> verify_digest(const SignatureScheme& scheme, ByteView digest,
                             ByteView signature) const;

  // Encrypts a content key (RSA). Errors: crypto.encrypt-failed, crypto.bad-key.
  Result<Bytes> encrypt_key(const TransportScheme& scheme, ByteView key) const;
  // A fresh secret for the key's holder (RSA-KEM, ML-KEM). Errors: as above.
  Result<Encapsulation> encapsulate() const;

 private:
  friend class EphemeralKey;
  struct Inner;
  explicit PublicKey(std::shared_ptr<const Inner> inner);
  std::shared_ptr<const Inner> inner_;
};

// A fresh key for the originator of one message. All recipients with a key of the same
// kind and curve may share it (RFC 5753 3.1): making it costs as much as using it.
class EphemeralKey {
 public:
  // Errors: crypto.bad-key for keys that cannot agree, crypto.encrypt-failed.
  static Result<EphemeralKey> make_for(const PublicKey& recipient);
  EphemeralKey(EphemeralKey&&) noexcept;
  ~EphemeralKey();

  // The public half: the octets for a BIT STRING.
  ByteView subject_public_key() const;
  bool fits(const PublicKey& recipient) const;
  // As PrivateKey::agree(). REQUIRES: fits(recipient).
  Result<Secret> agree(const PublicKey& recipient) const;

 private:
  struct Inner;
  explicit EphemeralKey(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace bulla::crypto
