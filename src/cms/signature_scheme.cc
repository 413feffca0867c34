#include <algorithm>
#include <array>

#include "base/try.h"
#include "cms/writer.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/post_quantum.h"
#include "crypto/public_key.h"

namespace bulla::cms {
namespace {

// RFC 5754, RFC 9688 (ALG-07) and RFC 8702 give these, and only these, a place in RSA and ECDSA
// signatures; SHA-1 and MD5 are read and never written (ALG-76).
constexpr std::array kSignDigests = {
    Digest::Sha256,   Digest::Sha384,   Digest::Sha512,   Digest::Sha224,   Digest::Sha3_224,
    Digest::Sha3_256, Digest::Sha3_384, Digest::Sha3_512, Digest::Shake128, Digest::Shake256};

Result<void> check_digest(Digest digest) {
  crypto::Standing standing = crypto::row(digest).standing;
  if (standing == crypto::Standing::Broken) return failure(Rule::SigBrokenDigest);
  if (standing == crypto::Standing::Legacy) return failure(Rule::SigWeakDigest);
  if (std::find(kSignDigests.begin(), kSignDigests.end(), digest) != kSignDigests.end()) return {};
  return failure(Rule::CryptoUnknownAlgorithm, 0, std::string(name(digest)));
}

SignatureScheme pss(Digest digest) {
  return {.algorithm = SignatureAlgorithm::RsaPss,
          .digest = digest,
          .mgf_digest = digest,
          .salt_length = crypto::digest_size(digest)};  // ALG-16
}

// An id-RSASSA-PSS key may prescribe its digest (ALG-17).
Result<SignatureScheme> pss_for(const crypto::PublicKey& key, std::optional<Digest> digest) {
  if (digest) return pss(*digest);
  for (Digest candidate : kSignDigests) {
    if (key.allows(pss(candidate))) return pss(candidate);
  }
  return failure(Rule::CryptoBadKey, 0, "the key prescribes an unknown RSASSA-PSS scheme");
}

// As strong as the curve (RFC 5753 8).
Digest digest_for_curve(std::size_t bits) {
  if (bits <= 256) return Digest::Sha256;
  return bits <= 384 ? Digest::Sha384 : Digest::Sha512;
}

SignatureScheme scheme(SignatureAlgorithm algorithm, Digest digest) {
  SignatureScheme result;
  result.algorithm = algorithm;
  result.digest = digest;
  return result;
}

// RFC 9814 4 leaves SLH-DSA no choice of a digest, RFC 9882 3.3 leaves ML-DSA a few.
Result<SignatureScheme> post_quantum_scheme(const crypto::PostQuantumRow& row,
                                            std::optional<Digest> digest) {
  Digest usual = crypto::default_digest(row);
  bool is_fixed = row.seed_size == 0;
  SignatureScheme result = scheme(*row.signature, is_fixed ? usual : digest.value_or(usual));
  if (crypto::allows_digest(*row.signature, result.digest)) return result;
  return failure(Rule::CryptoUnknownAlgorithm, 0,
                 std::string(name(result.digest)) + " with " + row.type);
}

// What RFC 8551 2.2 wants: SHA-256 with RSA (ALG-12) or ECDSA on P-256 (ALG-23); PSS, which fewer
// programs read, where it is asked for (ALG-18).
Result<SignatureScheme> choose(const crypto::PublicKey& key, std::optional<Digest> digest,
                               RsaPadding padding) {
  switch (key.kind()) {
    case KeyKind::Rsa:
      if (padding == RsaPadding::Pss) return pss(digest.value_or(Digest::Sha256));
      if (digest && crypto::is_extendable(*digest)) {  // RFC 8702 3.2.1
        return failure(Rule::CryptoUnknownAlgorithm, 0,
                       std::string(name(*digest)) + " without RSASSA-PSS");
      }
      return scheme(SignatureAlgorithm::RsaPkcs1, digest.value_or(Digest::Sha256));
    case KeyKind::RsaPss:
      return pss_for(key, digest);
    case KeyKind::Ec:
      return scheme(SignatureAlgorithm::Ecdsa, digest.value_or(digest_for_curve(key.bits())));
    default:
      return failure(Rule::CryptoUnknownAlgorithm, 0,
                     "no signatures with a key of kind " + std::string(name(key.kind())));
  }
}

}  // namespace

Result<SignatureScheme> choose_scheme(const crypto::PublicKey& key, std::optional<Digest> digest,
                                      RsaPadding padding) {
  // EdDSA fixes its digest, whatever was asked for (ALG-27, ALG-28).
  if (key.kind() == KeyKind::Ed25519) return scheme(SignatureAlgorithm::Ed25519, Digest::Sha512);
  if (key.kind() == KeyKind::Ed448) return scheme(SignatureAlgorithm::Ed448, Digest::Shake256);
  const crypto::PostQuantumRow* row = crypto::find_post_quantum(key.kind());
  if (row != nullptr && row->signature) return post_quantum_scheme(*row, digest);
  if (digest) TRY_VOID(check_digest(*digest));
  SignatureScheme chosen = TRY(choose(key, digest, padding));
  if (!key.allows(chosen)) return failure(Rule::CryptoBadKey, 0, describe(chosen));
  return chosen;
}

}  // namespace bulla::cms
