// What the openssl program makes of the writers' messages. Skipped where it is missing.
#include <gtest/gtest.h>

#include "cms/writer_support.h"

namespace bulla::cms {
namespace {

using testing::content_of;
using testing::data_path;
using testing::encrypt;
using testing::OpenSsl;
using testing::recipient;
using testing::sign;
using testing::signer;

constexpr std::size_t kSmall = 1'000;
constexpr std::size_t kLarge = 3u << 20;  // indefinite lengths

class OpenSslReads : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!OpenSsl::is_installed()) GTEST_SKIP() << "no openssl program";
  }

  void expect_verified(const SignOptions& options, std::size_t size) {
    Bytes content = content_of(size);
    EXPECT_TRUE(openssl_.cms(sign(options, content, 0),
                             {"-verify", "-binary", "-purpose", "any", "-no_check_time", "-CAfile",
                              data_path("root.pem")}))
        << openssl_.errors();
    EXPECT_TRUE(openssl_.output() == content);
  }

  void expect_decrypted(const EncryptOptions& options, std::size_t size,
                        const std::vector<std::string>& keys) {
    Bytes content = content_of(size);
    std::vector<std::string> arguments{"-decrypt", "-binary"};
    arguments.insert(arguments.end(), keys.begin(), keys.end());
    EXPECT_TRUE(openssl_.cms(encrypt(options, content, 0), arguments)) << openssl_.errors();
    EXPECT_TRUE(openssl_.output() == content);
  }

  OpenSsl openssl_;
};

std::vector<std::string> key_of(const std::string& name) {
  return {"-recip", data_path(name + ".pem"), "-inkey", data_path(name + ".key.pem")};
}

TEST_F(OpenSslReads, SignaturesOfEveryKey) {
  // OpenSSL 3.0 verifies no EdDSA in CMS.
  for (const char* name : {"rsa", "pss", "p256", "p384", "p521"}) {
    SCOPED_TRACE(name);
    for (Signer::Name form : {Signer::Name::IssuerAndSerial, Signer::Name::KeyIdentifier}) {
      SignOptions options;
      options.signers.push_back(signer(name));
      options.signers[0].name = form;
      expect_verified(options, kSmall);
    }
  }
}

TEST_F(OpenSslReads, PssOfAnRsaKey) {
  SignOptions options;
  options.signers.push_back(signer("rsa", RsaPadding::Pss));
  expect_verified(options, kSmall);
}

TEST_F(OpenSslReads, SeveralSignersOfStreamedContent) {
  SignOptions options;
  options.signers = {signer("rsa"), signer("p384")};
  options.signers[0].encryption_certificate = testing::certificate("rsa_encrypt_only");
  expect_verified(options, kLarge);
}

TEST_F(OpenSslReads, EmptyContent) {
  SignOptions options;
  options.signers.push_back(signer("p256"));
  expect_verified(options, 0);
}

TEST_F(OpenSslReads, DetachedSignatures) {
  SignOptions options;
  options.form = ContentForm::Detached;
  options.signers.push_back(signer("p256"));
  Bytes content = content_of(kLarge);
  testing::write_file(openssl_.path("content"), content);
  std::vector<std::string> arguments{"-verify",       "-binary",
                                     "-purpose",      "any",
                                     "-content",      openssl_.path("content"),
                                     "-CAfile",       data_path("root.pem"),
                                     "-no_check_time"};
  EXPECT_TRUE(openssl_.cms(sign(options, content, 0), arguments)) << openssl_.errors();
  content[0] ^= 1;
  EXPECT_FALSE(openssl_.cms(sign(options, content, 0), arguments));
}

TEST_F(OpenSslReads, CertsOnly) {
  SignOptions options;
  options.form = ContentForm::Detached;
  options.certificates = {testing::certificate("p256"), testing::certificate("intermediate")};
  EXPECT_TRUE(openssl_.cms(sign(options, {}), {"-cmsout", "-print"})) << openssl_.errors();
  EXPECT_NE(as_text(openssl_.output()).find("CN=p256"), std::string_view::npos);
}

TEST_F(OpenSslReads, KeyTransportAndKeyAgreement) {
  for (const char* name : {"rsa", "p256", "p384", "p521"}) {
    for (ContentCipher cipher : {ContentCipher::Aes128Cbc, ContentCipher::Aes256Cbc,
                                 ContentCipher::Aes256Gcm, ContentCipher::TripleDesCbc}) {
      SCOPED_TRACE(std::string(name) + " " + std::string(bulla::name(cipher)));
      EncryptOptions options;
      options.cipher = cipher;
      options.recipients = {recipient(name), recipient("rsa_encrypt_only")};
      expect_decrypted(options, kSmall, key_of(name));
    }
  }
}

TEST_F(OpenSslReads, RecipientsByKeyIdentifier) {
  for (const char* name : {"rsa", "p256"}) {
    EncryptOptions options;
    options.recipients = {recipient(name)};
    options.recipients[0].name = CertificateRecipient::Name::KeyIdentifier;
    expect_decrypted(options, kSmall, key_of(name));
  }
}

TEST_F(OpenSslReads, OaepWithSha256) {
  EncryptOptions options;
  options.recipients = {recipient("rsa", {.algorithm = TransportAlgorithm::RsaOaep,
                                          .digest = Digest::Sha256,
                                          .mgf_digest = Digest::Sha256,
                                          .label = {}})};
  expect_decrypted(options, kSmall, key_of("rsa"));
}

TEST_F(OpenSslReads, StreamedCiphertext) {
  for (ContentCipher cipher : {ContentCipher::Aes256Cbc, ContentCipher::Aes128Gcm}) {
    EncryptOptions options;
    options.cipher = cipher;
    options.recipients = {recipient("rsa")};
    expect_decrypted(options, kLarge, key_of("rsa"));
  }
}

TEST_F(OpenSslReads, PasswordsAndKeyEncryptionKeys) {
  EncryptOptions options;
  options.keks.push_back({.key_identifier = {0xab, 0xcd}, .kek = Secret(Bytes(32, 0x11))});
  options.passwords.push_back({.password = Secret(as_bytes("secret word")), .iterations = 2'000});
  std::string digits;
  for (int i = 0; i < 32; ++i) digits += "11";
  expect_decrypted(options, kSmall, {"-secretkey", digits, "-secretkeyid", "abcd"});
  expect_decrypted(options, kSmall, {"-pwri_password", "secret word"});
}

TEST_F(OpenSslReads, StructureOfCompressedData) {
  EXPECT_TRUE(openssl_.cms(testing::compress(content_of(kLarge), 0), {"-cmsout", "-print"}))
      << openssl_.errors();
  EXPECT_NE(as_text(openssl_.output()).find("1.2.840.113549.1.9.16.3.8"), std::string_view::npos);
}

}  // namespace
}  // namespace bulla::cms
