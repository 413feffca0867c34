#include <openssl/obj_mac.h>

#include "base/check.h"
#include "base/try.h"
#include "bulla/key.h"
#include "crypto/algorithm_table.h"
#include "crypto/dh.h"
#include "crypto/digest.h"
#include "crypto/kem.h"
#include "crypto/key_algorithm.h"
#include "crypto/key_transport.h"
#include "crypto/magnitude.h"
#include "crypto/password.h"
#include "crypto/post_quantum_key.h"
#include "crypto/public_key.h"
#include "crypto/shake_pss.h"
#include "crypto/verify.h"

namespace bulla {
namespace {

using namespace crypto;  // NOLINT(google-build-using-namespace): load_private_key is of bulla

// What the file said, made usable.
struct Loaded {
  Owned<EVP_PKEY> key;
  asn1::AlgorithmIdentifier algorithm;
  Bytes subject_public_key;
  Secret rejection_seed;  // RSA
  const CurveRow* curve = nullptr;
  std::optional<DhGroup> group = std::nullopt;
};

Bytes write_spki(const asn1::AlgorithmIdentifier& algorithm, ByteView subject_public_key) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    algorithm.write(seq);
    seq.bit_string(subject_public_key);
  });
}

Result<Bytes> sign_pure(EVP_PKEY* key, ByteView message) {
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  require_memory(context.get());
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = signature.size();
  if (EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, library(), nullptr, key, nullptr) !=
          1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1) {
    return failure(Rule::CryptoSignFailed);
  }
  signature.resize(size);
  return signature;
}

// The DigestInfo that libcrypto makes for PKCS #1 v1.5 has NULL parameters (ALG-05).
Result<Bytes> sign_digest(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest) {
  if (is_shake_pss(scheme)) return sign_shake_pss(key, scheme, digest);
  Parameters parameters;
  set_signature_parameters(scheme, parameters);
  Owned<EVP_PKEY_CTX> context = operation(key);
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = signature.size();
  if (EVP_PKEY_sign_init_ex(context.get(), parameters.list()) != 1 ||
      EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1) {
    return failure(Rule::CryptoSignFailed);
  }
  signature.resize(size);
  return signature;
}

// A private key in this process's memory.
class MemoryKey final : public PrivateKey {
 public:
  MemoryKey(Loaded loaded, Bytes spki, PublicKey public_key)
      : loaded_(std::move(loaded)), spki_(std::move(spki)), public_key_(std::move(public_key)) {}

  KeyKind kind() const override { return public_key_.kind(); }
  Bytes subject_public_key_info() const override { return spki_; }
  Result<Bytes> sign(const SignatureScheme& scheme, ByteView message) const override;
  Result<Secret> decrypt_key(const TransportScheme& scheme, ByteView encrypted_key,
                             std::size_t size) const override;
  Result<Secret> agree(ByteView peer) const override;
  Result<Secret> decapsulate(KemAlgorithm algorithm, ByteView kemct) const override;

 private:
  bool is_rsa() const { return !loaded_.rejection_seed.empty(); }

  Loaded loaded_;
  Bytes spki_;
  PublicKey public_key_;
};

Result<Bytes> MemoryKey::sign(const SignatureScheme& scheme, ByteView message) const {
  ErrorScope scope;
  if (!public_key_.allows(scheme)) {
    return failure(Rule::CryptoSignFailed, 0, "the key is not for " + describe(scheme));
  }
  EVP_PKEY* key = loaded_.key.get();
  if (is_pure(scheme.algorithm)) return sign_pure(key, message);
  Bytes digest = TRY(hash(scheme.digest, message));
  Bytes signature = TRY(sign_digest(key, scheme, digest));
  // A fault in one half of the CRT gives away the factors (T-118).
  if (is_rsa() && !TRY(public_key_.verify_digest(scheme, digest, signature))) {
    return failure(Rule::CryptoSignFailed, 0, "the signature does not verify");
  }
  return signature;
}

Result<Secret> MemoryKey::decrypt_key(const TransportScheme& scheme, ByteView encrypted_key,
                                      std::size_t size) const {
  // A key that its SPKI binds to OAEP or to RSA-KEM serves nothing else (KM-55).
  bool is_oaep = scheme.algorithm == TransportAlgorithm::RsaOaep;
  bool fits = kind() == KeyKind::Rsa || (kind() == KeyKind::RsaOaep && is_oaep);
  if (!fits) return failure(Rule::EncFailed);
  return decrypt_from_rsa(loaded_.key.get(), scheme, loaded_.rejection_seed.view(), encrypted_key,
                          size);
}

Result<Secret> MemoryKey::agree(ByteView peer) const {
  ErrorScope scope;
  Owned<EVP_PKEY> other;
  if (loaded_.curve != nullptr) {
    other = make_ec_key(*loaded_.curve, peer);
  } else if (loaded_.group) {
    other = make_dh_key(*loaded_.group, peer);
  } else if (kind() == KeyKind::X25519 || kind() == KeyKind::X448) {
    other = make_raw_key(*find_raw_key(kind()), peer);
  }
  if (!other) return failure(Rule::EncFailed);
  return shared_secret(loaded_.key.get(), other.get());
}

Result<Secret> MemoryKey::decapsulate(KemAlgorithm algorithm, ByteView kemct) const {
  if (kem_of(kind()) != algorithm) return failure(Rule::EncFailed);
  return crypto::decapsulate(loaded_.key.get(), algorithm, kemct);
}

tl::unexpected<Error> bad_key(std::string detail) {
  return failure(Rule::CryptoBadKey, 0, std::move(detail));
}

struct RsaPrivateKey {
  ByteView modulus, public_exponent, private_exponent, prime1, prime2, exponent1, exponent2,
      coefficient;
};

// RSAPrivateKey ::= SEQUENCE {
//     version           Version, -- 0: two primes
//     modulus           INTEGER,
//     publicExponent    INTEGER,
//     privateExponent   INTEGER,
//     prime1            INTEGER,
//     prime2            INTEGER,
//     exponent1         INTEGER,
//     exponent2         INTEGER,
//     coefficient       INTEGER }
RsaPrivateKey read_rsa(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  if (seq.small_integer() != 0) seq.fail(Rule::CryptoBadKey, "more than two primes");
  return {.modulus = read_positive(seq),
          .public_exponent = read_positive(seq),
          .private_exponent = read_positive(seq),
          .prime1 = read_positive(seq),
          .prime2 = read_positive(seq),
          .exponent1 = read_positive(seq),
          .exponent2 = read_positive(seq),
          .coefficient = read_positive(seq)};
}

// Secret, and a function of the private exponent alone (decrypt_from_rsa).
Result<Secret> rejection_seed(const RsaPrivateKey& rsa) {
  Bytes digest = TRY(hash(Digest::Sha256, rsa.private_exponent));
  Secret seed{ByteView(digest)};
  wipe(digest);
  return seed;
}

Result<Loaded> load_rsa(const asn1::AlgorithmIdentifier& algorithm, ByteView der) {
  auto rsa = asn1::decode(der, &read_rsa);
  if (!rsa) return bad_key("RSAPrivateKey");
  if (rsa->modulus.size() > Limits().rsa_bits / 8) return bad_key("RSA numbers");
  Parameters parameters;
  parameters.big_number(OSSL_PKEY_PARAM_RSA_N, rsa->modulus)
      .big_number(OSSL_PKEY_PARAM_RSA_E, rsa->public_exponent)
      .big_number(OSSL_PKEY_PARAM_RSA_D, rsa->private_exponent)
      .big_number(OSSL_PKEY_PARAM_RSA_FACTOR1, rsa->prime1)
      .big_number(OSSL_PKEY_PARAM_RSA_FACTOR2, rsa->prime2)
      .big_number(OSSL_PKEY_PARAM_RSA_EXPONENT1, rsa->exponent1)
      .big_number(OSSL_PKEY_PARAM_RSA_EXPONENT2, rsa->exponent2)
      .big_number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, rsa->coefficient);
  auto rejection = TRY(rejection_seed(*rsa));
  Loaded loaded{.key = make_key("RSA", EVP_PKEY_KEYPAIR, parameters),
                .algorithm = algorithm,
                .subject_public_key = asn1::encode([&](asn1::Writer& out) {
                  asn1::Writer seq = out.sequence();
                  seq.unsigned_integer(rsa->modulus);
                  seq.unsigned_integer(rsa->public_exponent);
                }),
                .rejection_seed = std::move(rejection)};
  // Readers of version 2's OID are few: the public half is written with rsaEncryption.
  if (key_kind(algorithm.algorithm) == KeyKind::Rsa) {
    loaded.algorithm = {key_oid(KeyKind::Rsa), kNullParameters};
  }
  return loaded;
}

struct EcPrivateKey {
  ByteView private_key;
  std::optional<Bytes> parameters;
  ByteView public_key;
};

// ECPrivateKey ::= SEQUENCE {
//     version        INTEGER { ecPrivkeyVer1(1) },
//     privateKey     OCTET STRING,
//     parameters [0] ECParameters OPTIONAL,
//     publicKey  [1] BIT STRING OPTIONAL }
EcPrivateKey read_ec(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  if (seq.small_integer() != 1) seq.fail(Rule::CryptoBadKey, "version");
  EcPrivateKey key{.private_key = seq.octet_string(), .parameters = {}, .public_key = {}};
  if (auto field = seq.optional_enter(asn1::constructed(0))) {
    key.parameters = to_bytes(field->element());
  }
  if (auto field = seq.optional_enter(asn1::constructed(1))) {
    key.public_key = field->bit_string().bytes;
  }
  return key;
}

// scalar · G, uncompressed; empty if the scalar is not in [1, n-1].
Bytes public_point(const CurveRow& curve, ByteView scalar) {
  Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name_ex(library(), nullptr, curve.nid));
  Owned<BN_CTX> context(BN_CTX_secure_new_ex(library()));
  Owned<BIGNUM> number(BN_secure_new());
  require_memory(group.get());
  require_memory(context.get());
  require_memory(number.get());
  Owned<EC_POINT> point(EC_POINT_new(group.get()));
  require_memory(point.get());
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  require_memory(BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), number.get()));
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0 ||
      EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, context.get()) != 1) {
    return {};
  }
  Bytes octets(1 + 2 * curve.field_size);
  std::size_t size = EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                                        octets.data(), octets.size(), context.get());
  return size == octets.size() ? octets : Bytes();
}

Result<Loaded> load_ec(asn1::AlgorithmIdentifier algorithm, ByteView der) {
  auto ec = asn1::decode(der, &read_ec);
  if (!ec) return bad_key("ECPrivateKey");
  if (!algorithm.parameters) algorithm.parameters = ec->parameters;
  const CurveRow* curve = TRY(read_curve(algorithm));
  if (ec->private_key.empty() || ec->private_key.size() > curve->field_size) return bad_key("EC");
  if (ec->parameters && *ec->parameters != *algorithm.parameters) return bad_key("two curves");
  Bytes point = public_point(*curve, ec->private_key);
  // A public half of another key would make signatures leak the private one.
  bool differs = ec->public_key.size() == point.size() && !equal(ec->public_key, point);
  if (point.empty() || differs) return bad_key("EC numbers");
  Parameters parameters;
  parameters.text(OSSL_PKEY_PARAM_GROUP_NAME, curve->group)
      .octets(OSSL_PKEY_PARAM_PUB_KEY, point)
      .big_number(OSSL_PKEY_PARAM_PRIV_KEY, ec->private_key);
  return Loaded{.key = make_key("EC", EVP_PKEY_KEYPAIR, parameters),
                .algorithm = std::move(algorithm),
                .subject_public_key = std::move(point),
                .rejection_seed = Secret(),
                .curve = curve};
}

// CurvePrivateKey ::= OCTET STRING (RFC 8410 7)
Result<Loaded> load_raw(const asn1::AlgorithmIdentifier& algorithm, ByteView der) {
  auto octets = asn1::decode(der, [](asn1::Reader& in) { return in.octet_string(); });
  const RawKeyRow* row = find_raw_key(key_kind(algorithm.algorithm));
  if (!octets || octets->size() != row->size || algorithm.parameters) return bad_key(row->type);
  Loaded loaded{.key = Owned<EVP_PKEY>(EVP_PKEY_new_raw_private_key_ex(
                    library(), row->type, nullptr, octets->data(), octets->size())),
                .algorithm = algorithm,
                .subject_public_key = Bytes(row->size),
                .rejection_seed = Secret()};
  std::size_t size = row->size;
  if (!loaded.key ||
      EVP_PKEY_get_raw_public_key(loaded.key.get(), loaded.subject_public_key.data(), &size) != 1) {
    return bad_key(row->type);
  }
  return loaded;
}

Result<Loaded> load_dh(const asn1::AlgorithmIdentifier& algorithm, ByteView der) {
  DhGroup group = TRY(read_dh_group(algorithm));
  DhPrivateKey made = TRY(read_dh_private_key(group, der));
  return Loaded{.key = std::move(made.key),
                .algorithm = algorithm,
                .subject_public_key = std::move(made.public_key),
                .rejection_seed = Secret(),
                .group = std::move(group)};
}

Result<Loaded> load_post_quantum(const PostQuantumRow& row,
                                 const asn1::AlgorithmIdentifier& algorithm, ByteView der) {
  if (algorithm.parameters) return bad_key(row.type);
  PostQuantumKey made = TRY(read_post_quantum_key(row, der));
  return Loaded{.key = std::move(made.key),
                .algorithm = algorithm,
                .subject_public_key = std::move(made.public_key),
                .rejection_seed = Secret()};
}

Result<Loaded> load_by_kind(const asn1::AlgorithmIdentifier& algorithm, ByteView der) {
  switch (key_kind(algorithm.algorithm)) {
    case KeyKind::Rsa:
    case KeyKind::RsaPss:
    case KeyKind::RsaOaep:
    case KeyKind::RsaKem:
      return load_rsa(algorithm, der);
    case KeyKind::Ec:
      return load_ec(algorithm, der);
    case KeyKind::Dh:
      return load_dh(algorithm, der);
    case KeyKind::Dsa:
    case KeyKind::Unknown:
      return failure(Rule::CryptoUnavailable, 0, algorithm.algorithm.to_string());
    default:
      break;
  }
  const PostQuantumRow* row = find_post_quantum(key_kind(algorithm.algorithm));
  return row == nullptr ? load_raw(algorithm, der) : load_post_quantum(*row, algorithm, der);
}

Result<PrivateKeyPtr> finish(Result<Loaded> loaded) {
  if (!loaded) return tl::unexpected(std::move(loaded).error());
  if (!loaded->key) return bad_key("refused");
  Bytes spki = write_spki(loaded->algorithm, loaded->subject_public_key);
  PublicKey public_key = TRY(PublicKey::parse(spki));
  return std::make_shared<const MemoryKey>(std::move(*loaded), std::move(spki),
                                           std::move(public_key));
}

struct PrivateKeyInfo {
  asn1::AlgorithmIdentifier algorithm;
  ByteView private_key;
};

// OneAsymmetricKey ::= SEQUENCE {
//     version                   INTEGER { v1(0), v2(1) },
//     privateKeyAlgorithm       AlgorithmIdentifier,
//     privateKey                OCTET STRING,
//     attributes            [0] IMPLICIT Attributes OPTIONAL,
//     publicKey             [1] IMPLICIT BIT STRING OPTIONAL }
PrivateKeyInfo read_pkcs8(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  if (seq.small_integer() > 1) seq.fail(Rule::KeyUnreadable, "version");
  PrivateKeyInfo info{.algorithm = asn1::AlgorithmIdentifier::read(seq),
                      .private_key = seq.octet_string()};
  seq.optional_element(asn1::constructed(0));
  seq.optional_element(asn1::primitive(1));
  return info;
}

struct EncryptedPrivateKeyInfo {
  asn1::AlgorithmIdentifier algorithm;
  ByteView encrypted_data;
};

// EncryptedPrivateKeyInfo ::= SEQUENCE {
//     encryptionAlgorithm  AlgorithmIdentifier,
//     encryptedData        OCTET STRING }
EncryptedPrivateKeyInfo read_encrypted(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {.algorithm = asn1::AlgorithmIdentifier::read(seq), .encrypted_data = seq.octet_string()};
}

enum class Form : std::uint8_t { Encrypted, Pkcs8, Pkcs1, Sec1, None };

// The four forms differ in the tags of their first two fields.
Form read_form(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  bool is_encrypted = seq.next_is(asn1::Tag::Sequence);
  seq.element();
  Form form = Form::None;
  if (is_encrypted) {
    form = Form::Encrypted;
  } else if (seq.next_is(asn1::Tag::Sequence)) {
    form = Form::Pkcs8;
  } else if (seq.next_is(asn1::Tag::Integer)) {
    form = Form::Pkcs1;
  } else if (seq.next_is(asn1::Tag::OctetString)) {
    form = Form::Sec1;
  }
  seq.skip_rest();
  return form;
}

tl::unexpected<Error> unreadable(const Error& error) {
  return failure(Rule::KeyUnreadable, error.offset, error.detail);
}

Result<PrivateKeyPtr> load_pkcs8(ByteView der) {
  auto info = asn1::decode(der, &read_pkcs8);
  if (!info) return unreadable(info.error());
  return finish(load_by_kind(info->algorithm, info->private_key));
}

Result<PrivateKeyPtr> load_encrypted(ByteView der, ByteView passphrase) {
  auto info = asn1::decode(der, &read_encrypted);
  if (!info) return unreadable(info.error());
  if (passphrase.empty()) return failure(Rule::KeyPassphraseNeeded);
  Secret clear = TRY(decrypt_with_password(info->algorithm, passphrase, info->encrypted_data));
  // About one wrong passphrase in 256 gives good padding, and then no PKCS #8.
  if (!asn1::decode(clear.view(), &read_pkcs8)) return failure(Rule::KeyBadPassphrase);
  return load_pkcs8(clear.view());
}

}  // namespace

Result<Secret> PrivateKey::decapsulate(KemAlgorithm, ByteView) const {
  return failure(Rule::EncFailed);
}

Result<PrivateKeyPtr> load_private_key(ByteView der, ByteView passphrase) {
  ErrorScope scope;
  auto form = asn1::decode(der, &read_form);
  if (!form) return unreadable(form.error());
  switch (*form) {
    case Form::Encrypted:
      return load_encrypted(der, passphrase);
    case Form::Pkcs8:
      return load_pkcs8(der);
    case Form::Pkcs1:
      return finish(load_rsa({key_oid(KeyKind::Rsa), kNullParameters}, der));
    case Form::Sec1:
      return finish(load_ec({key_oid(KeyKind::Ec), std::nullopt}, der));
    case Form::None:
      break;
  }
  return failure(Rule::KeyUnreadable);
}

}  // namespace bulla
