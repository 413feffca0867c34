// Public and private keys, against keys that libcrypto made and encoded.
#include "bulla/key.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <set>

#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/key_algorithm.h"
#include "crypto/public_key.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

// What an i2d function writes.
template <typename Write, typename Object>
Bytes der_of(Write write, Object* object) {
  unsigned char* der = nullptr;
  int size = write(object, &der);
  EXPECT_GT(size, 0);
  Bytes bytes(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return bytes;
}

struct Pair {
  explicit Pair(EVP_PKEY* made) : key(made) {
    PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(made);
    pkcs8 = der_of(&i2d_PKCS8_PRIV_KEY_INFO, info);
    PKCS8_PRIV_KEY_INFO_free(info);
    spki = der_of(&i2d_PUBKEY, made);
    traditional = der_of(&i2d_PrivateKey, made);
  }
  PrivateKeyPtr private_key() const { return load_private_key(pkcs8).value(); }
  PublicKey public_key() const { return PublicKey::parse(spki).value(); }

  Owned<EVP_PKEY> key;
  Bytes pkcs8, spki, traditional;
};

const Pair& rsa() {
  static const Pair pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
  return pair;
}

Pair make_ec(const char* group) { return Pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group)); }
Pair make(const char* type) { return Pair(EVP_PKEY_Q_keygen(nullptr, nullptr, type)); }

constexpr Digest kHashes[] = {Digest::Sha1,     Digest::Sha224,   Digest::Sha256,
                              Digest::Sha384,   Digest::Sha512,   Digest::Sha3_224,
                              Digest::Sha3_256, Digest::Sha3_384, Digest::Sha3_512};

// Signs, verifies, and sees that nothing else verifies.
void expect_signs(const Pair& pair, const SignatureScheme& scheme) {
  Bytes message = to_bytes("the message");
  Bytes signature = pair.private_key()->sign(scheme, message).value();
  PublicKey key = pair.public_key();
  EXPECT_TRUE(key.verify(scheme, message, signature).value()) << describe(scheme);
  EXPECT_FALSE(key.verify(scheme, to_bytes("another"), signature).value());
  for (std::size_t i = 0; i < signature.size(); i += 1 + signature.size() / 20) {
    Bytes flipped = signature;
    flipped[i] ^= 4;
    EXPECT_FALSE(key.verify(scheme, message, flipped).value()) << i;
    EXPECT_FALSE(key.verify(scheme, message, ByteView(signature).first(i)).value()) << i;
  }
  signature.push_back(0);
  EXPECT_FALSE(key.verify(scheme, message, signature).value());
  EXPECT_FALSE(key.verify(scheme, message, {}).value());
}

TEST(Key, RFC8017_rsa_signs_with_every_digest) {
  for (Digest digest : kHashes) {
    expect_signs(rsa(), {.algorithm = SignatureAlgorithm::RsaPkcs1, .digest = digest});
    expect_signs(rsa(), {.algorithm = SignatureAlgorithm::RsaPss,
                         .digest = digest,
                         .mgf_digest = digest,
                         .salt_length = digest_size(digest)});
  }
  expect_signs(rsa(), {.algorithm = SignatureAlgorithm::RsaPss,
                       .digest = Digest::Sha512,
                       .mgf_digest = Digest::Sha1,
                       .salt_length = 0});
}

// RFC 8702 3.2.1: with a modulus of 2049 bits the encoded message is an octet shorter.
TEST(Key, ALG19_rsa_signs_with_SHAKE) {
  Pair odd(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2049}));
  for (Digest digest : {Digest::Shake128, Digest::Shake256}) {
    SignatureScheme scheme{.algorithm = SignatureAlgorithm::RsaPss,
                           .digest = digest,
                           .mgf_digest = digest,
                           .salt_length = digest_size(digest)};
    expect_signs(rsa(), scheme);
    expect_signs(odd, scheme);
    // Another salt length is another encoding.
    Bytes message = to_bytes("m");
    Bytes signature = rsa().private_key()->sign(scheme, message).value();
    scheme.salt_length = 20;
    EXPECT_FALSE(rsa().public_key().verify(scheme, message, signature).value());
  }
  Pair small(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
  SignatureScheme large{.algorithm = SignatureAlgorithm::RsaPss,
                        .digest = Digest::Shake256,
                        .mgf_digest = Digest::Shake256,
                        .salt_length = 64};
  EXPECT_EQ(rule_of(small.private_key()->sign(large, {})), Rule::CryptoSignFailed)
      << "64 + 64 + 2 octets need 130";
  EXPECT_FALSE(small.public_key().verify(large, {}, Bytes(128, 1)).value());
}

TEST(Key, ALG25_ecdsa_signs_with_SHAKE) {
  for (Digest digest : {Digest::Shake128, Digest::Shake256}) {
    expect_signs(make_ec("P-256"), {.algorithm = SignatureAlgorithm::Ecdsa, .digest = digest});
    expect_signs(make_ec("P-521"), {.algorithm = SignatureAlgorithm::Ecdsa, .digest = digest});
  }
}

TEST(Key, ALG22_ALG24_ecdsa_signs_on_every_curve) {
  for (const CurveRow& curve : curve_rows()) {
    Pair pair = make_ec(curve.group);
    EXPECT_EQ(pair.public_key().bits(), curve.bits);
    EXPECT_EQ(pair.public_key().kind(), KeyKind::Ec);
    for (Digest digest : {Digest::Sha256, Digest::Sha512, Digest::Sha3_384}) {
      expect_signs(pair, {.algorithm = SignatureAlgorithm::Ecdsa, .digest = digest});
    }
  }
}

TEST(Key, ALG27_ALG28_eddsa_signs) {
  expect_signs(make("ED25519"),
               {.algorithm = SignatureAlgorithm::Ed25519, .digest = Digest::Sha512});
  expect_signs(make("ED448"), {.algorithm = SignatureAlgorithm::Ed448, .digest = Digest::Shake256});
}

TEST(Key, verify_digest_is_verify_of_the_digest) {
  SignatureScheme scheme{.algorithm = SignatureAlgorithm::RsaPss};
  Bytes message = to_bytes("m");
  Bytes signature = rsa().private_key()->sign(scheme, message).value();
  Bytes digest = hash(Digest::Sha256, message).value();
  PublicKey key = rsa().public_key();
  EXPECT_TRUE(key.verify_digest(scheme, digest, signature).value());
  EXPECT_FALSE(key.verify_digest(scheme, ByteView(digest).first(31), signature).value());
  EXPECT_FALSE(key.verify_digest(scheme, {}, signature).value());
}

TEST(Key, a_key_of_another_kind_verifies_nothing_and_signs_nothing) {
  SignatureScheme ecdsa{.algorithm = SignatureAlgorithm::Ecdsa};
  EXPECT_FALSE(rsa().public_key().verify(ecdsa, {}, {}).value());
  EXPECT_EQ(rule_of(rsa().private_key()->sign(ecdsa, {})), Rule::CryptoSignFailed);
  EXPECT_EQ(rule_of(make("X25519").private_key()->sign(ecdsa, {})), Rule::CryptoSignFailed);
  EXPECT_EQ(rule_of(make("ED25519").private_key()->agree(Bytes(32, 1))), Rule::EncFailed);
  EXPECT_EQ(rule_of(make_ec("P-256").private_key()->decrypt_key({}, Bytes(256), 16)),
            Rule::EncFailed);
}

// ALG-06: the signature of a block of our choosing, by the raw private operation.
Bytes sign_block(ByteView digest_info) {
  Bytes block(256, 0xff);
  block[0] = 0;
  block[1] = 1;
  block[255 - digest_info.size()] = 0;
  std::copy(digest_info.begin(), digest_info.end(), block.end() - std::ssize(digest_info));
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(rsa().key.get(), nullptr));
  Parameters none;
  none.text(OSSL_SIGNATURE_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_NONE);
  EXPECT_EQ(EVP_PKEY_sign_init_ex(context.get(), none.list()), 1);
  Bytes signature(256);
  std::size_t size = 256;
  EXPECT_EQ(EVP_PKEY_sign(context.get(), signature.data(), &size, block.data(), block.size()), 1);
  return signature;
}

TEST(Key, ALG06_v15_takes_null_or_absent_parameters_and_nothing_else) {
  SignatureScheme scheme{.algorithm = SignatureAlgorithm::RsaPkcs1};
  std::string digest = to_hex(hash(Digest::Sha256, as_bytes("m")).value());
  auto verifies = [&](const std::string& info) {
    return rsa().public_key().verify(scheme, as_bytes("m"), sign_block(from_hex(info))).value();
  };
  EXPECT_TRUE(verifies("3031300d060960864801650304020105000420" + digest));
  EXPECT_TRUE(verifies("302f300b06096086480165030402010420" + digest));
  EXPECT_FALSE(verifies("3031300d060960864801650304020105000420" + digest + "00"))
      << "CVE-2006-4339";
  EXPECT_FALSE(verifies("308131300d060960864801650304020105000420" + digest));
  EXPECT_FALSE(verifies("3031300d060960864801650304020205000420" + digest));
  EXPECT_FALSE(verifies("3033300f06096086480165030402010202aabb0420" + digest));
  EXPECT_FALSE(verifies(digest));
}

TEST(Key, ALG05_v15_is_written_with_null_parameters) {
  Bytes signature = rsa().private_key()->sign({}, as_bytes("m")).value();
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(rsa().key.get(), nullptr));
  Parameters none;
  none.text(OSSL_SIGNATURE_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_NONE);
  ASSERT_EQ(EVP_PKEY_verify_recover_init_ex(context.get(), none.list()), 1);
  Bytes block(256);
  std::size_t size = block.size();
  ASSERT_EQ(EVP_PKEY_verify_recover(context.get(), block.data(), &size, signature.data(),
                                    signature.size()),
            1);
  EXPECT_TRUE(to_hex(block).ends_with("003031300d060960864801650304020105000420" +
                                      to_hex(hash(Digest::Sha256, as_bytes("m")).value())));
}

TEST(Key, forms_of_private_keys_are_the_same_key) {
  for (const Pair& pair : {Pair(EVP_PKEY_dup(rsa().key.get())), make_ec("P-384")}) {
    auto from_pkcs8 = load_private_key(pair.pkcs8);
    auto from_traditional = load_private_key(pair.traditional);
    ASSERT_TRUE(from_pkcs8 && from_traditional);
    EXPECT_EQ((*from_pkcs8)->subject_public_key_info(), pair.spki);
    EXPECT_EQ((*from_traditional)->subject_public_key_info(), pair.spki);
  }
  for (const char* type : {"ED25519", "ED448", "X25519", "X448"}) {
    Pair pair = make(type);
    EXPECT_EQ(pair.private_key()->subject_public_key_info(), pair.spki) << type;
  }
}

TEST(Key, KM15_KM21_agreement_on_every_curve_works_both_ways) {
  std::vector<Pair> pairs;
  for (const CurveRow& curve : curve_rows()) pairs.push_back(make_ec(curve.group));
  pairs.push_back(make("X25519"));
  pairs.push_back(make("X448"));
  for (const Pair& pair : pairs) {
    auto ephemeral = EphemeralKey::make_for(pair.public_key());
    ASSERT_TRUE(ephemeral);
    auto ours = ephemeral->agree(pair.public_key());
    auto shared = pair.private_key()->agree(ephemeral->subject_public_key());
    ASSERT_TRUE(ours);
    ASSERT_TRUE(shared);
    EXPECT_TRUE(equal(shared->view(), ours->view()));
    EXPECT_EQ(shared->size(), (pair.public_key().bits() + 7) / 8);
  }
}

TEST(Key, KM15_an_ephemeral_key_serves_its_own_curve_alone) {
  Pair p256 = make_ec("P-256");
  auto ephemeral = EphemeralKey::make_for(p256.public_key()).value();
  EXPECT_TRUE(ephemeral.fits(make_ec("P-256").public_key()));
  EXPECT_FALSE(ephemeral.fits(make_ec("P-384").public_key()));
  EXPECT_FALSE(ephemeral.fits(make("X25519").public_key()));
  auto for_rsa = EphemeralKey::make_for(rsa().public_key());
  ASSERT_FALSE(for_rsa);
  EXPECT_EQ(for_rsa.error().rule, Rule::CryptoBadKey);
}

TEST(Key, T36_KM14_points_of_wrong_forms_fail) {
  Pair pair = make_ec("P-256");
  auto key = pair.private_key();
  Bytes point = to_bytes(pair.public_key().subject_public_key());
  EXPECT_TRUE(key->agree(point));
  auto with_lead = [&](std::uint8_t lead, std::size_t size) {
    Bytes changed = point;
    changed[0] = lead;
    changed.resize(size);
    return changed;
  };
  auto odd = static_cast<std::uint8_t>(2 + (point.back() & 1));
  EXPECT_TRUE(key->agree(with_lead(odd, 33))) << "compressed";
  const Bytes bad[] = {
      {},
      {0},
      Bytes(65),
      with_lead(4, 64),
      with_lead(4, 66),
      with_lead(5, 65),
      with_lead(static_cast<std::uint8_t>(odd + 4), 65),  // hybrid
      to_bytes(make_ec("P-384").public_key().subject_public_key()),
  };
  for (const Bytes& peer : bad) EXPECT_EQ(rule_of(key->agree(peer)), Rule::EncFailed);
  point[40] ^= 1;
  EXPECT_EQ(rule_of(key->agree(point)), Rule::EncFailed) << "not on the curve";
}

TEST(Key, KM26_zero_shared_secrets_fail) {
  EXPECT_EQ(rule_of(make("X25519").private_key()->agree(Bytes(32))), Rule::EncFailed);
  EXPECT_EQ(rule_of(make("X448").private_key()->agree(Bytes(56))), Rule::EncFailed);
}

Bytes rsa_spki(ByteView modulus, ByteView exponent) {
  return spki(identifier("300d06092a864886f70d0101010500"), asn1::encode([&](asn1::Writer& out) {
                asn1::Writer seq = out.sequence();
                seq.unsigned_integer(modulus);
                seq.unsigned_integer(exponent);
              }));
}

TEST(PublicKey, T65_T66_rsa_numbers_are_gated) {
  auto parse = [](std::size_t octets, ByteView exponent, std::uint8_t last = 1) {
    Bytes modulus(octets, 0xc3);
    if (!modulus.empty()) modulus.back() = last;
    return rule_of(PublicKey::parse(rsa_spki(modulus, exponent)));
  };
  const Bytes f4 = from_hex("010001");
  EXPECT_EQ(parse(64, f4), std::nullopt);
  EXPECT_EQ(parse(1'024, f4), std::nullopt);
  EXPECT_EQ(parse(256, from_hex("03")), std::nullopt);
  EXPECT_EQ(parse(256, from_hex("01ffffffff")), std::nullopt);
  for (std::size_t octets : {0, 1, 63, 1'025, 2'048, 2'049, 125'000}) {
    EXPECT_EQ(parse(octets, f4), Rule::CryptoBadKey) << octets;
  }
  EXPECT_EQ(parse(256, f4, 2), Rule::CryptoBadKey) << "even modulus";
  for (const char* exponent : {"00", "01", "02", "010000", "0200000001"}) {
    EXPECT_EQ(parse(256, from_hex(exponent)), Rule::CryptoBadKey) << exponent;
  }
}

TEST(PublicKey, ALG24_T66_curves_are_named) {
  Bytes point = to_bytes(make_ec("P-256").public_key().subject_public_key());
  auto parse = [&](std::optional<Bytes> parameters) {
    return rule_of(PublicKey::parse(spki({Oid::of("1.2.840.10045.2.1"), parameters}, point)));
  };
  EXPECT_EQ(parse(from_hex("06082a8648ce3d030107")), std::nullopt);
  EXPECT_EQ(parse(std::nullopt), Rule::CryptoBadKey);
  EXPECT_EQ(parse(from_hex("0500")), Rule::CryptoBadKey);
  EXPECT_EQ(parse(from_hex("3003020101")), Rule::CryptoBadKey) << "explicit parameters";
  EXPECT_EQ(parse(from_hex("06052b8104000a")), Rule::CryptoUnknownAlgorithm) << "secp256k1";
  EXPECT_EQ(parse(from_hex("06052b81040022")), Rule::CryptoBadKey) << "P-384";
}

TEST(PublicKey, T66_edwards_points_of_small_order_are_refused) {
  for (const char* y : {"0000000000000000000000000000000000000000000000000000000000000000",
                        "0100000000000000000000000000000000000000000000000000000000000080",
                        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    EXPECT_EQ(rule_of(PublicKey::parse(spki(identifier("300506032b6570"), from_hex(y)))),
              Rule::CryptoBadKey);
  }
  Bytes minus_one(57, 0xff);
  minus_one[0] = minus_one[28] = 0xfe;
  minus_one[56] = 0;
  for (const Bytes& y : {Bytes(57), minus_one}) {
    EXPECT_EQ(rule_of(PublicKey::parse(spki(identifier("300506032b6571"), y))), Rule::CryptoBadKey);
  }
}

TEST(PublicKey, malformed_and_unknown_keys) {
  EXPECT_EQ(rule_of(PublicKey::parse({})), Rule::CryptoBadKey);
  EXPECT_EQ(rule_of(PublicKey::parse(spki(identifier("300506032b0601"), Bytes(32)))),
            Rule::CryptoUnknownAlgorithm);
  Bytes good = rsa().spki;
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(PublicKey::parse(ByteView(good).first(size)));
  }
  good.push_back(0);
  EXPECT_EQ(rule_of(PublicKey::parse(good)), Rule::CryptoBadKey);
  EXPECT_FALSE(PublicKey::parse(spki(identifier("300706032b65700500"), Bytes(32, 9))));
}

Bytes with_algorithm(const asn1::AlgorithmIdentifier& algorithm) {
  return spki(algorithm, rsa().public_key().subject_public_key());
}

TEST(PublicKey, ALG17_pss_keys_prescribe) {
  SignatureScheme pss{.algorithm = SignatureAlgorithm::RsaPss};
  auto bound = PublicKey::parse(with_algorithm(signature_identifier(pss)));
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->kind(), KeyKind::RsaPss);
  EXPECT_TRUE(bound->allows(pss));
  EXPECT_FALSE(bound->allows({.algorithm = SignatureAlgorithm::RsaPkcs1}));
  SignatureScheme other = pss;
  other.salt_length = 31;
  EXPECT_FALSE(bound->allows(other));
  other.salt_length = 33;
  EXPECT_TRUE(bound->allows(other));
  other.mgf_digest = Digest::Sha1;
  EXPECT_FALSE(bound->allows(other));
  auto free = PublicKey::parse(with_algorithm({Oid::of("1.2.840.113549.1.1.10"), std::nullopt}));
  EXPECT_TRUE(free->allows(other));
  EXPECT_FALSE(free->allows({.algorithm = SignatureAlgorithm::RsaPkcs1}));
  EXPECT_EQ(rule_of(free->encrypt_key({}, Bytes(16))), Rule::CryptoBadKey);
  Bytes signature = rsa().private_key()->sign(pss, as_bytes("m")).value();
  EXPECT_TRUE(bound->verify(pss, as_bytes("m"), signature).value());
  EXPECT_EQ(rule_of(PublicKey::parse(
                with_algorithm({Oid::of("1.2.840.113549.1.1.10"), from_hex("3005a303020102")}))),
            Rule::CryptoBadKey);
}

TEST(PublicKey, ALG13_ALG42_other_oids_of_rsa_keys) {
  auto x509 = PublicKey::parse(with_algorithm({Oid::of("2.5.8.1.1"), from_hex("02020800")}));
  ASSERT_TRUE(x509) << "ALG-13";
  EXPECT_EQ(x509->kind(), KeyKind::Rsa);
  TransportScheme oaep{.algorithm = TransportAlgorithm::RsaOaep, .label = {}};
  auto bound = PublicKey::parse(with_algorithm(transport_identifier(oaep)));
  ASSERT_TRUE(bound);
  EXPECT_TRUE(bound->encrypt_key(oaep, Bytes(16)));
  EXPECT_EQ(rule_of(bound->encrypt_key({}, Bytes(16))), Rule::CryptoBadKey);
  oaep.digest = Digest::Sha384;
  EXPECT_EQ(rule_of(bound->encrypt_key(oaep, Bytes(16))), Rule::CryptoBadKey);
}

TEST(PublicKey, ALG48_KM55_an_rsa_kem_key_serves_nothing_else) {
  auto kem = PublicKey::parse(with_algorithm({Oid::of("1.2.840.113549.1.9.16.3.14"), {}}));
  ASSERT_TRUE(kem);
  EXPECT_EQ(kem->kind(), KeyKind::RsaKem);
  EXPECT_TRUE(kem->encapsulate());
  EXPECT_EQ(rule_of(kem->encrypt_key({}, Bytes(16))), Rule::CryptoBadKey);
  EXPECT_EQ(
      rule_of(kem->encrypt_key({.algorithm = TransportAlgorithm::RsaOaep, .label = {}}, Bytes(16))),
      Rule::CryptoBadKey);
  EXPECT_FALSE(kem->allows({.algorithm = SignatureAlgorithm::RsaPkcs1}));
  EXPECT_FALSE(kem->allows({.algorithm = SignatureAlgorithm::RsaPss}));
  auto key = load_private_key(
      pkcs8({Oid::of("1.2.840.113549.1.9.16.3.14"), std::nullopt}, rsa().traditional));
  ASSERT_TRUE(key);
  Bytes for_rsa = rsa().public_key().encrypt_key({}, Bytes(16)).value();
  EXPECT_EQ(rule_of((*key)->decrypt_key({}, for_rsa, 16)), Rule::EncFailed);
  EXPECT_EQ(rule_of((*key)->sign({}, as_bytes("m"))), Rule::CryptoSignFailed);
  EXPECT_TRUE((*key)->decapsulate(KemAlgorithm::Rsa, kem->encapsulate()->kemct));
}

TEST(PublicKey, ALG20_ALG21_dsa_verifies) {
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
  EVP_PKEY* parameters = nullptr;
  Parameters sizes;
  sizes.number(OSSL_PKEY_PARAM_FFC_PBITS, 1'024).number(OSSL_PKEY_PARAM_FFC_QBITS, 160);
  ASSERT_EQ(EVP_PKEY_paramgen_init(context.get()), 1);
  ASSERT_EQ(EVP_PKEY_CTX_set_params(context.get(), sizes.list()), 1);
  ASSERT_EQ(EVP_PKEY_paramgen(context.get(), &parameters), 1);
  Owned<EVP_PKEY> owned(parameters);
  context.reset(EVP_PKEY_CTX_new(parameters, nullptr));
  EVP_PKEY* made = nullptr;
  ASSERT_EQ(EVP_PKEY_keygen_init(context.get()), 1);
  ASSERT_EQ(EVP_PKEY_keygen(context.get(), &made), 1);
  Owned<EVP_PKEY> dsa(made);
  Bytes digest = hash(Digest::Sha1, as_bytes("m")).value();
  context.reset(EVP_PKEY_CTX_new(made, nullptr));
  Bytes signature(64);
  std::size_t size = signature.size();
  ASSERT_EQ(EVP_PKEY_sign_init(context.get()), 1);
  ASSERT_EQ(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()), 1);
  signature.resize(size);
  PublicKey key = PublicKey::parse(der_of(&i2d_PUBKEY, made)).value();
  EXPECT_EQ(key.kind(), KeyKind::Dsa);
  EXPECT_EQ(key.bits(), 1'024u);
  SignatureScheme scheme{.algorithm = SignatureAlgorithm::Dsa, .digest = Digest::Sha1};
  EXPECT_TRUE(key.verify(scheme, as_bytes("m"), signature).value());
  EXPECT_FALSE(key.verify(scheme, as_bytes("n"), signature).value());
  EXPECT_EQ(rule_of(PublicKey::parse(
                spki({Oid::of("1.2.840.10040.4.1"), std::nullopt}, key.subject_public_key()))),
            Rule::CryptoBadKey);
}

TEST(PrivateKey, unreadable_input) {
  EXPECT_EQ(rule_of(load_private_key({})), Rule::KeyUnreadable);
  EXPECT_EQ(rule_of(load_private_key(from_hex("3000"))), Rule::KeyUnreadable);
  EXPECT_EQ(rule_of(load_private_key(rsa().spki)), Rule::KeyUnreadable);
  const Bytes& good = rsa().pkcs8;
  for (std::size_t size = 0; size < good.size(); size += 3) {
    EXPECT_EQ(rule_of(load_private_key(ByteView(good).first(size))), Rule::KeyUnreadable);
  }
  EXPECT_EQ(rule_of(load_private_key(pkcs8(identifier("300506032b0601"), Bytes(32)))),
            Rule::CryptoUnavailable);
}

TEST(PrivateKey, public_half_of_another_key_is_refused) {
  Pair one = make_ec("P-256"), two = make_ec("P-256");
  Bytes mixed = one.traditional;
  Bytes other = to_bytes(two.public_key().subject_public_key());
  std::copy(other.begin(), other.end(), mixed.end() - std::ssize(other));
  EXPECT_EQ(rule_of(load_private_key(mixed)), Rule::CryptoBadKey);
}

// RSAPrivateKey with one bit changed in each of the fields that are named.
Bytes with_faults(ByteView der, std::set<std::size_t> fields) {
  std::vector<Bytes> numbers = asn1::decode(der, [](asn1::Reader& in) {
                                 std::vector<Bytes> read;
                                 asn1::Reader seq = in.sequence();
                                 while (seq.more()) read.push_back(to_bytes(seq.integer()));
                                 return read;
                               }).value();
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (fields.contains(i)) numbers[i].back() ^= 4;
      seq.unsigned_integer(numbers[i]);
    }
  });
}

// T-118: libcrypto repairs a fault in one half of the CRT with the whole private
// exponent (field 3); where that is wrong too, no signature leaves.
TEST(PrivateKey, T118_faulty_signatures_are_not_released) {
  auto repaired = load_private_key(with_faults(rsa().traditional, {6}));
  ASSERT_TRUE(repaired);
  Bytes signature = (*repaired)->sign({}, as_bytes("m")).value();
  EXPECT_TRUE(rsa().public_key().verify({}, as_bytes("m"), signature).value());
  auto faulty = load_private_key(with_faults(rsa().traditional, {3, 6}));
  ASSERT_TRUE(faulty);
  for (auto algorithm : {SignatureAlgorithm::RsaPkcs1, SignatureAlgorithm::RsaPss}) {
    EXPECT_EQ(rule_of((*faulty)->sign({.algorithm = algorithm}, as_bytes("m"))),
              Rule::CryptoSignFailed);
  }
}

}  // namespace
}  // namespace bulla::crypto
