#include "crypto/password.h"

#include <algorithm>
#include <bit>

#include "base/text.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/cipher.h"
#include "crypto/hmac.h"
#include "crypto/key_wrap.h"

namespace bulla::crypto {
namespace {

constexpr Oid kPbkdf2 = Oid::of("1.2.840.113549.1.5.12");
constexpr Oid kPbes2 = Oid::of("1.2.840.113549.1.5.13");
constexpr Oid kScrypt = Oid::of("1.3.6.1.4.1.11591.4.11");
constexpr Oid kPbeSha1TripleDes = Oid::of("1.2.840.113549.1.12.1.3");

// No key of a cipher or MAC here is longer; a bound for keyLength (KM-38).
constexpr std::int64_t kMaxKeyBytes = 64;
constexpr std::size_t kMaxSaltBytes = 1'024;
// scrypt's p multiplies the time. RFC 7914 2 recommends 1; we write 5, as N is small here.
constexpr std::uint64_t kMaxScryptParallelization = 16;

ByteView read_salt(asn1::Reader& in) {
  ByteView salt = in.octet_string();
  if (salt.size() > kMaxSaltBytes) in.fail(Rule::CryptoBadParameters, "salt");
  return salt;
}

std::optional<std::size_t> read_key_size(asn1::Reader& in) {
  if (!in.next_is(asn1::Tag::Integer)) return std::nullopt;
  std::int64_t size = in.small_integer();
  if (size < 1 || size > kMaxKeyBytes) in.fail(Rule::CryptoBadParameters, "key length");
  return static_cast<std::size_t>(size);
}

// Errors of the reader become bad parameters; limits stay what they are.
template <typename T>
Result<T> in_parameters(Result<T> result) {
  if (result || result.error().rule == Rule::LimitIterations) return result;
  if (result.error().rule == Rule::CryptoUnknownAlgorithm) return result;
  return failure(Rule::CryptoBadParameters, 0, result.error().detail);
}

// scrypt-params ::= SEQUENCE {
//     salt OCTET STRING,
//     costParameter INTEGER,
//     blockSize INTEGER,
//     parallelizationParameter INTEGER,
//     keyLength INTEGER OPTIONAL }
Scrypt read_scrypt(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  Scrypt scrypt{.salt = to_bytes(read_salt(seq)),
                .cost = static_cast<std::uint64_t>(seq.small_integer()),
                .block_size = static_cast<std::uint64_t>(seq.small_integer()),
                .parallelization = static_cast<std::uint64_t>(seq.small_integer()),
                .key_size = read_key_size(seq)};
  bool is_sane = scrypt.cost >= 2 && std::has_single_bit(scrypt.cost) && scrypt.block_size >= 1 &&
                 scrypt.parallelization >= 1;
  if (!is_sane) seq.fail(Rule::CryptoBadParameters, "scrypt");
  bool fits =
      scrypt.cost <= kMaxScryptBytes / 128 &&
      scrypt.block_size <= kMaxScryptBytes / 128 / std::max<std::uint64_t>(scrypt.cost, 1) &&
      scrypt.parallelization <= kMaxScryptParallelization;
  if (!fits) seq.fail(Rule::LimitIterations, "scrypt");
  return scrypt;
}

struct Pbes2 {
  asn1::AlgorithmIdentifier key_derivation;
  asn1::AlgorithmIdentifier encryption;
};

// PBES2-params ::= SEQUENCE {
//     keyDerivationFunc AlgorithmIdentifier,
//     encryptionScheme AlgorithmIdentifier }
Pbes2 read_pbes2(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {.key_derivation = asn1::AlgorithmIdentifier::read(seq),
          .encryption = asn1::AlgorithmIdentifier::read(seq)};
}

// PBKDF2-params ::= SEQUENCE {
//     salt CHOICE {
//         specified OCTET STRING,
//         otherSource AlgorithmIdentifier },
//     iterationCount INTEGER,
//     keyLength INTEGER OPTIONAL,
//     prf AlgorithmIdentifier DEFAULT hMAC-SHA1 }
Pbkdf2 read_pbkdf2_parameters(asn1::Reader& in, const Limits& limits) {
  asn1::Reader seq = in.sequence();
  bool has_source = seq.next_is(asn1::Tag::Sequence);
  if (has_source) seq.fail(Rule::CryptoUnknownAlgorithm, "salt source");
  Pbkdf2 pbkdf2{.salt = to_bytes(read_salt(seq)),
                .iterations = static_cast<std::uint64_t>(seq.small_integer()),
                .key_size = read_key_size(seq)};
  bool counts = pbkdf2.iterations >= 1 && pbkdf2.iterations <= limits.pbkdf2_iterations;
  if (!counts) seq.fail(Rule::LimitIterations, std::to_string(pbkdf2.iterations));
  if (!seq.more()) return pbkdf2;
  auto prf = read_hmac(asn1::AlgorithmIdentifier::read(seq));
  if (!prf) seq.fail(Rule::CryptoUnknownAlgorithm, "PRF");
  pbkdf2.prf = prf.value_or(Digest::Sha1);
  return pbkdf2;
}

Bytes write_pbkdf2(const Pbkdf2& pbkdf2) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.octet_string(pbkdf2.salt);
    seq.integer(pbkdf2.iterations);
    if (pbkdf2.key_size) seq.integer(*pbkdf2.key_size);
    if (pbkdf2.prf != Digest::Sha1) hmac_identifier(pbkdf2.prf).write(seq);
  });
}

Bytes write_scrypt(const Scrypt& scrypt) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.octet_string(scrypt.salt);
    seq.integer(scrypt.cost);
    seq.integer(scrypt.block_size);
    seq.integer(scrypt.parallelization);
    if (scrypt.key_size) seq.integer(*scrypt.key_size);
  });
}

// The plaintext; a failure means that the password was wrong.
Result<Secret> decrypt(ContentCipher cipher, ByteView key, ByteView iv, ByteView ciphertext) {
  Decryptor decryptor = TRY(Decryptor::create(cipher, key, iv));
  Secret clear(ciphertext.size());
  std::size_t size = 0;
  Output collect = [&](ByteView piece) -> Result<void> {
    std::copy(piece.begin(), piece.end(), clear.mutable_view().begin() + size);
    size += piece.size();
    return {};
  };
  auto updated = decryptor.update(ciphertext, collect);
  if (!updated || !decryptor.finish({}, {}, collect)) return failure(Rule::KeyBadPassphrase);
  clear.truncate(size);
  return clear;
}

Result<Secret> decrypt_pbes2(const asn1::AlgorithmIdentifier& algorithm, ByteView password,
                             ByteView ciphertext, const Limits& limits) {
  Pbes2 pbes2 = TRY(in_parameters(asn1::decode(*algorithm.parameters, &read_pbes2)));
  auto encryption = read_content_encryption(pbes2.encryption);
  bool is_unknown = !encryption && encryption.error().rule == Rule::CryptoUnknownAlgorithm;
  if (is_unknown) return failure(Rule::CryptoUnavailable, 0, encryption.error().detail);
  bool fits = encryption && !is_aead(encryption->cipher) && encryption->derived_from.empty();
  if (!fits) return failure(Rule::CryptoBadParameters);
  if (row(encryption->cipher).provider == Provider::Legacy) {
    return failure(Rule::CryptoUnavailable, 0, std::string(name(encryption->cipher)));
  }
  PasswordDerivation derivation = TRY(read_password_derivation(pbes2.key_derivation, limits));
  Secret key = TRY(derive(derivation, password, row(encryption->cipher).key_size));
  return decrypt(encryption->cipher, key.view(), encryption->iv, ciphertext);
}

// pkcs-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations INTEGER } (RFC 7292 C)
Pkcs12Kdf read_pbes1(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {.salt = to_bytes(read_salt(seq)),
          .iterations = static_cast<std::uint64_t>(seq.small_integer())};
}

Result<Secret> decrypt_pbes1(const asn1::AlgorithmIdentifier& algorithm, ByteView password,
                             ByteView ciphertext, const Limits& limits) {
  Pkcs12Kdf kdf = TRY(in_parameters(asn1::decode(*algorithm.parameters, &read_pbes1)));
  if (kdf.iterations > limits.pbkdf2_iterations) {
    return failure(Rule::LimitIterations, 0, std::to_string(kdf.iterations));
  }
  Secret bmp = to_bmp_string(password);
  Secret key = TRY(derive_pkcs12(kdf, Pkcs12Purpose::Key, bmp.view(), 24));
  Secret iv = TRY(derive_pkcs12(kdf, Pkcs12Purpose::Iv, bmp.view(), 8));
  return decrypt(ContentCipher::TripleDesCbc, key.view(), iv.view(), ciphertext);
}

// Writes UTF-16BE into a buffer that is large enough.
class Utf16Writer {
 public:
  explicit Utf16Writer(MutableByteView to) : to_(to) {}

  void code_point(char32_t value) {
    if (value < 0x10000) return unit(value);
    unit(0xd800 + ((value - 0x10000) >> 10));
    unit(0xdc00 + ((value - 0x10000) & 0x3ff));
  }
  void unit(char32_t value) {
    to_[size_++] = static_cast<std::uint8_t>(value >> 8);
    to_[size_++] = static_cast<std::uint8_t>(value);
  }
  std::size_t size() const { return size_; }

 private:
  MutableByteView to_;
  std::size_t size_ = 0;
};

}  // namespace

Result<Pbkdf2> read_pbkdf2(const asn1::AlgorithmIdentifier& algorithm, const Limits& limits) {
  if (algorithm.algorithm != kPbkdf2) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, algorithm.algorithm.to_string());
  }
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "absent");
  return in_parameters(asn1::decode(
      *algorithm.parameters, [&](asn1::Reader& in) { return read_pbkdf2_parameters(in, limits); }));
}

Result<PasswordDerivation> read_password_derivation(const asn1::AlgorithmIdentifier& algorithm,
                                                    const Limits& limits) {
  if (algorithm.algorithm != kScrypt) return TRY(read_pbkdf2(algorithm, limits));
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "absent");
  return TRY(in_parameters(asn1::decode(*algorithm.parameters, &read_scrypt)));
}

Result<Secret> derive(const PasswordDerivation& derivation, ByteView password, std::size_t size) {
  auto key_size = std::visit([](const auto& function) { return function.key_size; }, derivation);
  if (key_size.value_or(size) != size) return failure(Rule::CryptoBadParameters);
  if (const auto* scrypt = std::get_if<Scrypt>(&derivation)) {
    return derive_scrypt(*scrypt, password, size);
  }
  const auto& pbkdf2 = std::get<Pbkdf2>(derivation);
  return derive_pbkdf2(pbkdf2.prf, password, pbkdf2.salt, pbkdf2.iterations, size);
}

asn1::AlgorithmIdentifier password_derivation_identifier(const PasswordDerivation& derivation) {
  if (const auto* scrypt = std::get_if<Scrypt>(&derivation))
    return {kScrypt, write_scrypt(*scrypt)};
  return {kPbkdf2, write_pbkdf2(std::get<Pbkdf2>(derivation))};
}

// scrypt mixes 4 · N · r · p times 64 octets (RFC 7914 4 to 6), an iteration of HMAC twice.
std::uint64_t iterations(const PasswordDerivation& derivation) {
  if (const auto* scrypt = std::get_if<Scrypt>(&derivation)) {
    return 2 * scrypt->cost * scrypt->block_size * scrypt->parallelization;
  }
  return std::get<Pbkdf2>(derivation).iterations;
}

Secret to_bmp_string(ByteView password) {
  // No code point has more octets in UTF-16 than twice those in UTF-8.
  Secret bmp(2 * password.size() + 2);
  Utf16Writer out(bmp.mutable_view());
  bool utf8 = is_utf8(as_text(password));
  for (std::size_t i = 0; i < password.size();) {
    unsigned lead = password[i++];
    char32_t value = lead;
    if (utf8 && lead >= 0xc0) {
      unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
      value = lead & (0x3fu >> more);
      for (; more > 0; --more) value = (value << 6) | (password[i++] & 0x3fu);
    }
    out.code_point(value);
  }
  out.unit(0);
  bmp.truncate(out.size());
  return bmp;
}

Result<Secret> decrypt_with_password(const asn1::AlgorithmIdentifier& algorithm, ByteView password,
                                     ByteView ciphertext, const Limits& limits) {
  bool is_pbes2 = algorithm.algorithm == kPbes2;
  if (!is_pbes2 && algorithm.algorithm != kPbeSha1TripleDes) {
    return failure(Rule::CryptoUnavailable, 0, algorithm.algorithm.to_string());
  }
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "absent");
  return is_pbes2 ? decrypt_pbes2(algorithm, password, ciphertext, limits)
                  : decrypt_pbes1(algorithm, password, ciphertext, limits);
}

}  // namespace bulla::crypto
