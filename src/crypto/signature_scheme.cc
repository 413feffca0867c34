#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/oid_name.h"
#include "crypto/post_quantum.h"
#include "crypto/rsa_parameters.h"

namespace bulla::crypto {
namespace {

enum class ReadAlso : std::uint8_t { Nothing, TheOther };  // of absent and NULL

struct SignatureRow {
  Oid oid;
  SignatureAlgorithm algorithm;
  std::optional<Digest> digest;  // nothing: SignerInfo.digestAlgorithm says it
  ParameterForm parameters;
  ReadAlso read_also;
};

using enum SignatureAlgorithm;
constexpr auto kNull = ParameterForm::Null;
constexpr auto kAbsent = ParameterForm::Absent;

// Of several rows for one scheme the first is written.
constexpr SignatureRow kSignatures[] = {
    // RFC 3370 3.2, RFC 5754 3.2 (ALG-10, ALG-11)
    {Oid::of("1.2.840.113549.1.1.1"), RsaPkcs1, {}, kNull, ReadAlso::TheOther},
    {Oid::of("1.2.840.113549.1.1.4"), RsaPkcs1, Digest::Md5, kNull, ReadAlso::TheOther},
    {Oid::of("1.2.840.113549.1.1.5"), RsaPkcs1, Digest::Sha1, kNull, ReadAlso::TheOther},
    {Oid::of("1.2.840.113549.1.1.14"), RsaPkcs1, Digest::Sha224, kNull, ReadAlso::TheOther},
    {Oid::of("1.2.840.113549.1.1.11"), RsaPkcs1, Digest::Sha256, kNull, ReadAlso::TheOther},
    {Oid::of("1.2.840.113549.1.1.12"), RsaPkcs1, Digest::Sha384, kNull, ReadAlso::TheOther},
    {Oid::of("1.2.840.113549.1.1.13"), RsaPkcs1, Digest::Sha512, kNull, ReadAlso::TheOther},
    // FIPS 202 OIDs of the NIST registry, RFC 9688 3
    {Oid::of("2.16.840.1.101.3.4.3.13"), RsaPkcs1, Digest::Sha3_224, kNull, ReadAlso::TheOther},
    {Oid::of("2.16.840.1.101.3.4.3.14"), RsaPkcs1, Digest::Sha3_256, kNull, ReadAlso::TheOther},
    {Oid::of("2.16.840.1.101.3.4.3.15"), RsaPkcs1, Digest::Sha3_384, kNull, ReadAlso::TheOther},
    {Oid::of("2.16.840.1.101.3.4.3.16"), RsaPkcs1, Digest::Sha3_512, kNull, ReadAlso::TheOther},
    // RFC 8702 3.2.1 (ALG-19)
    {Oid::of("1.3.6.1.5.5.7.6.30"), RsaPss, Digest::Shake128, kAbsent, ReadAlso::Nothing},
    {Oid::of("1.3.6.1.5.5.7.6.31"), RsaPss, Digest::Shake256, kAbsent, ReadAlso::Nothing},
    // RFC 4056 (ALG-15)
    {Oid::of("1.2.840.113549.1.1.10"), RsaPss, {}, ParameterForm::Structure, ReadAlso::Nothing},
    // RFC 5753 2.1, RFC 5754 3.3 (ALG-22); gpgsm 2.2 writes NULL (tests/interop)
    {Oid::of("1.2.840.10045.4.1"), Ecdsa, Digest::Sha1, kAbsent, ReadAlso::TheOther},
    {Oid::of("1.2.840.10045.4.3.1"), Ecdsa, Digest::Sha224, kAbsent, ReadAlso::TheOther},
    {Oid::of("1.2.840.10045.4.3.2"), Ecdsa, Digest::Sha256, kAbsent, ReadAlso::TheOther},
    {Oid::of("1.2.840.10045.4.3.3"), Ecdsa, Digest::Sha384, kAbsent, ReadAlso::TheOther},
    {Oid::of("1.2.840.10045.4.3.4"), Ecdsa, Digest::Sha512, kAbsent, ReadAlso::TheOther},
    {Oid::of("2.16.840.1.101.3.4.3.9"), Ecdsa, Digest::Sha3_224, kAbsent, ReadAlso::Nothing},
    {Oid::of("2.16.840.1.101.3.4.3.10"), Ecdsa, Digest::Sha3_256, kAbsent, ReadAlso::Nothing},
    {Oid::of("2.16.840.1.101.3.4.3.11"), Ecdsa, Digest::Sha3_384, kAbsent, ReadAlso::Nothing},
    {Oid::of("2.16.840.1.101.3.4.3.12"), Ecdsa, Digest::Sha3_512, kAbsent, ReadAlso::Nothing},
    // RFC 8702 3.2.2 (ALG-25)
    {Oid::of("1.3.6.1.5.5.7.6.32"), Ecdsa, Digest::Shake128, kAbsent, ReadAlso::Nothing},
    {Oid::of("1.3.6.1.5.5.7.6.33"), Ecdsa, Digest::Shake256, kAbsent, ReadAlso::Nothing},
    // RFC 8419 (ALG-27, ALG-28)
    {Oid::of("1.3.101.112"), Ed25519, Digest::Sha512, kAbsent, ReadAlso::Nothing},
    {Oid::of("1.3.101.113"), Ed448, Digest::Shake256, kAbsent, ReadAlso::Nothing},
    // RFC 3370 3.1, RFC 5754 3.1 (ALG-20, ALG-21)
    {Oid::of("1.2.840.10040.4.3"), Dsa, Digest::Sha1, kAbsent, ReadAlso::TheOther},
    {Oid::of("2.16.840.1.101.3.4.3.1"), Dsa, Digest::Sha224, kAbsent, ReadAlso::Nothing},
    {Oid::of("2.16.840.1.101.3.4.3.2"), Dsa, Digest::Sha256, kAbsent, ReadAlso::Nothing},
    {Oid::of("1.2.840.10040.4.1"), Dsa, {}, kAbsent, ReadAlso::TheOther},
};

bool parameters_fit(const SignatureRow& row, const asn1::AlgorithmIdentifier& algorithm) {
  if (row.read_also == ReadAlso::TheOther) return algorithm.has_no_or_null_parameters();
  return row.parameters == ParameterForm::Null ? algorithm.has_null_parameters()
                                               : !algorithm.parameters.has_value();
}

Result<SignatureScheme> read_pss(const asn1::AlgorithmIdentifier& algorithm) {
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "absent");
  auto scheme = asn1::decode(*algorithm.parameters, &read_pss_parameters);
  if (!scheme) return failure(Rule::CryptoBadParameters, 0, scheme.error().detail);
  return scheme;
}

const SignatureRow* find_row(const Oid& oid) {
  for (const SignatureRow& row : kSignatures) {
    if (row.oid == oid) return &row;
  }
  return nullptr;
}

// Parameters are absent (ALG-32, ALG-35). The digest is that of the content alone.
Result<SignatureScheme> read_post_quantum(const PostQuantumRow& row,
                                          const asn1::AlgorithmIdentifier& algorithm,
                                          std::optional<Digest> digest) {
  if (algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "not absent");
  SignatureScheme scheme;
  scheme.algorithm = *row.signature;
  scheme.digest = scheme.mgf_digest = digest.value_or(default_digest(row));
  return scheme;
}

bool writes(const SignatureRow& row, const SignatureScheme& scheme) {
  return row.algorithm == scheme.algorithm && (!row.digest || *row.digest == scheme.digest);
}

}  // namespace

Result<SignatureScheme> read_signature_scheme(const asn1::AlgorithmIdentifier& algorithm,
                                              std::optional<Digest> digest) {
  const PostQuantumRow* post_quantum = find_post_quantum(algorithm.algorithm);
  if (post_quantum != nullptr && post_quantum->signature) {
    return read_post_quantum(*post_quantum, algorithm, digest);
  }
  const SignatureRow* row = find_row(algorithm.algorithm);
  if (row == nullptr) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, oid_name(algorithm.algorithm));
  }
  if (row->parameters == ParameterForm::Structure) return read_pss(algorithm);
  if (!parameters_fit(*row, algorithm)) return failure(Rule::CryptoBadParameters);
  // SHAKE stands in OIDs of its own alone (RFC 8702 2).
  bool is_named = !row->digest && digest && is_extendable(*digest);
  if (is_named) return failure(Rule::CryptoUnknownAlgorithm, 0, std::string(name(*digest)));
  if (row->digest) digest = row->digest;
  if (!digest) return failure(Rule::CryptoBadParameters, 0, "no digest is named");
  SignatureScheme scheme{.algorithm = row->algorithm, .digest = *digest, .mgf_digest = *digest};
  if (row->algorithm == RsaPss) scheme.salt_length = digest_size(*digest);
  return scheme;
}

bool makes(KeyKind kind, SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::RsaPkcs1:
      return kind == KeyKind::Rsa;
    case SignatureAlgorithm::RsaPss:
      return kind == KeyKind::Rsa || kind == KeyKind::RsaPss;
    case SignatureAlgorithm::Ecdsa:
      return kind == KeyKind::Ec;
    case SignatureAlgorithm::Ed25519:
      return kind == KeyKind::Ed25519;
    case SignatureAlgorithm::Ed448:
      return kind == KeyKind::Ed448;
    case SignatureAlgorithm::Dsa:
      return kind == KeyKind::Dsa;
    default:
      break;
  }
  const PostQuantumRow* row = find_post_quantum(kind);
  return row != nullptr && row->signature == algorithm;
}

bool is_pure(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::Ed25519 || algorithm == SignatureAlgorithm::Ed448 ||
         find_post_quantum(algorithm) != nullptr;
}

namespace {

enum class Names : std::uint8_t { Any, Digest };  // what the OID says

asn1::AlgorithmIdentifier identifier(const SignatureScheme& scheme, Names names) {
  if (const PostQuantumRow* row = find_post_quantum(scheme.algorithm)) {
    return {row->oid, std::nullopt};
  }
  for (const SignatureRow& row : kSignatures) {
    bool is_complete = row.digest || row.parameters == ParameterForm::Structure;
    if (!writes(row, scheme) || (names == Names::Digest && !is_complete)) continue;
    if (row.parameters == ParameterForm::Structure) return {row.oid, write_pss_parameters(scheme)};
    if (row.parameters == ParameterForm::Null) return {row.oid, kNullParameters};
    return {row.oid, std::nullopt};
  }
  CHECK(false && "a scheme without a row");
  return {};
}

}  // namespace

asn1::AlgorithmIdentifier signature_identifier(const SignatureScheme& scheme) {
  return identifier(scheme, Names::Any);
}

asn1::AlgorithmIdentifier certificate_signature_identifier(const SignatureScheme& scheme) {
  return identifier(scheme, Names::Digest);
}

}  // namespace bulla::crypto
