#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/oid_name.h"

namespace bulla::crypto {
namespace {

struct KeyWrapRow {
  KeyWrap wrap;
  Oid oid;
  ParameterForm parameters;
};

// RFC 3565 2.3.2, RFC 3370 4.3 (ALG-49). Readers take both NULL and absent: keyInfo
// repeats what stood there (KM-19).
constexpr KeyWrapRow kKeyWraps[] = {
    {KeyWrap::Aes128, Oid::of("2.16.840.1.101.3.4.1.5"), ParameterForm::Absent},
    {KeyWrap::Aes192, Oid::of("2.16.840.1.101.3.4.1.25"), ParameterForm::Absent},
    {KeyWrap::Aes256, Oid::of("2.16.840.1.101.3.4.1.45"), ParameterForm::Absent},
    {KeyWrap::TripleDes, Oid::of("1.2.840.113549.1.9.16.3.6"), ParameterForm::Null},
};

enum class Multiplier : std::uint8_t { One, Cofactor };
enum class Originator : std::uint8_t { Any, Static };

struct KeyAgreementRow {
  Oid oid;
  Kdf kdf;
  Digest digest;
  Multiplier multiplier;
  Originator originator = Originator::Any;
};

constexpr KeyAgreementRow kKeyAgreements[] = {
    // RFC 5753 7.1.4 (ALG-45)
    {Oid::of("1.3.133.16.840.63.0.2"), Kdf::X963, Digest::Sha1, Multiplier::One},
    {Oid::of("1.3.132.1.11.0"), Kdf::X963, Digest::Sha224, Multiplier::One},
    {Oid::of("1.3.132.1.11.1"), Kdf::X963, Digest::Sha256, Multiplier::One},
    {Oid::of("1.3.132.1.11.2"), Kdf::X963, Digest::Sha384, Multiplier::One},
    {Oid::of("1.3.132.1.11.3"), Kdf::X963, Digest::Sha512, Multiplier::One},
    // On the curves here the cofactor is 1: the same secret (KM-23).
    {Oid::of("1.3.133.16.840.63.0.3"), Kdf::X963, Digest::Sha1, Multiplier::Cofactor},
    {Oid::of("1.3.132.1.14.0"), Kdf::X963, Digest::Sha224, Multiplier::Cofactor},
    {Oid::of("1.3.132.1.14.1"), Kdf::X963, Digest::Sha256, Multiplier::Cofactor},
    {Oid::of("1.3.132.1.14.2"), Kdf::X963, Digest::Sha384, Multiplier::Cofactor},
    {Oid::of("1.3.132.1.14.3"), Kdf::X963, Digest::Sha512, Multiplier::Cofactor},
    // RFC 8418 7 (ALG-46)
    {Oid::of("1.2.840.113549.1.9.16.3.19"), Kdf::Hkdf, Digest::Sha256, Multiplier::One},
    {Oid::of("1.2.840.113549.1.9.16.3.20"), Kdf::Hkdf, Digest::Sha384, Multiplier::One},
    {Oid::of("1.2.840.113549.1.9.16.3.21"), Kdf::Hkdf, Digest::Sha512, Multiplier::One},
    // RFC 3370 4.1 (ALG-44): id-alg-ESDH, id-alg-SSDH
    {Oid::of("1.2.840.113549.1.9.16.3.5"), Kdf::X942, Digest::Sha1, Multiplier::One},
    {Oid::of("1.2.840.113549.1.9.16.3.10"), Kdf::X942, Digest::Sha1, Multiplier::One,
     Originator::Static},
};

const KeyAgreementRow* find_row(const Oid& oid) {
  for (const KeyAgreementRow& row : kKeyAgreements) {
    if (row.oid == oid) return &row;
  }
  return nullptr;
}

}  // namespace

std::optional<KeyWrap> read_key_wrap(const asn1::AlgorithmIdentifier& algorithm) {
  if (!algorithm.has_no_or_null_parameters()) return std::nullopt;
  for (const KeyWrapRow& row : kKeyWraps) {
    if (row.oid == algorithm.algorithm) return row.wrap;
  }
  return std::nullopt;
}

asn1::AlgorithmIdentifier key_wrap_identifier(KeyWrap wrap) {
  const KeyWrapRow& row = kKeyWraps[static_cast<std::size_t>(wrap)];
  if (row.parameters == ParameterForm::Null) return {row.oid, kNullParameters};
  return {row.oid, std::nullopt};
}

// KeyWrapAlgorithm ::= AlgorithmIdentifier, as parameters (RFC 5753 7.2). Whatever the key: X25519
// with the KDF of X9.63 is as good (KM-29).
Result<KeyAgreement> read_key_agreement(const asn1::AlgorithmIdentifier& algorithm) {
  const KeyAgreementRow* row = find_row(algorithm.algorithm);
  if (row == nullptr) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, oid_name(algorithm.algorithm));
  }
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "absent");
  auto identifier = asn1::decode(
      *algorithm.parameters, [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); });
  if (!identifier) return failure(Rule::CryptoBadParameters, 0, identifier.error().detail);
  auto wrap = read_key_wrap(*identifier);
  if (!wrap) return failure(Rule::CryptoUnknownAlgorithm, 0, oid_name(identifier->algorithm));
  return KeyAgreement{.kdf = row->kdf,
                      .digest = row->digest,
                      .cofactor = row->multiplier == Multiplier::Cofactor,
                      .is_static = row->originator == Originator::Static,
                      .wrap = *wrap,
                      .wrap_identifier = std::move(*identifier)};
}

asn1::AlgorithmIdentifier key_agreement_identifier(const KeyAgreement& agreement) {
  asn1::AlgorithmIdentifier wrap = agreement.wrap_identifier;
  if (wrap.algorithm.empty()) wrap = key_wrap_identifier(agreement.wrap);
  auto multiplier = agreement.cofactor ? Multiplier::Cofactor : Multiplier::One;
  auto originator = agreement.is_static ? Originator::Static : Originator::Any;
  for (const KeyAgreementRow& row : kKeyAgreements) {
    if (row.kdf == agreement.kdf && row.digest == agreement.digest &&
        row.multiplier == multiplier && row.originator == originator) {
      return {row.oid, wrap.encode()};
    }
  }
  CHECK(false && "a key agreement without a row");
  return {};
}

KeyWrap key_wrap_for(ContentCipher cipher) {
  if (cipher == ContentCipher::TripleDesCbc) return KeyWrap::TripleDes;
  switch (row(cipher).key_size) {
    case 16:
      return KeyWrap::Aes128;
    case 24:
      return KeyWrap::Aes192;
    default:
      return KeyWrap::Aes256;
  }
}

}  // namespace bulla::crypto
