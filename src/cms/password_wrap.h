// What a PasswordRecipientInfo needs (RFC 3211): PBKDF2 (crypto/password.h), and
// id-alg-PWRI-KEK, which wraps a content key under the derived key.
#pragma once

#include "asn1/algorithm_identifier.h"
#include "bulla/algorithm.h"
#include "bulla/result.h"
#include "crypto/password.h"

namespace bulla::cms {

inline constexpr Oid kPwriKek = Oid::of("1.2.840.113549.1.9.16.3.9");

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
