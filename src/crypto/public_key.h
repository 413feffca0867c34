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

class PublicKey {
 public:
  // Errors: crypto.bad-key, crypto.unavailable, crypto.unknown-algorithm.
  static Result<PublicKey> parse(ByteView spki, const Limits& limits = {});

  KeyKind kind() const;
  // Strength as RSA counts it: modulus bits; for EC and others the field's bits.
  std::size_t bits() const;
  // The octets in the BIT STRING.
  ByteView subject_public_key() const;
  // DER of the named curve's OID element for EC keys, else empty.
  ByteView curve() const;
  // The hash that an id-RSASSA-PSS key prescribes allows this scheme (ALG-17);
  // true for other keys of a fitting kind.
  bool allows(const SignatureScheme& scheme) const;

  // True only if the signature fits; a signature of the wrong length, kind or
  // form is false. An Error means that it could not be checked: crypto.unavailable.
  Result<bool> verify(const SignatureScheme& scheme, ByteView message, ByteView signature) const;
  // The same when only the digest of the message is known. Not for EdDSA.
  Result<bool> verify_digest(const SignatureScheme& scheme, ByteView digest,
                             ByteView signature) const;

  // Encrypts a content key (RSA). Errors: crypto.encrypt-failed, crypto.bad-key.
  Result<Bytes> encrypt_key(const TransportScheme& scheme, ByteView key) const;

  struct Agreement {
    Bytes ephemeral;  // our public key: the octets for a BIT STRING
    Secret shared;    // as PrivateKey::agree
  };
  // Makes a fresh key of the same kind and curve and agrees with this one.
  Result<Agreement> agree_ephemeral() const;

 private:
  struct Inner;
  explicit PublicKey(std::shared_ptr<const Inner> inner);
  std::shared_ptr<const Inner> inner_;
};

}  // namespace bulla::crypto
