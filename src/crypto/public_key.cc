#include "crypto/public_key.h"

#include "asn1/algorithm_identifier.h"
#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/dh.h"
#include "crypto/kem.h"
#include "crypto/key_algorithm.h"
#include "crypto/key_transport.h"
#include "crypto/magnitude.h"
#include "crypto/rsa_parameters.h"
#include "crypto/small_order.h"
#include "crypto/verify.h"

namespace bulla::crypto {

struct PublicKey::Inner {
  KeyKind kind = KeyKind::Unknown;
  std::size_t bits = 0;
  Bytes subject_public_key;
  Bytes curve;
  const CurveRow* curve_row = nullptr;
  Owned<EVP_PKEY> key;
  std::optional<SignatureScheme> pss;   // what an id-RSASSA-PSS key prescribes
  std::optional<TransportScheme> oaep;  // what an id-RSAES-OAEP key prescribes
};

namespace {

struct SubjectPublicKeyInfo {
  asn1::AlgorithmIdentifier algorithm;
  ByteView subject_public_key;
};

// SubjectPublicKeyInfo ::= SEQUENCE {
//     algorithm          AlgorithmIdentifier,
//     subjectPublicKey   BIT STRING }
SubjectPublicKeyInfo read_spki(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  SubjectPublicKeyInfo info{.algorithm = asn1::AlgorithmIdentifier::read(seq),
                            .subject_public_key = {}};
  asn1::BitString key = seq.bit_string();
  if (key.unused_bits != 0) seq.fail(Rule::CryptoBadKey);
  info.subject_public_key = key.bytes;
  return info;
}

tl::unexpected<Error> bad_key(std::string detail = {}) {
  return failure(Rule::CryptoBadKey, 0, std::move(detail));
}

struct RsaPublicKey {
  ByteView modulus;
  ByteView exponent;
};

// RSAPublicKey ::= SEQUENCE {
//     modulus           INTEGER,  -- n
//     publicExponent    INTEGER } -- e
RsaPublicKey read_rsa(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  ByteView modulus = magnitude(seq.integer());
  return {.modulus = modulus, .exponent = magnitude(seq.integer())};
}

// T-65, T-66. Below 512 bits no S/MIME version has keys (ALG-73).
bool is_sane(const RsaPublicKey& rsa, const Limits& limits) {
  std::size_t modulus = bit_length(rsa.modulus);
  std::size_t exponent = bit_length(rsa.exponent);
  return modulus >= 512 && modulus <= limits.rsa_bits && is_odd(rsa.modulus) && exponent >= 2 &&
         exponent <= limits.rsa_exponent_bits && is_odd(rsa.exponent);
}

// What the key's parameters prescribe for PSS and OAEP keys; NULL or absent for the rest.
template <typename Scheme, typename Read>
Result<std::optional<Scheme>> read_prescription(const asn1::AlgorithmIdentifier& algorithm,
                                                Read read) {
  if (algorithm.has_no_or_null_parameters()) return std::optional<Scheme>();
  auto scheme = asn1::decode(*algorithm.parameters, read);
  if (!scheme) return bad_key("parameters");
  return std::optional<Scheme>(std::move(*scheme));
}

Result<void> parse_rsa(const SubjectPublicKeyInfo& info, const Limits& limits, auto& inner) {
  auto rsa = asn1::decode(info.subject_public_key, &read_rsa);
  if (!rsa || !is_sane(*rsa, limits)) return bad_key("RSA numbers");
  inner.bits = bit_length(rsa->modulus);
  inner.key = make_rsa_key(rsa->modulus, rsa->exponent);
  if (inner.kind == KeyKind::RsaPss) {
    inner.pss = TRY(read_prescription<SignatureScheme>(info.algorithm, &read_pss_parameters));
  } else if (inner.kind == KeyKind::RsaOaep) {
    inner.oaep = TRY(read_prescription<TransportScheme>(info.algorithm, &read_oaep_parameters));
  } else if (inner.kind == KeyKind::RsaKem && !info.algorithm.has_no_or_null_parameters()) {
    return bad_key("parameters that prescribe a KDF");
  }
  return {};
}

Result<void> parse_ec(const SubjectPublicKeyInfo& info, auto& inner) {
  inner.curve_row = TRY(read_curve(info.algorithm));
  inner.bits = inner.curve_row->bits;
  inner.curve = *info.algorithm.parameters;
  inner.key = make_ec_key(*inner.curve_row, info.subject_public_key);
  return {};
}

Result<void> parse_raw(const SubjectPublicKeyInfo& info, auto& inner) {
  const RawKeyRow* row = find_raw_key(inner.kind);
  if (row == nullptr || info.algorithm.parameters) return bad_key("parameters");
  if (has_small_order(inner.kind, info.subject_public_key)) return bad_key("small order");
  inner.bits = row->bits;
  inner.key = make_raw_key(*row, info.subject_public_key);
  return {};
}

struct DsaParameters {
  ByteView p, q, g;
};

// Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }
DsaParameters read_dsa(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  ByteView p = magnitude(seq.integer());
  ByteView q = magnitude(seq.integer());
  return {.p = p, .q = q, .g = magnitude(seq.integer())};
}

// FIPS 186-4 4.2 ends at 3072 and 256 bits; old certificates begin at 512 and 160.
bool is_sane(const DsaParameters& dsa, ByteView y) {
  std::size_t p = bit_length(dsa.p);
  std::size_t q = bit_length(dsa.q);
  return p >= 512 && p <= 3'072 && (q == 160 || q == 224 || q == 256) && is_odd(dsa.p) &&
         is_odd(dsa.q) && bit_length(dsa.g) >= 2 && bit_length(dsa.g) <= p && bit_length(y) >= 2 &&
         bit_length(y) <= p;
}

// DSAPublicKey ::= INTEGER -- public key, Y
Result<void> parse_dsa(const SubjectPublicKeyInfo& info, auto& inner) {
  if (!info.algorithm.parameters) return bad_key("inherited parameters");
  auto dsa = asn1::decode(*info.algorithm.parameters, &read_dsa);
  auto y = asn1::decode(info.subject_public_key,
                        [](asn1::Reader& in) { return magnitude(in.integer()); });
  if (!dsa || !y || !is_sane(*dsa, *y)) return bad_key("DSA numbers");
  Parameters parameters;
  parameters.big_number(OSSL_PKEY_PARAM_FFC_P, dsa->p)
      .big_number(OSSL_PKEY_PARAM_FFC_Q, dsa->q)
      .big_number(OSSL_PKEY_PARAM_FFC_G, dsa->g)
      .big_number(OSSL_PKEY_PARAM_PUB_KEY, *y);
  inner.bits = bit_length(dsa->p);
  inner.key = make_key("DSA", EVP_PKEY_PUBLIC_KEY, parameters);
  return {};
}

Result<void> parse_dh(const SubjectPublicKeyInfo& info, auto& inner) {
  DhGroup group = TRY(read_dh_group(info.algorithm));
  inner.bits = crypto::bits(group);
  inner.curve = group.encode();
  inner.key = make_dh_key(group, info.subject_public_key);
  return {};
}

Result<void> parse_post_quantum(const PostQuantumRow& row, const SubjectPublicKeyInfo& info,
                                auto& inner) {
  if (info.algorithm.parameters) return bad_key("parameters");
  if (info.subject_public_key.size() != row.public_size) return bad_key(row.type);
  if (!is_available(row)) return unavailable(row);
  inner.bits = 8 * row.public_size;
  inner.key = make_post_quantum_key(row, info.subject_public_key);
  return {};
}

Result<void> parse_by_kind(const SubjectPublicKeyInfo& info, const Limits& limits, auto& inner) {
  switch (inner.kind) {
    case KeyKind::Rsa:
    case KeyKind::RsaPss:
    case KeyKind::RsaOaep:
    case KeyKind::RsaKem:
      return parse_rsa(info, limits, inner);
    case KeyKind::Ec:
      return parse_ec(info, inner);
    case KeyKind::Dsa:
      return parse_dsa(info, inner);
    case KeyKind::Dh:
      return parse_dh(info, inner);
    default:
      break;
  }
  const PostQuantumRow* row = find_post_quantum(inner.kind);
  return row == nullptr ? parse_raw(info, inner) : parse_post_quantum(*row, info, inner);
}

}  // namespace

PublicKey::PublicKey(std::shared_ptr<const Inner> inner) : inner_(std::move(inner)) {}

Result<PublicKey> PublicKey::parse(ByteView spki, const Limits& limits) {
  ErrorScope scope;
  auto info = asn1::decode(spki, &read_spki, limits);
  if (!info) return failure(Rule::CryptoBadKey, info.error().offset, info.error().detail);
  auto inner = std::make_shared<Inner>();
  inner->kind = key_kind(info->algorithm.algorithm);
  if (inner->kind == KeyKind::Unknown) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, info->algorithm.algorithm.to_string());
  }
  TRY_VOID(parse_by_kind(*info, limits, *inner));
  if (!inner->key) return bad_key();
  inner->subject_public_key = to_bytes(info->subject_public_key);
  return PublicKey(std::move(inner));
}

KeyKind PublicKey::kind() const { return inner_->kind; }
std::size_t PublicKey::bits() const { return inner_->bits; }
ByteView PublicKey::subject_public_key() const { return inner_->subject_public_key; }
ByteView PublicKey::curve() const { return inner_->curve; }

bool PublicKey::allows(const SignatureScheme& scheme) const {
  if (!makes(inner_->kind, scheme.algorithm)) return false;
  const auto& pss = inner_->pss;
  return !pss || (pss->digest == scheme.digest && pss->mgf_digest == scheme.mgf_digest &&
                  scheme.salt_length >= pss->salt_length);
}

Result<bool> PublicKey::verify(const SignatureScheme& scheme, ByteView message,
                               ByteView signature) const {
  if (!allows(scheme)) return false;
  return verify_message(inner_->key.get(), scheme, message, signature);
}

Result<bool> PublicKey::verify_digest(const SignatureScheme& scheme, ByteView digest,
                                      ByteView signature) const {
  if (!allows(scheme)) return false;
  return crypto::verify_digest(inner_->key.get(), scheme, digest, signature);
}

Result<Encapsulation> PublicKey::encapsulate() const {
  std::optional<KemAlgorithm> algorithm = kem_of(inner_->kind);
  if (!algorithm) return bad_key("not for key encapsulation");
  return crypto::encapsulate(inner_->key.get(), *algorithm);
}

Result<Bytes> PublicKey::encrypt_key(const TransportScheme& scheme, ByteView key) const {
  bool is_oaep = scheme.algorithm == TransportAlgorithm::RsaOaep;
  bool fits = inner_->kind == KeyKind::Rsa || (inner_->kind == KeyKind::RsaOaep && is_oaep);
  // A key for OAEP alone is used with its parameters (ALG-42).
  if (!fits || (inner_->oaep && *inner_->oaep != scheme)) return bad_key("not for this transport");
  return encrypt_to_rsa(inner_->key.get(), scheme, key);
}

struct EphemeralKey::Inner {
  KeyKind kind = KeyKind::Unknown;
  const CurveRow* curve_row = nullptr;
  Owned<EVP_PKEY> key;
  Bytes subject_public_key;
};

EphemeralKey::EphemeralKey(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
EphemeralKey::EphemeralKey(EphemeralKey&&) noexcept = default;
EphemeralKey::~EphemeralKey() = default;

Result<EphemeralKey> EphemeralKey::make_for(const PublicKey& recipient) {
  ErrorScope scope;
  auto inner = std::make_unique<Inner>();
  inner->kind = recipient.kind();
  inner->curve_row = recipient.inner_->curve_row;
  bool is_montgomery = inner->kind == KeyKind::X25519 || inner->kind == KeyKind::X448;
  if (inner->curve_row != nullptr) {
    inner->key.reset(EVP_PKEY_Q_keygen(library(), nullptr, "EC", inner->curve_row->group));
  } else if (is_montgomery) {
    inner->key.reset(EVP_PKEY_Q_keygen(library(), nullptr, find_raw_key(inner->kind)->type));
  } else {
    return bad_key("not for key agreement");
  }
  if (!inner->key) return failure(Rule::CryptoEncryptFailed);
  unsigned char* octets = nullptr;
  std::size_t size = EVP_PKEY_get1_encoded_public_key(inner->key.get(), &octets);
  if (size == 0) return failure(Rule::CryptoEncryptFailed);
  inner->subject_public_key.assign(octets, octets + size);
  OPENSSL_free(octets);
  return EphemeralKey(std::move(inner));
}

ByteView EphemeralKey::subject_public_key() const { return inner_->subject_public_key; }

bool EphemeralKey::fits(const PublicKey& recipient) const {
  return recipient.kind() == inner_->kind && recipient.inner_->curve_row == inner_->curve_row;
}

Result<Secret> EphemeralKey::agree(const PublicKey& recipient) const {
  ErrorScope scope;
  CHECK(fits(recipient));
  auto shared = shared_secret(inner_->key.get(), recipient.inner_->key.get());
  if (!shared) return failure(Rule::CryptoEncryptFailed);
  return shared;
}

}  // namespace bulla::crypto
