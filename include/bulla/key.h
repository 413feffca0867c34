// PrivateKey: what a key's holder can do with it.
//
// The library asks for operations, never for the key, so that a key may live in
// a token, in another process, or in memory (load_private_key). Signing and
// decryption of content keys both go through here.
//
//   Secret made = TRY(generate_private_key("rsa-3072"));
//   PrivateKeyPtr key = TRY(load_private_key(made.view()));
//
// Thread safety: const functions may be called from several threads.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla {

class PrivateKey {
 public:
  virtual ~PrivateKey() = default;

  virtual KeyKind kind() const = 0;

  // The public half as DER SubjectPublicKeyInfo (RFC 5280 4.1.2.7).
  virtual Bytes subject_public_key_info() const = 0;

  // Signs the message (not its digest). ECDSA gives a DER Ecdsa-Sig-Value, RSA
  // and EdDSA the raw octets.
  [[nodiscard]] virtual Result<Bytes> sign(const SignatureScheme& scheme,
                                           ByteView message) const = 0;

  // Recovers a content key of `size` octets that was encrypted to this RSA key.
  // With PKCS #1 v1.5 bad padding and a wrong size are not errors: the result is
  // then a key that depends on ciphertext and private key alone (implicit
  // rejection; T-26, T-29), in time that does not tell the difference. All other
  // failures are Rule::EncFailed.
  [[nodiscard]] virtual Result<Secret> decrypt_key(const TransportScheme& scheme,
                                                   ByteView encrypted_key,
                                                   std::size_t size) const = 0;

  // The Diffie-Hellman shared secret with a public key of the same kind and curve:
  // for EC the x-coordinate padded to the field size (KM-21), for X25519 and X448
  // the raw result, never all zero (KM-26). `peer` is the octets in the BIT STRING
  // of the peer's SubjectPublicKeyInfo. Failures are Rule::EncFailed.
  [[nodiscard]] virtual Result<Secret> agree(ByteView peer) const = 0;

  // The secret that `kemct` encapsulates to this key (RFC 9629): for ML-KEM the shared
  // secret, for RSA-KEM the integer z as octets (RFC 9690 A.2). Of an encapsulation that was
  // changed it is another one (FIPS 203 6.3). Failures are Rule::EncFailed, and so is what a
  // key gives that does not override this.
  [[nodiscard]] virtual Result<Secret> decapsulate(KemAlgorithm algorithm, ByteView kemct) const;
};

using PrivateKeyPtr = std::shared_ptr<const PrivateKey>;

// Reads one key: DER PKCS #8 (RFC 5958), PKCS #1 RSAPrivateKey or SEC 1
// ECPrivateKey, or EncryptedPrivateKeyInfo with the passphrase. Errors:
// key.passphrase-needed, key.bad-passphrase, key.unreadable, crypto.bad-key,
// crypto.unavailable, limit.iterations.
[[nodiscard]] Result<PrivateKeyPtr> load_private_key(ByteView der, ByteView passphrase = {});

// Makes a key of one of key_types(), as DER PrivateKeyInfo for load_private_key(). Errors:
// crypto.unknown-algorithm for another type, and crypto.unavailable for one that the libcrypto at
// hand does not have.
[[nodiscard]] Result<Secret> generate_private_key(std::string_view type);

// "rsa-3072", "p256", "ed25519", "x25519", "ml-dsa-65", … Valid as long as the program runs.
std::vector<std::string_view> key_types();
// The type of a key from its DER SubjectPublicKeyInfo; empty if keys like it are not made.
std::string_view find_key_type(ByteView subject_public_key_info);

}  // namespace bulla
