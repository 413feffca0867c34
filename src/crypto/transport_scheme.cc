#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/oid_name.h"
#include "crypto/rsa_parameters.h"

namespace bulla::crypto {
namespace {

constexpr Oid kRsaEncryption = Oid::of("1.2.840.113549.1.1.1");
constexpr Oid kRsaesOaep = Oid::of("1.2.840.113549.1.1.7");

}  // namespace

// Absent parameters of rsaEncryption are taken for NULL, as in an example of RFC 8551 (ALG-39).
// Those of OAEP are never guessed, and nothing falls back to v1.5 (T-32).
Result<TransportScheme> read_transport_scheme(const asn1::AlgorithmIdentifier& algorithm) {
  if (algorithm.algorithm == kRsaEncryption) {
    if (!algorithm.has_no_or_null_parameters()) return failure(Rule::CryptoBadParameters);
    return TransportScheme{.algorithm = TransportAlgorithm::RsaPkcs1, .label = {}};
  }
  if (algorithm.algorithm != kRsaesOaep) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, oid_name(algorithm.algorithm));
  }
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "absent");
  auto scheme = asn1::decode(*algorithm.parameters, &read_oaep_parameters);
  if (!scheme) return failure(Rule::CryptoBadParameters, 0, scheme.error().detail);
  return scheme;
}

asn1::AlgorithmIdentifier transport_identifier(const TransportScheme& scheme) {
  if (scheme.algorithm == TransportAlgorithm::RsaPkcs1) return {kRsaEncryption, kNullParameters};
  return {kRsaesOaep, write_oaep_parameters(scheme)};
}

}  // namespace bulla::crypto
