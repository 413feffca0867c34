// What a PasswordRecipientInfo needs (RFC 3211): PBKDF2 and its parameters, and
// id-alg-PWRI-KEK, which wraps a content key under the derived key.
#pragma once

#include <optional>

#include "asn1/algorithm_identifier.h"
#include "bulla/algorithm.h"
#include "bulla/limits.h"
#include "bulla/result.h"

namespace bulla::cms {

inline constexpr Oid kPbkdf2 = Oid::of("1.2.840.113549.1.5.12");
inline constexpr Oid kPwriKek = Oid::of("1.2.840.113549.1.9.16.3.9");

// PBKDF2-params (RFC 8018 A.2).
struct PasswordDerivation {
  Bytes salt;
  std::uint64_t iterations = 0;
  std::optional<std::size_t> key_size;  // octets, as the message says
  Digest prf = Digest::Sha1;            // the hash of the HMAC

  // Errors: crypto.unknown-algorithm for another KDF, PRF or salt source,
  // crypto.bad-parameters, limit.iterations.
  static Result<PasswordDerivation> read(const asn1::AlgorithmIdentifier& algorithm,
                                         const Limits& limits);
  asn1::AlgorithmIdentifier identifier() const;
  // The key of `size` octets. An own key_size that differs is crypto.bad-parameters.
  Result<Secret> derive(ByteView password, std::size_t size) const;
};

// The parameters of id-alg-PWRI-KEK: the CBC cipher, and the IV of the inner pass.
struct PasswordWrap {
  ContentCipher cipher = ContentCipher::Aes256Cbc;
  Bytes iv;

  // Errors: crypto.unknown-algorithm for all but a CBC cipher of the table (T-33),
  // crypto.bad-parameters.
  static Result<PasswordWrap> read(const asn1::AlgorithmIdentifier& algorithm);
  asn1::AlgorithmIdentifier identifier() const;

  // REQUIRES: kek has the cipher's key size, and key 3 to 255 octets.
  Result<Bytes> wrap(ByteView kek, ByteView key) const;
  // The key of `size` octets. Lengths are checked before the first block is
  // decrypted; every failure is Rule::EncFailed (KM-36, T-33).
  Result<Secret> unwrap(ByteView kek, ByteView wrapped, std::size_t size) const;
};

}  // namespace bulla::cms
