#include "crypto/post_quantum.h"

#include <algorithm>

#include "base/check.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"

namespace bulla::crypto {
namespace {

using Signature = SignatureAlgorithm;

constexpr PostQuantumRow ml_kem(KeyKind kind, KemAlgorithm kem, const Oid& oid, const char* type,
                                std::string_view name, std::size_t public_size,
                                std::size_t private_size, std::size_t ciphertext_size) {
  return {kind, {}, kem, oid, type, name, public_size, private_size, 64, ciphertext_size};
}

constexpr PostQuantumRow ml_dsa(KeyKind kind, Signature signature, const Oid& oid, const char* type,
                                std::string_view name, std::size_t public_size,
                                std::size_t private_size, std::size_t signature_size) {
  return {kind, signature, {}, oid, type, name, public_size, private_size, 32, signature_size};
}

// A public key is two values of n octets, a private key four (FIPS 205 9.1).
constexpr PostQuantumRow slh_dsa(KeyKind kind, Signature signature, const Oid& oid,
                                 const char* type, std::string_view name, std::size_t n,
                                 std::size_t signature_size) {
  return {kind, signature, {}, oid, type, name, 2 * n, 4 * n, 0, signature_size};
}

// FIPS 203 table 3, FIPS 204 table 2, FIPS 205 table 2; OIDs of RFC 9935, 9881 and 9909.
constexpr PostQuantumRow kRows[] = {
    ml_kem(KeyKind::MlKem512, KemAlgorithm::MlKem512, Oid::of("2.16.840.1.101.3.4.4.1"),
           "ML-KEM-512", "ml-kem-512", 800, 1'632, 768),
    ml_kem(KeyKind::MlKem768, KemAlgorithm::MlKem768, Oid::of("2.16.840.1.101.3.4.4.2"),
           "ML-KEM-768", "ml-kem-768", 1'184, 2'400, 1'088),
    ml_kem(KeyKind::MlKem1024, KemAlgorithm::MlKem1024, Oid::of("2.16.840.1.101.3.4.4.3"),
           "ML-KEM-1024", "ml-kem-1024", 1'568, 3'168, 1'568),
    ml_dsa(KeyKind::MlDsa44, Signature::MlDsa44, Oid::of("2.16.840.1.101.3.4.3.17"), "ML-DSA-44",
           "ml-dsa-44", 1'312, 2'560, 2'420),
    ml_dsa(KeyKind::MlDsa65, Signature::MlDsa65, Oid::of("2.16.840.1.101.3.4.3.18"), "ML-DSA-65",
           "ml-dsa-65", 1'952, 4'032, 3'309),
    ml_dsa(KeyKind::MlDsa87, Signature::MlDsa87, Oid::of("2.16.840.1.101.3.4.3.19"), "ML-DSA-87",
           "ml-dsa-87", 2'592, 4'896, 4'627),
    slh_dsa(KeyKind::SlhDsaSha2_128s, Signature::SlhDsaSha2_128s,
            Oid::of("2.16.840.1.101.3.4.3.20"), "SLH-DSA-SHA2-128s", "slh-dsa-sha2-128s", 16,
            7'856),
    slh_dsa(KeyKind::SlhDsaSha2_128f, Signature::SlhDsaSha2_128f,
            Oid::of("2.16.840.1.101.3.4.3.21"), "SLH-DSA-SHA2-128f", "slh-dsa-sha2-128f", 16,
            17'088),
    slh_dsa(KeyKind::SlhDsaSha2_192s, Signature::SlhDsaSha2_192s,
            Oid::of("2.16.840.1.101.3.4.3.22"), "SLH-DSA-SHA2-192s", "slh-dsa-sha2-192s", 24,
            16'224),
    slh_dsa(KeyKind::SlhDsaSha2_192f, Signature::SlhDsaSha2_192f,
            Oid::of("2.16.840.1.101.3.4.3.23"), "SLH-DSA-SHA2-192f", "slh-dsa-sha2-192f", 24,
            35'664),
    slh_dsa(KeyKind::SlhDsaSha2_256s, Signature::SlhDsaSha2_256s,
            Oid::of("2.16.840.1.101.3.4.3.24"), "SLH-DSA-SHA2-256s", "slh-dsa-sha2-256s", 32,
            29'792),
    slh_dsa(KeyKind::SlhDsaSha2_256f, Signature::SlhDsaSha2_256f,
            Oid::of("2.16.840.1.101.3.4.3.25"), "SLH-DSA-SHA2-256f", "slh-dsa-sha2-256f", 32,
            49'856),
    slh_dsa(KeyKind::SlhDsaShake128s, Signature::SlhDsaShake128s,
            Oid::of("2.16.840.1.101.3.4.3.26"), "SLH-DSA-SHAKE-128s", "slh-dsa-shake-128s", 16,
            7'856),
    slh_dsa(KeyKind::SlhDsaShake128f, Signature::SlhDsaShake128f,
            Oid::of("2.16.840.1.101.3.4.3.27"), "SLH-DSA-SHAKE-128f", "slh-dsa-shake-128f", 16,
            17'088),
    slh_dsa(KeyKind::SlhDsaShake192s, Signature::SlhDsaShake192s,
            Oid::of("2.16.840.1.101.3.4.3.28"), "SLH-DSA-SHAKE-192s", "slh-dsa-shake-192s", 24,
            16'224),
    slh_dsa(KeyKind::SlhDsaShake192f, Signature::SlhDsaShake192f,
            Oid::of("2.16.840.1.101.3.4.3.29"), "SLH-DSA-SHAKE-192f", "slh-dsa-shake-192f", 24,
            35'664),
    slh_dsa(KeyKind::SlhDsaShake256s, Signature::SlhDsaShake256s,
            Oid::of("2.16.840.1.101.3.4.3.30"), "SLH-DSA-SHAKE-256s", "slh-dsa-shake-256s", 32,
            29'792),
    slh_dsa(KeyKind::SlhDsaShake256f, Signature::SlhDsaShake256f,
            Oid::of("2.16.840.1.101.3.4.3.31"), "SLH-DSA-SHAKE-256f", "slh-dsa-shake-256f", 32,
            49'856),
};

template <typename Fits>
const PostQuantumRow* find_row(Fits fits) {
  auto row = std::find_if(std::begin(kRows), std::end(kRows), fits);
  return row == std::end(kRows) ? nullptr : row;
}

// Keys and operation: a provider may have one without the other.
bool fetches(const PostQuantumRow& row) {
  ErrorScope scope;
  EVP_KEYMGMT* keys = EVP_KEYMGMT_fetch(library(), row.type, nullptr);
  EVP_KEYMGMT_free(keys);
  if (keys == nullptr) return false;
  if (row.kem) {
    EVP_KEM* kem = EVP_KEM_fetch(library(), row.type, nullptr);
    EVP_KEM_free(kem);
    return kem != nullptr;
  }
  EVP_SIGNATURE* signature = EVP_SIGNATURE_fetch(library(), row.type, nullptr);
  EVP_SIGNATURE_free(signature);
  return signature != nullptr;
}

std::vector<bool> fetch_all() {
  std::vector<bool> available;
  for (const PostQuantumRow& row : kRows) available.push_back(fetches(row));
  return available;
}

bool is_shake(KeyKind kind) {
  return kind >= KeyKind::SlhDsaShake128s && kind <= KeyKind::SlhDsaShake256f;
}

// RFC 9882 3.3: the digests that are as strong as the key.
bool ml_dsa_allows(SignatureAlgorithm algorithm, Digest digest) {
  using enum Digest;
  switch (digest) {
    case Sha512:
    case Sha3_512:
    case Shake256:
      return true;
    case Sha384:
    case Sha3_384:
      return algorithm != Signature::MlDsa87;
    case Sha256:
    case Sha3_256:
    case Shake128:
      return algorithm == Signature::MlDsa44;
    default:
      return false;
  }
}

}  // namespace

std::span<const PostQuantumRow> post_quantum_rows() { return kRows; }

const PostQuantumRow* find_post_quantum(KeyKind kind) {
  return find_row([&](const PostQuantumRow& row) { return row.kind == kind; });
}

const PostQuantumRow* find_post_quantum(const Oid& oid) {
  return find_row([&](const PostQuantumRow& row) { return row.oid == oid; });
}

const PostQuantumRow* find_post_quantum(SignatureAlgorithm algorithm) {
  return find_row([&](const PostQuantumRow& row) { return row.signature == algorithm; });
}

bool is_available(const PostQuantumRow& row) {
  static const std::vector<bool> available = fetch_all();
  return available[static_cast<std::size_t>(&row - kRows)];
}

tl::unexpected<Error> unavailable(const PostQuantumRow& row) {
  return failure(Rule::CryptoUnavailable, 0,
                 std::string(row.type) + ": " + std::string(kPostQuantumProvider));
}

Digest default_digest(const PostQuantumRow& row) {
  CHECK(row.signature.has_value());
  bool is_ml_dsa = row.seed_size != 0;
  bool is_small = row.public_size == 32;
  if (is_ml_dsa || !is_shake(row.kind)) return is_small ? Digest::Sha256 : Digest::Sha512;
  return is_small ? Digest::Shake128 : Digest::Shake256;
}

bool allows_digest(SignatureAlgorithm algorithm, Digest digest) {
  const PostQuantumRow* row = find_post_quantum(algorithm);
  if (row == nullptr) return true;
  bool is_ml_dsa = row->seed_size != 0;
  if (is_ml_dsa) return ml_dsa_allows(algorithm, digest);
  // RFC 9814 4 names one digest; OpenSSL 3.5 takes SHA3-256 and SHA3-512 beside SHAKE.
  const DigestRow& facts = crypto::row(digest);
  return facts.standing == Standing::Current && facts.size >= digest_size(default_digest(*row));
}

}  // namespace bulla::crypto
