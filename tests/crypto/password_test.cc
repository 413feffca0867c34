// Encrypted private keys, against those that libcrypto writes.
#include "crypto/password.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "bulla/key.h"
#include "crypto/openssl.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

struct ReleaseX509 {
  void operator()(PKCS8_PRIV_KEY_INFO* object) const { PKCS8_PRIV_KEY_INFO_free(object); }
  void operator()(X509_SIG* object) const { X509_SIG_free(object); }
};

Bytes encoded(X509_SIG* encrypted) {
  unsigned char* der = nullptr;
  int size = i2d_X509_SIG(encrypted, &der);
  Bytes bytes(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return bytes;
}

class EncryptedKey : public testing::Test {
 protected:
  EncryptedKey()
      : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
        info_(EVP_PKEY2PKCS8(key_.get())) {}

  // EncryptedPrivateKeyInfo with the algorithm, which is taken over.
  Bytes encrypt(X509_ALGOR* algorithm) {
    std::unique_ptr<X509_SIG, ReleaseX509> sealed(
        PKCS8_set0_pbe("secret", 6, info_.get(), algorithm));
    EXPECT_NE(sealed, nullptr);
    return encoded(sealed.get());
  }

  Bytes pbes2(const EVP_CIPHER* cipher, int prf, int iterations = 2'048) {
    return encrypt(PKCS5_pbe2_set_iv(cipher, iterations, nullptr, 0, nullptr, prf));
  }

  Owned<EVP_PKEY> key_;
  std::unique_ptr<PKCS8_PRIV_KEY_INFO, ReleaseX509> info_;
};

void expect_opens(ByteView der) {
  EXPECT_TRUE(load_private_key(der, as_bytes("secret")));
  EXPECT_EQ(rule_of(load_private_key(der)), Rule::KeyPassphraseNeeded);
  for (const char* wrong : {"Secret", "secret ", "x"}) {
    EXPECT_EQ(rule_of(load_private_key(der, as_bytes(wrong))), Rule::KeyBadPassphrase);
  }
}

TEST_F(EncryptedKey, RFC8018_pbes2_with_every_hmac_and_cipher) {
  for (int prf : {NID_hmacWithSHA1, NID_hmacWithSHA224, NID_hmacWithSHA256, NID_hmacWithSHA384,
                  NID_hmacWithSHA512}) {
    expect_opens(pbes2(EVP_aes_256_cbc(), prf));
  }
  expect_opens(pbes2(EVP_aes_128_cbc(), NID_hmacWithSHA256));
  expect_opens(pbes2(EVP_aes_192_cbc(), NID_hmacWithSHA256));
  expect_opens(pbes2(EVP_des_ede3_cbc(), NID_hmacWithSHA1));
}

TEST_F(EncryptedKey, RFC7914_scrypt) {
  expect_opens(
      encrypt(PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, 16'384, 8, 1)));
}

TEST_F(EncryptedKey, RFC7292_pbes1_with_triple_des) {
  expect_opens(encrypt(PKCS5_pbe_set(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 2'048, nullptr, 0)));
}

TEST_F(EncryptedKey, RFC7292_B_1_passphrases_are_utf16) {
  EXPECT_EQ(to_hex(to_bmp_string(as_bytes("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")).view()),
            "006100e420acd83dde000000");
  EXPECT_EQ(to_hex(to_bmp_string(as_bytes("a\xe4")).view()), "006100e40000") << "Latin-1";
  EXPECT_EQ(to_hex(to_bmp_string({}).view()), "0000");
  std::string_view passphrase = "p\xc3\xa4ss\xe2\x82\xac";
  X509_ALGOR* algorithm = PKCS5_pbe_set(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 1'000, nullptr, 0);
  std::unique_ptr<X509_SIG, ReleaseX509> sealed(PKCS8_set0_pbe(
      passphrase.data(), static_cast<int>(passphrase.size()), info_.get(), algorithm));
  EXPECT_TRUE(load_private_key(encoded(sealed.get()), as_bytes(passphrase)));
}

TEST_F(EncryptedKey, pbes2_with_camellia) {
  expect_opens(pbes2(EVP_camellia_256_cbc(), NID_hmacWithSHA256));
}

TEST_F(EncryptedKey, other_ciphers_are_unavailable) {
  Bytes der = pbes2(EVP_aes_128_cfb128(), NID_hmacWithSHA256);
  EXPECT_EQ(rule_of(load_private_key(der, as_bytes("secret"))), Rule::CryptoUnavailable);
}

asn1::AlgorithmIdentifier with_iterations(const char* integer) {
  return {Oid::of("1.2.840.113549.1.5.12"), asn1::encode([&](asn1::Writer& out) {
            asn1::Writer seq = out.sequence();
            seq.octet_string(Bytes(8));
            seq.element(from_hex(integer));
          })};
}

TEST(Pbkdf2, T125_KM38_iterations_are_bounded_before_any_work) {
  EXPECT_TRUE(read_pbkdf2(with_iterations("020101")));
  EXPECT_TRUE(read_pbkdf2(with_iterations("0204 00989680"))) << "10^7";
  EXPECT_EQ(rule_of(read_pbkdf2(with_iterations("020100"))), Rule::LimitIterations);
  EXPECT_EQ(rule_of(read_pbkdf2(with_iterations("0204 00989681"))), Rule::LimitIterations);
  EXPECT_EQ(rule_of(read_pbkdf2(with_iterations("0205 0080000000"))), Rule::LimitIterations);
  EXPECT_EQ(rule_of(read_pbkdf2(with_iterations("0209 008000000000000000"))),
            Rule::CryptoBadParameters);
  EXPECT_EQ(rule_of(read_pbkdf2(with_iterations("0201ff"))), Rule::CryptoBadParameters);
}

TEST(Pbkdf2, KM32_parameters) {
  auto read = [](const char* parameters) {
    return read_pbkdf2({Oid::of("1.2.840.113549.1.5.12"), from_hex(parameters)});
  };
  auto short_form = read("3007040261620201 05");
  ASSERT_TRUE(short_form);
  EXPECT_EQ(short_form->prf, Digest::Sha1) << "DEFAULT";
  EXPECT_EQ(read("3013040261620201 05300a06082b06010505080102")->prf, Digest::Sha1);
  auto full = read("3018040261620201 05020120300c06082a864886f70d02090500");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->prf, Digest::Sha256);
  EXPECT_EQ(full->key_size, 32u);
  EXPECT_EQ(to_hex(*password_derivation_identifier(*full).parameters),
            "301804026162020105020120300c06082a864886f70d02090500");
  EXPECT_EQ(rule_of(read("300a040261620201 05020100")), Rule::CryptoBadParameters);
  EXPECT_EQ(rule_of(read("300a040261620201 05020141")), Rule::CryptoBadParameters);
  EXPECT_EQ(rule_of(read("3012040261620201 05300906052b0e03021a0500 ")),
            Rule::CryptoUnknownAlgorithm);
}

TEST(Pbkdf2, KM32_a_salt_from_elsewhere_is_unknown) {
  Bytes parameters = from_hex("3008 30020500 020203e8");
  EXPECT_EQ(rule_of(read_pbkdf2({Oid::of("1.2.840.113549.1.5.12"), parameters})),
            Rule::CryptoUnknownAlgorithm);
}

// RFC 3211 4, second vector.
TEST(Pbkdf2, KM32_RFC3211_4_vector) {
  Pbkdf2 parameters;
  parameters.salt = from_hex("1234567878563412");
  parameters.iterations = 500;
  auto key = derive(
      parameters,
      as_bytes("All n-entities must communicate with other n-entities via n-1 entiteeheehees"), 24);
  EXPECT_EQ(to_hex(key.value().view()), "6a8970bf68c92caea84a8df28510858607126380cc47ab2d");
}

TEST(Pbkdf2, KM32_a_key_size_that_differs_is_refused) {
  Pbkdf2 parameters{.salt = {1}, .iterations = 1, .key_size = 16};
  EXPECT_TRUE(derive(parameters, as_bytes("x"), 16));
  EXPECT_EQ(rule_of(derive(parameters, as_bytes("x"), 32)), Rule::CryptoBadParameters);
}

TEST(Scrypt, T125_cost_and_memory_are_bounded) {
  auto decrypt = [](std::uint64_t cost, std::uint64_t block_size, std::uint64_t parallelization) {
    Bytes parameters = asn1::encode([&](asn1::Writer& out) {
      asn1::Writer seq = out.sequence();
      {
        asn1::Writer kdf = seq.sequence();
        kdf.oid(Oid::of("1.3.6.1.4.1.11591.4.11"));
        asn1::Writer inner = kdf.sequence();
        inner.octet_string(Bytes(8));
        inner.integer(cost);
        inner.integer(block_size);
        inner.integer(parallelization);
      }
      seq.element(from_hex("301d060960864801650304012a041000000000000000000000000000000000"));
    });
    return rule_of(decrypt_with_password({Oid::of("1.2.840.113549.1.5.13"), parameters},
                                         as_bytes("x"), Bytes(32)));
  };
  EXPECT_EQ(decrypt(2, 1, 1), Rule::KeyBadPassphrase);
  EXPECT_EQ(decrypt(1u << 20, 8, 1), Rule::LimitIterations);
  EXPECT_EQ(decrypt(std::uint64_t{1} << 62, 1, 1), Rule::LimitIterations);
  EXPECT_EQ(decrypt(2, std::uint64_t{1} << 62, 1), Rule::LimitIterations);
  EXPECT_EQ(decrypt(2, 1, 17), Rule::LimitIterations);
  for (std::uint64_t cost : {0, 1, 3, 1'000}) {
    EXPECT_EQ(decrypt(cost, 1, 1), Rule::CryptoBadParameters);
  }
  EXPECT_EQ(decrypt(2, 0, 1), Rule::CryptoBadParameters);
  EXPECT_EQ(decrypt(2, 1, 0), Rule::CryptoBadParameters);
}

}  // namespace
}  // namespace bulla::crypto
