// Keys and operations of ML-KEM, ML-DSA and SLH-DSA, and RSA-KEM. What the libcrypto at hand
// does not have must say so.
#include "crypto/post_quantum.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "bulla/key.h"
#include "crypto/kem.h"
#include "crypto/openssl.h"
#include "crypto/public_key.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

Bytes seed_key(ByteView seed) {
  return asn1::encode([&](asn1::Writer& out) { out.primitive(asn1::primitive(0), seed); });
}

Bytes octets_key(ByteView octets) {
  return asn1::encode([&](asn1::Writer& out) { out.octet_string(octets); });
}

Bytes both_key(ByteView seed, ByteView expanded_key) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.octet_string(seed);
    seq.octet_string(expanded_key);
  });
}

Bytes counted(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}

Bytes as_pkcs8(const PostQuantumRow& row, ByteView private_key) {
  return pkcs8({row.oid, std::nullopt}, private_key);
}

// A key of the kind: from a seed where there is that form, else as libcrypto makes it.
PrivateKeyPtr make_key(const PostQuantumRow& row) {
  if (row.seed_size != 0) {
    return load_private_key(as_pkcs8(row, seed_key(counted(row.seed_size)))).value();
  }
  Owned<EVP_PKEY> made(EVP_PKEY_Q_keygen(nullptr, nullptr, row.type));
  Bytes octets(row.private_size);
  std::size_t size = octets.size();
  EXPECT_EQ(EVP_PKEY_get_raw_private_key(made.get(), octets.data(), &size), 1);
  return load_private_key(as_pkcs8(row, octets)).value();
}

class PostQuantum : public testing::TestWithParam<const PostQuantumRow*> {
 protected:
  const PostQuantumRow& row() const { return *GetParam(); }
  void SetUp() override {
    if (!is_available(row())) GTEST_SKIP() << row().type;
  }
};

std::vector<const PostQuantumRow*> all_rows() {
  std::vector<const PostQuantumRow*> rows;
  for (const PostQuantumRow& row : post_quantum_rows()) rows.push_back(&row);
  return rows;
}

std::string row_name(const testing::TestParamInfo<const PostQuantumRow*>& info) {
  std::string name = info.param->type;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, PostQuantum, testing::ValuesIn(all_rows()), row_name);

TEST_P(PostQuantum, ALG32_ALG35_signs_the_message_itself) {
  if (!row().signature) GTEST_SKIP() << "a KEM";
  PrivateKeyPtr key = make_key(row());
  SignatureScheme scheme{.algorithm = *row().signature, .digest = default_digest(row())};
  Bytes message = counted(100);
  Bytes signature = key->sign(scheme, message).value();
  EXPECT_EQ(signature.size(), row().output_size);
  auto public_key = PublicKey::parse(key->subject_public_key_info()).value();
  EXPECT_TRUE(public_key.verify(scheme, message, signature).value());
  message[0] ^= 1;
  EXPECT_FALSE(public_key.verify(scheme, message, signature).value());
  message[0] ^= 1;
  signature.back() ^= 1;
  EXPECT_FALSE(public_key.verify(scheme, message, signature).value());
  signature.pop_back();
  EXPECT_FALSE(public_key.verify(scheme, message, signature).value());
  EXPECT_FALSE(public_key.verify(scheme, message, {}).value());
}

TEST_P(PostQuantum, KM44_KM49_encapsulates) {
  if (!row().kem) GTEST_SKIP() << "a signature";
  PrivateKeyPtr key = make_key(row());
  auto public_key = PublicKey::parse(key->subject_public_key_info()).value();
  Encapsulation first = public_key.encapsulate().value();
  EXPECT_EQ(first.kemct.size(), row().output_size);
  EXPECT_TRUE(equal(key->decapsulate(*row().kem, first.kemct)->view(), first.shared.view()));
  EXPECT_NE(public_key.encapsulate()->kemct, first.kemct);
  // One octet changed gives another secret, not an error (FIPS 203 6.3).
  Bytes changed = first.kemct;
  changed[7] ^= 1;
  EXPECT_FALSE(equal(key->decapsulate(*row().kem, changed)->view(), first.shared.view()));
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, row().output_size - 1}) {
    EXPECT_EQ(rule_of(key->decapsulate(*row().kem, ByteView(first.kemct).first(size))),
              Rule::EncFailed);
  }
  changed.push_back(0);
  EXPECT_EQ(rule_of(key->decapsulate(*row().kem, changed)), Rule::EncFailed);
  EXPECT_EQ(rule_of(key->decapsulate(KemAlgorithm::Rsa, first.kemct)), Rule::EncFailed);
}

TEST_P(PostQuantum, KM50_KM51_keys_of_wrong_sizes_are_refused) {
  for (std::size_t size : {std::size_t{0}, row().seed_size + 1, row().private_size + 1}) {
    EXPECT_EQ(rule_of(load_private_key(as_pkcs8(row(), seed_key(counted(size))))),
              Rule::CryptoBadKey);
    EXPECT_EQ(rule_of(load_private_key(as_pkcs8(row(), octets_key(counted(size))))),
              Rule::CryptoBadKey);
  }
  EXPECT_EQ(rule_of(load_private_key(as_pkcs8(row(), {}))), Rule::CryptoBadKey);
  Bytes null = asn1::encode([](asn1::Writer& out) { out.null(); });
  Bytes with_null = pkcs8({row().oid, null}, seed_key(counted(row().seed_size)));
  EXPECT_EQ(rule_of(load_private_key(with_null)), Rule::CryptoBadKey);
  Bytes expanded = counted(row().private_size);
  if (row().seed_size == 0) return;
  EXPECT_EQ(
      rule_of(load_private_key(as_pkcs8(row(), both_key(counted(row().seed_size), expanded)))),
      Rule::CryptoBadKey);
  EXPECT_EQ(rule_of(load_private_key(as_pkcs8(row(), octets_key(expanded)))), Rule::CryptoBadKey);
}

TEST_P(PostQuantum, ALG38_public_keys_have_one_size_and_no_parameters) {
  Bytes octets = to_bytes(
      PublicKey::parse(make_key(row())->subject_public_key_info()).value().subject_public_key());
  ASSERT_EQ(octets.size(), row().public_size);
  EXPECT_EQ(rule_of(PublicKey::parse(spki({row().oid, kNullParameters}, octets))),
            Rule::CryptoBadKey);
  octets.push_back(0);
  EXPECT_EQ(rule_of(PublicKey::parse(spki({row().oid, std::nullopt}, octets))), Rule::CryptoBadKey);
}

// FIPS 203 7.2: every coefficient of an encapsulation key is below the modulus.
TEST_P(PostQuantum, KM49_encapsulation_keys_are_checked) {
  if (!row().kem) GTEST_SKIP() << "a signature";
  Bytes octets(row().public_size, 0xff);
  EXPECT_EQ(rule_of(PublicKey::parse(spki({row().oid, std::nullopt}, octets))), Rule::CryptoBadKey);
}

TEST(PostQuantumTable, what_is_absent_names_what_would_provide_it) {
  for (const PostQuantumRow& row : post_quantum_rows()) {
    if (is_available(row)) continue;
    auto key = load_private_key(as_pkcs8(row, seed_key(counted(row.seed_size))));
    EXPECT_EQ(rule_of(key), Rule::CryptoUnavailable) << row.type;
    EXPECT_NE(key.error().detail.find("OpenSSL 3.5"), std::string::npos) << key.error().detail;
    auto public_key = PublicKey::parse(spki({row.oid, std::nullopt}, counted(row.public_size)));
    EXPECT_EQ(rule_of(public_key), Rule::CryptoUnavailable) << row.type;
  }
}

TEST(PostQuantumTable, ALG33_ALG36_digests_are_as_strong_as_the_signature) {
  using enum Digest;
  using S = SignatureAlgorithm;
  EXPECT_TRUE(allows_digest(S::MlDsa44, Sha256));
  EXPECT_FALSE(allows_digest(S::MlDsa44, Sha1));
  EXPECT_FALSE(allows_digest(S::MlDsa65, Sha256));
  EXPECT_TRUE(allows_digest(S::MlDsa65, Sha384));
  EXPECT_FALSE(allows_digest(S::MlDsa87, Sha384));
  EXPECT_TRUE(allows_digest(S::MlDsa87, Shake256));
  auto usual = [](S algorithm) { return default_digest(*find_post_quantum(algorithm)); };
  EXPECT_EQ(usual(S::MlDsa65), Sha512);
  EXPECT_EQ(usual(S::SlhDsaSha2_128f), Sha256);
  EXPECT_EQ(usual(S::SlhDsaSha2_192s), Sha512);
  EXPECT_EQ(usual(S::SlhDsaShake128s), Shake128);
  EXPECT_EQ(usual(S::SlhDsaShake256f), Shake256);
  EXPECT_TRUE(allows_digest(S::SlhDsaShake128s, Sha3_256));
  EXPECT_FALSE(allows_digest(S::SlhDsaSha2_256s, Sha256));
}

TEST(PostQuantumTable, ALG32_ALG35_ALG47_parameters_are_absent) {
  for (const PostQuantumRow& row : post_quantum_rows()) {
    asn1::AlgorithmIdentifier plain{row.oid, std::nullopt};
    asn1::AlgorithmIdentifier with_null{row.oid, kNullParameters};
    if (row.kem) {
      EXPECT_EQ(read_kem(plain).value(), *row.kem);
      EXPECT_EQ(kem_identifier(*row.kem), plain);
      EXPECT_EQ(rule_of(read_kem(with_null)), Rule::CryptoBadParameters);
    } else {
      SignatureScheme scheme = read_signature_scheme(plain, std::nullopt).value();
      EXPECT_EQ(scheme.algorithm, *row.signature);
      EXPECT_EQ(signature_identifier(scheme), plain);
      EXPECT_EQ(rule_of(read_signature_scheme(with_null, {})), Rule::CryptoBadParameters);
    }
  }
}

const KemKdf kKdf3{.function = KemKdf::Function::Kdf3, .digest = Digest::Sha256};

// RFC 9690 Appendix D: the key-encryption key from the shared secret.
TEST(RsaKem, KM54_RFC9690_D_derives_the_key_encryption_key) {
  Bytes shared = from_hex("3cf82ec41b54ed4d37402bbd8f805a52");
  Bytes other_info = from_hex("3010300b0609608648016503040105020110");
  Secret kek = derive_single_step(Digest::Sha256, shared, other_info, 16).value();
  EXPECT_EQ(to_hex(kek.view()), "e6dc9d62ff2b469bef604c617b018718");
}

TEST(RsaKem, RFC9690_A1_derives_twice) {
  Bytes z = counted(256);
  Bytes info = counted(8);
  Secret once = derive_single_step(Digest::Sha256, z, {}, 16).value();
  Secret twice = derive_single_step(Digest::Sha256, once.view(), info, 16).value();
  Secret kek = derive_kem_key(KemAlgorithm::Rsa, kKdf3, z, info, 16).value();
  EXPECT_TRUE(equal(kek.view(), twice.view()));
}

// libcrypto's RSA key as RSAPrivateKey.
PrivateKeyPtr rsa_key() {
  Owned<EVP_PKEY> made(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
  unsigned char* der = nullptr;
  int size = i2d_PrivateKey(made.get(), &der);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return load_private_key(bytes).value();
}

TEST(RsaKem, KM52_KM53_encapsulates_and_checks_lengths) {
  PrivateKeyPtr key = rsa_key();
  auto public_key = PublicKey::parse(key->subject_public_key_info()).value();
  Encapsulation first = public_key.encapsulate().value();
  EXPECT_EQ(first.kemct.size(), 256u);
  EXPECT_EQ(first.shared.size(), 256u);
  EXPECT_TRUE(equal(key->decapsulate(KemAlgorithm::Rsa, first.kemct)->view(), first.shared.view()));
  EXPECT_NE(public_key.encapsulate()->kemct, first.kemct);
  for (std::size_t size : {0, 1, 255}) {
    EXPECT_EQ(rule_of(key->decapsulate(KemAlgorithm::Rsa, ByteView(first.kemct).first(size))),
              Rule::EncFailed);
  }
  EXPECT_EQ(rule_of(key->decapsulate(KemAlgorithm::Rsa, Bytes(257, 1))), Rule::EncFailed);
  EXPECT_EQ(rule_of(key->decapsulate(KemAlgorithm::Rsa, Bytes(256, 0xff))), Rule::EncFailed);
  EXPECT_EQ(rule_of(key->decapsulate(KemAlgorithm::MlKem512, first.kemct)), Rule::EncFailed);
}

TEST(RsaKem, ALG67_KM54_kdfs_are_read_and_written) {
  for (Digest digest : {Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
    for (auto function : {KemKdf::Function::Hkdf, KemKdf::Function::Kdf2, KemKdf::Function::Kdf3}) {
      KemKdf kdf{.function = function, .digest = digest};
      EXPECT_EQ(read_kem_kdf(kem_kdf_identifier(kdf)).value(), kdf);
    }
  }
  auto hkdf = kem_kdf_identifier({});
  hkdf.parameters = kNullParameters;
  EXPECT_EQ(rule_of(read_kem_kdf(hkdf)), Rule::CryptoBadParameters);
  auto kdf3 = kem_kdf_identifier(kKdf3);
  kdf3.parameters = asn1::AlgorithmIdentifier{digest_identifier(Digest::Sha1)}.encode();
  EXPECT_EQ(rule_of(read_kem_kdf(kdf3)), Rule::CryptoUnknownAlgorithm);  // RFC 9690 B.1
  kdf3.parameters = kNullParameters;
  EXPECT_EQ(rule_of(read_kem_kdf(kdf3)), Rule::CryptoBadParameters);
  kdf3.parameters = std::nullopt;
  EXPECT_EQ(rule_of(read_kem_kdf(kdf3)), Rule::CryptoBadParameters);
}

}  // namespace
}  // namespace bulla::crypto
