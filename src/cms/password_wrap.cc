#include "cms/password_wrap.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/cipher.h"

namespace bulla::cms {
namespace {

// A wrapped content key of 255 octets, the most that its length octet can say.
constexpr std::size_t kMaxWrapped = 272;

constexpr std::array kPrfs = {
    std::pair{Digest::Sha1, Oid::of("1.2.840.113549.2.7")},
    std::pair{Digest::Sha224, Oid::of("1.2.840.113549.2.8")},
    std::pair{Digest::Sha256, Oid::of("1.2.840.113549.2.9")},
    std::pair{Digest::Sha384, Oid::of("1.2.840.113549.2.10")},
    std::pair{Digest::Sha512, Oid::of("1.2.840.113549.2.11")},
    // hMAC-SHA1, as RFC 3370 4.4.1 writes it (KM-32).
    std::pair{Digest::Sha1, Oid::of("1.3.6.1.5.5.8.1.2")},
};

// What can be decoded of PBKDF2-params; the algorithms are judged afterwards.
struct Parameters {
  bool salt_specified = true;
  PasswordDerivation derivation;
  std::optional<asn1::AlgorithmIdentifier> prf;
};

// PBKDF2-params ::= SEQUENCE {
//     salt CHOICE { specified OCTET STRING, otherSource AlgorithmIdentifier },
//     iterationCount INTEGER (1..MAX),
//     keyLength INTEGER (1..MAX) OPTIONAL,
//     prf AlgorithmIdentifier DEFAULT algid-hmacWithSHA1 }
Parameters read_parameters(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  Parameters result;
  result.salt_specified = !seq.next_is(asn1::Tag::Sequence);
  if (result.salt_specified) {
    result.derivation.salt = to_bytes(seq.octet_string());
  } else {
    seq.element();
  }
  result.derivation.iterations = static_cast<std::uint64_t>(seq.small_integer());
  if (seq.next_is(asn1::Tag::Integer)) {
    result.derivation.key_size = static_cast<std::size_t>(seq.small_integer());
  }
  if (seq.more()) result.prf = asn1::AlgorithmIdentifier::read(seq);
  return result;
}

Result<Digest> find_prf(const asn1::AlgorithmIdentifier& algorithm) {
  for (const auto& [digest, oid] : kPrfs) {
    if (oid != algorithm.algorithm) continue;
    if (!algorithm.has_no_or_null_parameters()) return failure(Rule::CryptoBadParameters);
    return digest;
  }
  return failure(Rule::CryptoUnknownAlgorithm, 0, algorithm.algorithm.to_string());
}

Oid prf_oid(Digest digest) {
  const auto* row = std::find_if(kPrfs.begin(), kPrfs.end(),
                                 [&](const auto& prf) { return prf.first == digest; });
  CHECK(row != kPrfs.end());
  return row->second;
}

// CBC without padding: what the Encryptor adds is one block, which is left out.
Result<Secret> encrypt_blocks(ContentCipher cipher, ByteView key, ByteView iv, ByteView blocks) {
  Secret result(blocks.size() + iv.size());
  std::size_t size = 0;
  auto collect = [&](ByteView out) -> Result<void> {
    CHECK(size + out.size() <= result.size());
    std::copy(out.begin(), out.end(), result.mutable_view().begin() + size);
    size += out.size();
    return {};
  };
  crypto::Encryptor encryptor = TRY(crypto::Encryptor::create(cipher, key, iv));
  TRY_VOID(encryptor.update(blocks, collect));
  TRY_VOID(encryptor.finish(collect));
  result.truncate(blocks.size());
  return result;
}

// CBC without padding: the Decryptor holds back the last block, so it is given one more
// than wanted and never finished.
Result<Secret> decrypt_blocks(ContentCipher cipher, ByteView key, ByteView iv, ByteView blocks) {
  Secret result(blocks.size());
  std::size_t size = 0;
  auto collect = [&](ByteView out) -> Result<void> {
    if (size + out.size() > result.size()) return failure(Rule::EncFailed);
    std::copy(out.begin(), out.end(), result.mutable_view().begin() + size);
    size += out.size();
    return {};
  };
  crypto::Decryptor decryptor = TRY(crypto::Decryptor::create(cipher, key, iv));
  TRY_VOID(decryptor.update(blocks, collect));
  TRY_VOID(decryptor.update(Bytes(iv.size()), collect));
  if (size != result.size()) return failure(Rule::EncFailed);
  return result;
}

// CEK ‖ ~CEK[0..2] checks, without telling which one failed.
bool is_formatted(ByteView block, std::size_t size) {
  unsigned wrong = block[0] ^ static_cast<unsigned>(size);
  for (std::size_t i = 1; i <= 3; ++i) wrong |= (block[i] ^ block[i + 3]) ^ 0xffu;
  return wrong == 0;
}

}  // namespace

Result<PasswordDerivation> PasswordDerivation::read(const asn1::AlgorithmIdentifier& algorithm,
                                                    const Limits& limits) {
  if (algorithm.algorithm != kPbkdf2) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, algorithm.algorithm.to_string());
  }
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters);
  Result<Parameters> parameters = asn1::decode(*algorithm.parameters, &read_parameters, limits);
  if (!parameters) return failure(Rule::CryptoBadParameters, parameters.error().offset);
  if (!parameters->salt_specified) return failure(Rule::CryptoUnknownAlgorithm, 0, "salt source");
  PasswordDerivation result = std::move(parameters->derivation);
  if (result.iterations == 0) return failure(Rule::CryptoBadParameters);
  if (result.iterations > limits.pbkdf2_iterations) return failure(Rule::LimitIterations);
  if (parameters->prf) result.prf = TRY(find_prf(*parameters->prf));
  return result;
}

asn1::AlgorithmIdentifier PasswordDerivation::identifier() const {
  Bytes parameters = asn1::encode([this](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.octet_string(salt);
    seq.integer(iterations);
    if (key_size) seq.integer(*key_size);
    if (prf == Digest::Sha1) return;
    asn1::Writer algorithm = seq.sequence();
    algorithm.oid(prf_oid(prf));
    algorithm.null();
  });
  return {.algorithm = kPbkdf2, .parameters = std::move(parameters)};
}

Result<Secret> PasswordDerivation::derive(ByteView password, std::size_t size) const {
  if (key_size && *key_size != size) return failure(Rule::CryptoBadParameters);
  return crypto::derive_pbkdf2(prf, password, salt, iterations, size);
}

// id-alg-PWRI-KEK has the KEK's own AlgorithmIdentifier, IV included, as parameters.
Result<PasswordWrap> PasswordWrap::read(const asn1::AlgorithmIdentifier& algorithm) {
  if (algorithm.algorithm != kPwriKek) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, algorithm.algorithm.to_string());
  }
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters);
  auto inner = asn1::decode(*algorithm.parameters,
                            [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); });
  if (!inner) return failure(Rule::CryptoBadParameters);
  crypto::ContentEncryption encryption = TRY(crypto::read_content_encryption(*inner));
  if (is_aead(encryption.cipher)) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, std::string(name(encryption.cipher)));
  }
  return PasswordWrap{.cipher = encryption.cipher, .iv = std::move(encryption.iv)};
}

asn1::AlgorithmIdentifier PasswordWrap::identifier() const {
  crypto::ContentEncryption encryption{.cipher = cipher, .iv = iv};
  return {.algorithm = kPwriKek,
          .parameters = crypto::content_encryption_identifier(encryption).encode()};
}

// CEK byte count || check value || CEK || padding (RFC 3211 2.3.1), encrypted in CBC
// mode, and encrypted again with the last block as IV.
Result<Bytes> PasswordWrap::wrap(ByteView kek, ByteView key) const {
  CHECK(key.size() >= 3 && key.size() <= 255);
  std::size_t block = crypto::row(cipher).block_size;
  std::size_t size = std::max(2 * block, (key.size() + 4 + block - 1) / block * block);
  Secret formatted = TRY(crypto::random_secret(size));
  MutableByteView bytes = formatted.mutable_view();
  bytes[0] = static_cast<std::uint8_t>(key.size());
  for (std::size_t i = 0; i < 3; ++i) bytes[1 + i] = static_cast<std::uint8_t>(~key[i]);
  std::copy(key.begin(), key.end(), bytes.begin() + 4);
  Secret once = TRY(encrypt_blocks(cipher, kek, iv, formatted.view()));
  Secret twice = TRY(encrypt_blocks(cipher, kek, once.view().last(block), once.view()));
  return to_bytes(twice.view());
}

// RFC 3211 2.3.2: the last block gives the IV of the outer pass.
Result<Secret> PasswordWrap::unwrap(ByteView kek, ByteView wrapped, std::size_t size) const {
  std::size_t block = crypto::row(cipher).block_size;
  bool fits = wrapped.size() >= 2 * block && wrapped.size() % block == 0 &&
              wrapped.size() <= kMaxWrapped && size >= 3 && size <= 255 &&
              size + 4 <= wrapped.size() && kek.size() == crypto::row(cipher).key_size &&
              iv.size() == block;
  if (!fits) return failure(Rule::EncFailed);
  ByteView before_last = wrapped.subspan(wrapped.size() - 2 * block, block);
  Secret last = TRY(decrypt_blocks(cipher, kek, before_last, wrapped.last(block)));
  Secret once = TRY(decrypt_blocks(cipher, kek, last.view(), wrapped));
  Secret formatted = TRY(decrypt_blocks(cipher, kek, iv, once.view()));
  if (!is_formatted(formatted.view(), size)) return failure(Rule::EncFailed);
  return Secret(formatted.view().subspan(4, size));
}

}  // namespace bulla::cms
