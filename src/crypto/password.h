// Keys from passwords: PBKDF2 and scrypt parameters, and decryption of key files
// (RFC 8018 PBES2, RFC 7292 appendix B for old PBES1).
//
// Iterations, memory and sizes are capped before any derivation (T-125).
#pragma once

#include <optional>
#include <variant>

#include "asn1/algorithm_identifier.h"
#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"

namespace bulla::crypto {

// PBKDF2-params (RFC 8018 A.2).
struct Pbkdf2 {
  Bytes salt;
  std::uint64_t iterations = 0;
  std::optional<std::size_t> key_size;
  Digest prf = Digest::Sha1;  // of the HMAC
};

// Reads id-PBKDF2 with its parameters (KM-32: also hMAC-SHA1 as prf). Errors:
// crypto.unknown-algorithm, crypto.bad-parameters, limit.iterations.
Result<Pbkdf2> read_pbkdf2(const asn1::AlgorithmIdentifier& algorithm, const Limits& limits = {});

// scrypt-params (RFC 7914 7.1).
struct Scrypt {
  Bytes salt;
  std::uint64_t cost = 0;
  std::uint64_t block_size = 0;
  std::uint64_t parallelization = 0;
  std::optional<std::size_t> key_size;
};

// OpenSSL writes N = 16384, r = 8: 16 MiB. Eight times that is the most we take.
inline constexpr std::uint64_t kMaxScryptBytes = 128u << 20;

// REQUIRES: 128 · cost · block_size <= kMaxScryptBytes.
Result<Secret> derive_scrypt(const Scrypt& scrypt, ByteView password, std::size_t size);

// How a key comes from a password.
using PasswordDerivation = std::variant<Pbkdf2, Scrypt>;

// Reads id-PBKDF2 or id-scrypt. Errors: as read_pbkdf2.
Result<PasswordDerivation> read_password_derivation(const asn1::AlgorithmIdentifier& algorithm,
                                                    const Limits& limits = {});
// The key of `size` octets; a key size that differs is crypto.bad-parameters.
Result<Secret> derive(const PasswordDerivation& derivation, ByteView password, std::size_t size);
// REQUIRES: a prf is SHA-1 or SHA-2.
asn1::AlgorithmIdentifier password_derivation_identifier(const PasswordDerivation& derivation);
// How much work it is, in iterations of PBKDF2.
std::uint64_t iterations(const PasswordDerivation& derivation);

// What a value of the PKCS #12 KDF is for (RFC 7292 B.3).
enum class Pkcs12Purpose : std::uint8_t { Key = 1, Iv = 2, Mac = 3 };

// The PKCS #12 KDF (RFC 7292 B.2).
struct Pkcs12Kdf {
  Digest digest = Digest::Sha1;
  Bytes salt;
  std::uint64_t iterations = 0;
};

// `bmp_password`: as to_bmp_string gives it. The caller bounds the iterations.
Result<Secret> derive_pkcs12(const Pkcs12Kdf& kdf, Pkcs12Purpose purpose, ByteView bmp_password,
                             std::size_t size);

// UTF-16BE with two zero octets at the end (RFC 7292 B.1). What is no UTF-8 is taken
// octet by octet, as libcrypto does.
Secret to_bmp_string(ByteView password);

// The plaintext of EncryptedPrivateKeyInfo.encryptedData or of an encrypted
// PKCS #12 bag. Wrong passwords are, as far as padding tells, key.bad-passphrase.
Result<Secret> decrypt_with_password(const asn1::AlgorithmIdentifier& algorithm, ByteView password,
                                     ByteView ciphertext, const Limits& limits = {});

}  // namespace bulla::crypto
