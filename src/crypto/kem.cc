#include "crypto/kem.h"

#include "base/check.h"
#include "base/try.h"
#include "crypto/key_algorithm.h"
#include "crypto/key_transport.h"
#include "crypto/oid_name.h"
#include "crypto/post_quantum.h"

namespace bulla::crypto {
namespace {

constexpr Oid kKemRsa = Oid::of("1.0.18033.2.2.4");
constexpr Oid kKdf2 = Oid::of("1.3.133.16.840.9.44.1.1");
constexpr Oid kKdf3 = Oid::of("1.3.133.16.840.9.44.1.2");

struct HkdfRow {
  Oid oid;
  Digest digest;
};

// RFC 8619 (ALG-67)
constexpr HkdfRow kHkdfs[] = {
    {Oid::of("1.2.840.113549.1.9.16.3.28"), Digest::Sha256},
    {Oid::of("1.2.840.113549.1.9.16.3.29"), Digest::Sha384},
    {Oid::of("1.2.840.113549.1.9.16.3.30"), Digest::Sha512},
};

// KDF2-HashFunction, KDF3-HashFunction ::= AlgorithmIdentifier of SHA-2; SHA-1
// must not be used (RFC 9690 B.1)
Result<KemKdf> read_x9_44(KemKdf::Function function, const asn1::AlgorithmIdentifier& algorithm) {
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "absent");
  auto hash = asn1::decode(*algorithm.parameters,
                           [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); });
  if (!hash) return failure(Rule::CryptoBadParameters, 0, hash.error().detail);
  auto digest = read_digest(*hash);
  if (!digest || *digest < Digest::Sha224 || *digest > Digest::Sha512) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, oid_name(hash->algorithm));
  }
  return KemKdf{.function = function, .digest = *digest};
}

const PostQuantumRow* find_row(KemAlgorithm algorithm) {
  for (const PostQuantumRow& row : post_quantum_rows()) {
    if (row.kem == algorithm) return &row;
  }
  return nullptr;
}

// What libcrypto calls the operation of RFC 9690 A.1 (KM-52): z in 0..n-1, c = z^e mod n. ML-KEM
// keys have one operation.
bool start_encapsulation(EVP_PKEY_CTX* context, KemAlgorithm algorithm) {
  if (EVP_PKEY_encapsulate_init(context, nullptr) != 1) return false;
  return algorithm != KemAlgorithm::Rsa || EVP_PKEY_CTX_set_kem_op(context, "RSASVE") == 1;
}

Result<Secret> decapsulate_ml_kem(EVP_PKEY* key, const PostQuantumRow& row, ByteView kemct) {
  ErrorScope scope;
  if (kemct.size() != row.output_size) return failure(Rule::EncFailed);
  Owned<EVP_PKEY_CTX> context = operation(key);
  std::size_t size = 0;
  if (EVP_PKEY_decapsulate_init(context.get(), nullptr) != 1 ||
      EVP_PKEY_decapsulate(context.get(), nullptr, &size, kemct.data(), kemct.size()) != 1) {
    return failure(Rule::EncFailed);
  }
  Secret shared(size);
  if (EVP_PKEY_decapsulate(context.get(), shared.mutable_view().data(), &size, kemct.data(),
                           kemct.size()) != 1) {
    return failure(Rule::EncFailed);
  }
  shared.truncate(size);
  return shared;
}

Result<Secret> derive(const KemKdf& kdf, ByteView shared, ByteView info, std::size_t size) {
  switch (kdf.function) {
    case KemKdf::Function::Kdf2:
      return derive_x963(kdf.digest, shared, info, size);
    case KemKdf::Function::Kdf3:
      return derive_single_step(kdf.digest, shared, info, size);
    case KemKdf::Function::Hkdf:
      break;
  }
  return derive_hkdf(kdf.digest, shared, {}, info, size);
}

}  // namespace

std::optional<KemAlgorithm> kem_of(KeyKind kind) {
  if (kind == KeyKind::Rsa || kind == KeyKind::RsaKem) return KemAlgorithm::Rsa;
  const PostQuantumRow* row = find_post_quantum(kind);
  return row == nullptr ? std::nullopt : row->kem;
}

Result<KemAlgorithm> read_kem(const asn1::AlgorithmIdentifier& algorithm) {
  const PostQuantumRow* row = find_post_quantum(algorithm.algorithm);
  bool is_rsa = algorithm.algorithm == kKemRsa;
  if (!is_rsa && (row == nullptr || !row->kem)) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, oid_name(algorithm.algorithm));
  }
  if (algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "not absent");
  return is_rsa ? KemAlgorithm::Rsa : *row->kem;
}

asn1::AlgorithmIdentifier kem_identifier(KemAlgorithm algorithm) {
  const PostQuantumRow* row = find_row(algorithm);
  return {row == nullptr ? kKemRsa : row->oid, std::nullopt};
}

Result<KemKdf> read_kem_kdf(const asn1::AlgorithmIdentifier& algorithm) {
  if (algorithm.algorithm == kKdf2) return read_x9_44(KemKdf::Function::Kdf2, algorithm);
  if (algorithm.algorithm == kKdf3) return read_x9_44(KemKdf::Function::Kdf3, algorithm);
  for (const HkdfRow& row : kHkdfs) {
    if (row.oid != algorithm.algorithm) continue;
    if (algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "not absent");
    return KemKdf{.function = KemKdf::Function::Hkdf, .digest = row.digest};
  }
  return failure(Rule::CryptoUnknownAlgorithm, 0, oid_name(algorithm.algorithm));
}

asn1::AlgorithmIdentifier kem_kdf_identifier(const KemKdf& kdf) {
  if (kdf.function != KemKdf::Function::Hkdf) {
    Bytes hash = digest_identifier(kdf.digest).encode();
    return {kdf.function == KemKdf::Function::Kdf2 ? kKdf2 : kKdf3, std::move(hash)};
  }
  for (const HkdfRow& row : kHkdfs) {
    if (row.digest == kdf.digest) return {row.oid, std::nullopt};
  }
  CHECK(false && "an HKDF without a row");
  return {};
}

// RSA-KEM has a derivation of its own before that of the RecipientInfo: SS = KDF3(Z), with
// SHA-256 and as long as the key-encryption key (RFC 9690 A.1, A.2).
Result<Secret> derive_kem_key(KemAlgorithm algorithm, const KemKdf& kdf, ByteView secret,
                              ByteView other_info, std::size_t size) {
  if (algorithm != KemAlgorithm::Rsa) return derive(kdf, secret, other_info, size);
  Secret shared = TRY(derive_single_step(Digest::Sha256, secret, {}, size));
  return derive(kdf, shared.view(), other_info, size);
}

Result<Encapsulation> encapsulate(EVP_PKEY* key, KemAlgorithm algorithm) {
  ErrorScope scope;
  Owned<EVP_PKEY_CTX> context = operation(key);
  std::size_t kemct_size = 0;
  std::size_t size = 0;
  if (!start_encapsulation(context.get(), algorithm) ||
      EVP_PKEY_encapsulate(context.get(), nullptr, &kemct_size, nullptr, &size) != 1) {
    return failure(Rule::CryptoEncryptFailed);
  }
  Encapsulation result{.kemct = Bytes(kemct_size), .shared = Secret(size)};
  if (EVP_PKEY_encapsulate(context.get(), result.kemct.data(), &kemct_size,
                           result.shared.mutable_view().data(), &size) != 1 ||
      kemct_size != result.kemct.size() || size != result.shared.size()) {
    return failure(Rule::CryptoEncryptFailed);
  }
  return result;
}

Result<Secret> decapsulate(EVP_PKEY* key, KemAlgorithm algorithm, ByteView kemct) {
  const PostQuantumRow* row = find_row(algorithm);
  return row == nullptr ? decrypt_raw(key, kemct) : decapsulate_ml_kem(key, *row, kemct);
}

}  // namespace bulla::crypto
