// The structures that the reading and the writing side share.
#include <gtest/gtest.h>

#include "cms/password_wrap.h"
#include "cms/shared_info.h"
#include "cms/signing_certificate.h"
#include "cms/writer_support.h"
#include "hex.h"

namespace bulla::cms {
namespace {

using testing::certificate;
using testing::content_of;

TEST(SharedInfo, IsDerWithTheKeySizeInBitsKM18KM20) {
  auto aes256 = crypto::key_wrap_identifier(crypto::KeyWrap::Aes256);
  EXPECT_EQ(to_hex(shared_info(aes256, std::nullopt, 32)),
            "3015"
            "300b060960864801650304012d"
            "a206040400000100");
  EXPECT_EQ(to_hex(shared_info(aes256, Bytes{1, 2}, 32)),
            "301b"
            "300b060960864801650304012d"
            "a00404020102"
            "a206040400000100");
}

// The first is that of RFC 9690 Appendix D.
TEST(SharedInfo, OfAKemIsDer_KM43) {
  auto aes128 = crypto::key_wrap_identifier(crypto::KeyWrap::Aes128);
  EXPECT_EQ(to_hex(kem_other_info(aes128, 16, std::nullopt)),
            "3010"
            "300b0609608648016503040105"
            "020110");
  EXPECT_EQ(to_hex(kem_other_info(aes128, 16, Bytes{1, 2})),
            "3016"
            "300b0609608648016503040105"
            "020110"
            "a00404020102");
}

TEST(SharedInfo, KeepsNullParametersOfTheWrapKM19) {
  auto triple_des = crypto::key_wrap_identifier(crypto::KeyWrap::TripleDes);
  EXPECT_EQ(to_hex(shared_info(triple_des, std::nullopt, 24)),
            "3019"
            "300f060b2a864886f70d01091003060500"
            "a2060404000000c0");
}

TEST(SharedInfo, KeyDependsOnTheUkmInBothKdfsKM28) {
  Bytes secret = content_of(32);
  for (crypto::Kdf kdf : {crypto::Kdf::X963, crypto::Kdf::Hkdf}) {
    crypto::KeyAgreement agreement{
        .kdf = kdf,
        .wrap = crypto::KeyWrap::Aes128,
        .wrap_identifier = crypto::key_wrap_identifier(crypto::KeyWrap::Aes128)};
    auto without = derive_key_encryption_key(agreement, secret, std::nullopt).value();
    auto with = derive_key_encryption_key(agreement, secret, Bytes{1}).value();
    EXPECT_EQ(without.size(), 16u);
    EXPECT_FALSE(equal(without.view(), with.view()));
  }
}

// RFC 3211 4, second vector.
constexpr const char* kCek = "8c637d887223a2f965b566eb014b0fa5d52300a3f7ea40fffc577203c71baf3b";

TEST(PasswordWrap, UnwrapsTheVectorOfRfc3211KM36) {
  PasswordWrap wrap{.cipher = ContentCipher::TripleDesCbc, .iv = from_hex("baf1ca7931213c4e")};
  auto key = wrap.unwrap(from_hex("6a8970bf68c92caea84a8df28510858607126380cc47ab2d"),
                         from_hex("c03c514abdb9e2c5aac038572b5e24553876b377aafb82ec"
                                  "a5a9d73f8ab143d9ec74e6cad7db260c"),
                         32);
  ASSERT_TRUE(key) << describe(key.error());
  EXPECT_EQ(to_hex(key->view()), kCek);
}

TEST(PasswordWrap, UnwrapsWhatItWrapsKM35) {
  for (ContentCipher cipher :
       {ContentCipher::Aes128Cbc, ContentCipher::Aes256Cbc, ContentCipher::TripleDesCbc}) {
    const crypto::ContentCipherRow& row = crypto::row(cipher);
    PasswordWrap wrap{.cipher = cipher, .iv = content_of(row.iv_size)};
    Bytes kek = content_of(row.key_size);
    for (std::size_t size : {5u, 8u, 16u, 24u, 28u, 29u, 32u, 255u}) {
      Bytes key = content_of(size);
      Bytes wrapped = wrap.wrap(kek, key).value();
      EXPECT_EQ(wrapped.size() % row.block_size, 0u);
      EXPECT_GE(wrapped.size(), 2 * row.block_size);
      auto unwrapped = wrap.unwrap(kek, wrapped, size);
      ASSERT_TRUE(unwrapped) << size;
      EXPECT_EQ(to_hex(unwrapped->view()), to_hex(key));
    }
  }
}

TEST(PasswordWrap, EveryFailureIsTheSameT33) {
  PasswordWrap wrap{.cipher = ContentCipher::Aes256Cbc, .iv = content_of(16)};
  Bytes kek = content_of(32);
  Bytes wrapped = wrap.wrap(kek, content_of(16)).value();
  auto rule = [](const Result<Secret>& key) { return key ? Rule::Internal : key.error().rule; };
  for (std::size_t size = 0; size <= 80; ++size) {
    EXPECT_EQ(rule(wrap.unwrap(kek, content_of(size), 16)), Rule::EncFailed) << size;
  }
  EXPECT_EQ(rule(wrap.unwrap(kek, Bytes(1u << 20), 16)), Rule::EncFailed);
  EXPECT_EQ(rule(wrap.unwrap(kek, wrapped, 24)), Rule::EncFailed);
  EXPECT_EQ(rule(wrap.unwrap(kek, wrapped, 32)), Rule::EncFailed);
  EXPECT_EQ(rule(wrap.unwrap(content_of(31), wrapped, 16)), Rule::EncFailed);
  Bytes other_kek = kek;
  other_kek[0] ^= 1;
  EXPECT_EQ(rule(wrap.unwrap(other_kek, wrapped, 16)), Rule::EncFailed);
  for (std::size_t i = 0; i < 16; ++i) {
    Bytes changed = wrapped;
    changed[i] ^= 1;
    EXPECT_EQ(rule(wrap.unwrap(kek, changed, 16)), Rule::EncFailed) << i;
  }
}

TEST(PasswordWrap, TakesBlockCiphersOfTheTableAloneT33) {
  PasswordWrap wrap{.cipher = ContentCipher::Aes192Cbc, .iv = content_of(16)};
  auto read = PasswordWrap::read(wrap.identifier());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->cipher, ContentCipher::Aes192Cbc);
  EXPECT_EQ(read->iv, wrap.iv);
  crypto::ContentEncryption gcm{
      .cipher = ContentCipher::Aes256Gcm, .iv = content_of(12), .tag_size = 16};
  auto refused = PasswordWrap::read(
      {.algorithm = kPwriKek, .parameters = crypto::content_encryption_identifier(gcm).encode()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rule, Rule::CryptoUnknownAlgorithm);
  EXPECT_EQ(PasswordWrap::read({.algorithm = kPwriKek, .parameters = std::nullopt}).error().rule,
            Rule::CryptoBadParameters);
}

TEST(SigningCertificate, ReadsWhatItWritesATTR50) {
  SigningCertificate written = SigningCertificate::of(certificate("rsa"));
  written.policies = {Oid::of("1.2.3")};
  Bytes der = asn1::encode([&](asn1::Writer& out) { written.write_v2(out); });
  auto read = asn1::decode(der, &SigningCertificate::read_v2);
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_TRUE(read->certificates.at(0).matches(certificate("rsa")));
  EXPECT_EQ(read->policies, written.policies);
}

TEST(SigningCertificate, VersionOneIsSha1ATTR49) {
  Bytes der = asn1::encode([](asn1::Writer& out) {
    out.sequence().sequence().sequence().octet_string(certificate("rsa").sha1());
  });
  auto read = asn1::decode(der, &SigningCertificate::read_v1);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->certificates.at(0).matches(certificate("rsa")));
  EXPECT_FALSE(read->certificates.at(0).matches(certificate("p256")));
}

TEST(SigningCertificate, UnknownHashMatchesNothing) {
  EssCertId id = SigningCertificate::of(certificate("rsa")).certificates.at(0);
  id.digest.reset();
  EXPECT_FALSE(id.matches(certificate("rsa")));
}

TEST(SigningCertificate, IssuerAndSerialMustBeTheCertificatesATTR52) {
  EssCertId id = SigningCertificate::of(certificate("rsa")).certificates.at(0);
  id.serial_number = {1};
  EXPECT_FALSE(id.matches(certificate("rsa")));
}

}  // namespace
}  // namespace bulla::cms
