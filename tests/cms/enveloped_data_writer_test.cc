#include <gtest/gtest.h>

#include <set>

#include "cms/decrypt.h"
#include "cms/shared_info.h"
#include "cms/writer_read_back.h"
#include "x509/memory_key_source.h"

namespace bulla::cms {
namespace {

using testing::certificate;
using testing::content_of;
using testing::encrypt;
using testing::kWhole;
using testing::private_key;
using testing::ReadBack;
using testing::recipient;

EncryptOptions to(const std::vector<std::string>& names,
                  ContentCipher cipher = ContentCipher::Aes256Cbc) {
  EncryptOptions options;
  options.cipher = cipher;
  for (const std::string& name : names) options.recipients.push_back(recipient(name));
  return options;
}

x509::MemoryKeySource keys_of(const std::string& name) {
  return x509::MemoryKeySource(
      {{.key = private_key(name), .certificate = certificate(name), .chain = {}}});
}

Result<Bytes> decrypt(const ReadBack& message, const KeySource& keys) {
  auto encryption = check_content_encryption(message.enveloped_header);
  if (!encryption) return tl::unexpected<Error>(encryption.error());
  auto key =
      recover_content_key(message.enveloped_header, *encryption, keys, Limits{}, OldForms::Refuse);
  if (!key) return tl::unexpected<Error>(key.error());
  Bytes content;
  auto collect = [&](ByteView bytes) -> Result<void> {
    append(content, bytes);
    return {};
  };
  auto decryptor = ContentDecryptor::create(*encryption, *key).value();
  EXPECT_TRUE(decryptor.update(message.octets, collect));
  auto finished = decryptor.finish(message.enveloped_header, message.enveloped_part, collect);
  if (!finished) return tl::unexpected<Error>(finished.error());
  return content;
}

std::vector<std::string> kinds(const ReadBack& message) {
  std::vector<std::string> result;
  for (const RecipientInfo& info : message.enveloped_header.recipients) {
    result.emplace_back(kind(info));
  }
  std::sort(result.begin(), result.end());
  return result;
}

Rule refusal(EncryptOptions options) {
  auto writer =
      make_enveloped_data_writer(std::move(options), [](ByteView) -> Result<void> { return {}; });
  return writer ? Rule::Internal : writer.error().rule;
}

class EveryRecipient : public ::testing::TestWithParam<std::tuple<const char*, ContentCipher>> {};

TEST_P(EveryRecipient, ReadsTheContentBack) {
  auto [name, cipher] = GetParam();
  Bytes content = content_of(1'000);
  ReadBack message(encrypt(to({name}, cipher), content));
  auto read = decrypt(message, keys_of(name));
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(*read, content);
}

INSTANTIATE_TEST_SUITE_P(
    EnvelopedDataWriter, EveryRecipient,
    ::testing::Combine(::testing::Values("rsa", "p256", "p384", "p521", "x25519", "x448"),
                       ::testing::Values(ContentCipher::Aes128Cbc, ContentCipher::Aes192Cbc,
                                         ContentCipher::Aes256Cbc, ContentCipher::Aes128Gcm,
                                         ContentCipher::Aes256Gcm, ContentCipher::TripleDesCbc)),
    [](const auto& each) {
      std::string text =
          std::string(std::get<0>(each.param)) + "_" + std::string(name(std::get<1>(each.param)));
      std::replace(text.begin(), text.end(), '-', '_');
      return text;
    });

TEST(EnvelopedDataWriter, ReadsBackInEverySizeAndChunkingCMS58) {
  for (ContentCipher cipher : {ContentCipher::Aes256Cbc, ContentCipher::Aes256Gcm}) {
    for (std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{17},
          std::size_t{65'535}, std::size_t{65'536}, std::size_t{65'537}, kDerLimit - 1, kDerLimit,
          kDerLimit + 1, std::size_t{3u << 20}}) {
      Bytes content = content_of(size);
      for (std::size_t chunk : {kWhole, std::size_t{0}, std::size_t{8'191}}) {
        ReadBack message(encrypt(to({"p256"}, cipher), content, chunk), chunk);
        auto read = decrypt(message, keys_of("p256"));
        ASSERT_TRUE(read) << describe(read.error());
        EXPECT_TRUE(*read == content) << size;
      }
    }
    Bytes content = content_of(300);
    EXPECT_EQ(decrypt(ReadBack(encrypt(to({"p256"}, cipher), content, 1), 1), keys_of("p256")),
              content);
  }
}

TEST(EnvelopedDataWriter, EveryCipherThatIsWrittenReadsBackALG62ALG64) {
  for (const crypto::ContentCipherRow& row : crypto::content_cipher_rows()) {
    if (row.use != crypto::Use::Both) continue;
    Bytes content = content_of(100'000);
    ReadBack message(encrypt(to({"rsa"}, row.cipher), content));
    EXPECT_EQ(message.enveloped_header.authenticated, is_aead(row.cipher)) << row.name;
    auto encryption = check_content_encryption(message.enveloped_header).value();
    EXPECT_EQ(encryption.cipher, row.cipher);
    EXPECT_EQ(encryption.tag_size, row.tag_size);
    EXPECT_EQ(decrypt(message, keys_of("rsa")).value(), content) << row.name;
  }
}

TEST(EnvelopedDataWriter, DerivedContentKeysReadBackKM56KM57) {
  for (ContentCipher cipher : {ContentCipher::Aes256Cbc, ContentCipher::Aes128Gcm,
                               ContentCipher::Aes256Ccm, ContentCipher::ChaCha20Poly1305}) {
    EncryptOptions options = to({"rsa", "p256"}, cipher);
    options.content_key = EncryptOptions::ContentKey::Derived;
    Bytes content = content_of(1'000);
    ReadBack message(encrypt(std::move(options), content));
    EXPECT_EQ(message.enveloped_header.content_encryption_algorithm.algorithm,
              Oid::of("1.2.840.113549.1.9.16.3.31"));
    EXPECT_EQ(decrypt(message, keys_of("rsa")).value(), content);
    EXPECT_EQ(decrypt(message, keys_of("p256")).value(), content);
  }
}

// RFC 9709 6: whoever takes the derivation off, or changes the cipher inside, gets another key.
TEST(EnvelopedDataWriter, DerivedContentKeyDependsOnTheCipherT24) {
  EncryptOptions options = to({"rsa"}, ContentCipher::Aes256Gcm);
  options.content_key = EncryptOptions::ContentKey::Derived;
  Bytes message = encrypt(std::move(options), content_of(1'000));
  ReadBack bare(message);
  bare.enveloped_header.content_encryption_algorithm =
      asn1::decode(*ReadBack(message).enveloped_header.content_encryption_algorithm.parameters,
                   [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); })
          .value();
  EXPECT_EQ(decrypt(bare, keys_of("rsa")).error().rule, Rule::EncFailed);
  ReadBack changed(message);
  changed.enveloped_header.content_encryption_algorithm.parameters->at(14) ^= 2;  // 46 is 44: CFB
  EXPECT_FALSE(check_content_encryption(changed.enveloped_header));
  ReadBack smaller(message);
  smaller.enveloped_header.content_encryption_algorithm.parameters->at(12) = 6;  // AES-128-GCM
  EXPECT_FALSE(decrypt(smaller, keys_of("rsa")));
}

TEST(EnvelopedDataWriter, OaepWithSha256ReadsBackALG40) {
  EncryptOptions options;
  options.recipients.push_back(recipient("rsa", {.algorithm = TransportAlgorithm::RsaOaep,
                                                 .digest = Digest::Sha256,
                                                 .mgf_digest = Digest::Sha256,
                                                 .label = {}}));
  Bytes content = content_of(100);
  EXPECT_EQ(decrypt(ReadBack(encrypt(options, content)), keys_of("rsa")), content);
}

TEST(EnvelopedDataWriter, EveryKindOfRecipientOpensOneMessageKM02) {
  EncryptOptions options = to({"rsa", "p256", "x25519"}, ContentCipher::Aes128Gcm);
  Bytes kek = content_of(16);
  options.keks.push_back({.key_identifier = {1, 2, 3}, .kek = Secret(kek)});
  options.passwords.push_back({.password = Secret(as_bytes("password")), .iterations = 1'000});
  Bytes content = content_of(1'000);
  ReadBack message(encrypt(options, content));
  EXPECT_EQ(kinds(message), (std::vector<std::string>{"kari", "kari", "kekri", "ktri", "pwri"}));
  for (const char* name : {"rsa", "p256", "x25519"}) {
    EXPECT_EQ(decrypt(message, keys_of(name)), content) << name;
  }
  x509::MemoryKeySource by_kek;
  by_kek.add_kek(Bytes{1, 2, 3}, kek);
  EXPECT_EQ(decrypt(message, by_kek), content);
  x509::MemoryKeySource by_password;
  by_password.add_password(as_bytes("password"));
  EXPECT_EQ(decrypt(message, by_password), content);
  x509::MemoryKeySource by_wrong_password;
  by_wrong_password.add_password(as_bytes("passwort"));
  auto failed = decrypt(message, by_wrong_password);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().rule, Rule::EncFailed);
}

TEST(EnvelopedDataWriter, RecipientsOnOneCurveShareAnEphemeralKey_CMS53_KM16) {
  const char* other = "../cms/p256";
  Bytes content = content_of(1'000);
  ReadBack message(encrypt(to({"p256", "rsa", "p384", other, "p256"}), content));
  EXPECT_EQ(kinds(message), (std::vector<std::string>{"kari", "kari", "ktri"}));
  std::vector<std::size_t> sizes;
  for (const RecipientInfo& info : message.enveloped_header.recipients) {
    const auto* kari = std::get_if<KeyAgreeRecipientInfo>(&info);
    if (kari != nullptr) sizes.push_back(kari->recipients.size());
  }
  std::sort(sizes.begin(), sizes.end());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 2}));
  for (const char* name : {"p256", "rsa", "p384", other}) {
    EXPECT_EQ(decrypt(message, keys_of(name)), content) << name;
  }
}

TEST(EnvelopedDataWriter, KeyIdentifierNamesTheRecipientCMS51) {
  for (const char* name : {"rsa", "p256"}) {
    EncryptOptions options = to({name});
    options.recipients[0].name = CertificateRecipient::Name::KeyIdentifier;
    ReadBack message(encrypt(options, content_of(10)));
    const RecipientInfo& info = message.enveloped_header.recipients.at(0);
    const auto* ktri = std::get_if<KeyTransRecipientInfo>(&info);
    EXPECT_EQ(ktri != nullptr ? ktri->version : 2, 2);
    EntityIdentifier rid =
        ktri != nullptr ? ktri->rid : std::get<KeyAgreeRecipientInfo>(info).recipients.at(0).rid;
    EXPECT_EQ(to_hex(rid.key_identifier), to_hex(*certificate(name).subject_key_identifier()));
    EXPECT_EQ(decrypt(message, keys_of(name)), content_of(10));
  }
}

TEST(EnvelopedDataWriter, CertificateWithoutKeyIdentifierIsNamedByItsIssuer) {
  EncryptOptions options = to({"rsa_encrypt_only"});
  options.recipients[0].name = CertificateRecipient::Name::KeyIdentifier;
  ReadBack message(encrypt(options, {}));
  auto ktri = std::get<KeyTransRecipientInfo>(message.enveloped_header.recipients.at(0));
  EXPECT_EQ(ktri.rid, EntityIdentifier::issuer_and_serial(certificate("rsa_encrypt_only")));
}

TEST(EnvelopedDataWriter, VersionFollowsTheRecipientsCMS46CMS62) {
  EXPECT_EQ(ReadBack(encrypt(to({"rsa"}), {})).enveloped_header.version, 0);
  EXPECT_EQ(ReadBack(encrypt(to({"rsa", "p256"}), {})).enveloped_header.version, 2);
  EncryptOptions options = to({"rsa"});
  options.recipients[0].name = CertificateRecipient::Name::KeyIdentifier;
  EXPECT_EQ(ReadBack(encrypt(options, {})).enveloped_header.version, 2);
  options.passwords.push_back({.password = Secret(as_bytes("password")), .iterations = 1'000});
  EXPECT_EQ(ReadBack(encrypt(options, {})).enveloped_header.version, 3);
  EncryptOptions kem = to({"rsa"});
  kem.recipients[0].rsa = CertificateRecipient::Rsa::Kem;
  EXPECT_EQ(ReadBack(encrypt(kem, {})).enveloped_header.version, 3);  // CMS-47
  options.cipher = ContentCipher::Aes256Gcm;
  EXPECT_EQ(ReadBack(encrypt(options, {})).enveloped_header.version, 0);
}

TEST(EnvelopedDataWriter, GcmHasTwelveOctetsOfNonceAndSixteenOfTagALG59CMS66) {
  ReadBack message(encrypt(to({"rsa"}, ContentCipher::Aes256Gcm), content_of(100)));
  EXPECT_EQ(message.type, kAuthEnvelopedData);
  EXPECT_EQ(message.octets.size(), 100u);
  EXPECT_EQ(message.enveloped_part.mac.size(), 16u);
  auto encryption = check_content_encryption(message.enveloped_header).value();
  EXPECT_EQ(encryption.iv.size(), 12u);
  EXPECT_EQ(encryption.tag_size, 16u);
  EXPECT_FALSE(encryption.default_tag_size);
  EXPECT_TRUE(message.enveloped_part.auth_attrs.empty());
}

TEST(EnvelopedDataWriter, OtherContentTypeIsAuthenticatedCMS63) {
  EncryptOptions options = to({"rsa"}, ContentCipher::Aes128Gcm);
  options.content_type = kSignedData;
  Bytes content = content_of(100);
  ReadBack message(encrypt(options, content));
  EXPECT_EQ(message.enveloped_header.content_type, kSignedData);
  const Attribute* type = find(message.enveloped_part.auth_attrs, kContentTypeAttribute);
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(to_hex(type->values.at(0)), "06092a864886f70d010702");
  EXPECT_EQ(message.enveloped_part.auth_attrs.size(), 1u);  // CMS-65
  EXPECT_EQ(decrypt(message, keys_of("rsa")), content);
  message.enveloped_part.auth_attrs_der.back() ^= 1;
  EXPECT_FALSE(decrypt(message, keys_of("rsa")));
}

TEST(EnvelopedDataWriter, KeyAndIvAreFreshForEveryMessageKM01CMS69) {
  std::set<Bytes> ciphertexts;
  std::set<Bytes> ivs;
  for (int i = 0; i < 8; ++i) {
    ReadBack message(encrypt(to({"rsa"}), content_of(100)));
    ciphertexts.insert(message.octets);
    ivs.insert(check_content_encryption(message.enveloped_header).value().iv);
  }
  EXPECT_EQ(ciphertexts.size(), 8u);
  EXPECT_EQ(ivs.size(), 8u);
}

TEST(EnvelopedDataWriter, EphemeralKeyIsFreshForEveryRecipientKM27) {
  ReadBack message(encrypt(to({"p256", "p384", "x25519", "x448"}), {}));
  std::set<Bytes> keys;
  for (const RecipientInfo& info : message.enveloped_header.recipients) {
    const auto& kari = std::get<KeyAgreeRecipientInfo>(info);
    EXPECT_EQ(kari.version, 3);  // CMS-52
    EXPECT_FALSE(kari.ukm.has_value());
    EXPECT_FALSE(kari.originator_algorithm.parameters.has_value());  // KM-13, KM-25
    keys.insert(kari.originator_key);
  }
  EXPECT_EQ(keys.size(), 4u);
}

TEST(EnvelopedDataWriter, KeyWrapIsAsStrongAsTheCipherALG50) {
  auto wrap_of = [](ContentCipher cipher) {
    ReadBack message(encrypt(to({"p256"}, cipher), {}));
    const auto& kari = std::get<KeyAgreeRecipientInfo>(message.enveloped_header.recipients.at(0));
    return crypto::read_key_agreement(kari.key_encryption_algorithm).value().wrap;
  };
  EXPECT_EQ(wrap_of(ContentCipher::Aes128Gcm), crypto::KeyWrap::Aes128);
  EXPECT_EQ(wrap_of(ContentCipher::Aes256Cbc), crypto::KeyWrap::Aes256);
}

TEST(EnvelopedDataWriter, KdfFollowsTheCurve_KM30) {
  struct Row {
    const char* name;
    const char* oid;
  };
  for (const Row& row :
       {Row{"p256", "1.3.132.1.11.1"}, Row{"p384", "1.3.132.1.11.2"}, Row{"p521", "1.3.132.1.11.3"},
        Row{"x25519", "1.2.840.113549.1.9.16.3.19"}, Row{"x448", "1.2.840.113549.1.9.16.3.21"}}) {
    ReadBack message(encrypt(to({row.name}), {}));
    const auto& kari = std::get<KeyAgreeRecipientInfo>(message.enveloped_header.recipients.at(0));
    EXPECT_EQ(kari.key_encryption_algorithm.algorithm.to_string(), row.oid) << row.name;
  }
}

TEST(EnvelopedDataWriter, X25519WithTheOtherKdfIsRead_KM29) {
  Bytes content = content_of(100);
  ReadBack message(encrypt(to({"x25519"}), content));
  auto& kari = std::get<KeyAgreeRecipientInfo>(message.enveloped_header.recipients.at(0));
  auto agreement = crypto::read_key_agreement(kari.key_encryption_algorithm).value();
  Secret shared = private_key("x25519")->agree(kari.originator_key).value();
  Secret old = derive_key_encryption_key(agreement, shared.view(), std::nullopt).value();
  Bytes& wrapped = kari.recipients.at(0).encrypted_key;
  Secret content_key = crypto::unwrap_key(agreement.wrap, old.view(), wrapped).value();
  agreement.kdf = crypto::Kdf::X963;
  kari.key_encryption_algorithm = crypto::key_agreement_identifier(agreement);
  Secret now = derive_key_encryption_key(agreement, shared.view(), std::nullopt).value();
  wrapped = crypto::wrap_key(agreement.wrap, now.view(), content_key.view()).value();
  EXPECT_EQ(decrypt(message, keys_of("x25519")).value(), content);
}

// KEMRecipientInfo by RSA-KEM, which every libcrypto has.
TEST(EnvelopedDataWriter, KemRecipientNamesItsKeyInBothWays_ALG48_KM40_KM41) {
  for (auto name :
       {CertificateRecipient::Name::IssuerAndSerial, CertificateRecipient::Name::KeyIdentifier}) {
    EncryptOptions options = to({"rsa"});
    options.recipients[0].rsa = CertificateRecipient::Rsa::Kem;
    options.recipients[0].name = name;
    Bytes content = content_of(100);
    ReadBack message(encrypt(options, content));
    const auto& info = std::get<KemRecipientInfo>(message.enveloped_header.recipients.at(0));
    EXPECT_EQ(info.version, 0);
    EXPECT_EQ(info.rid.key_identifier.empty(), name == CertificateRecipient::Name::IssuerAndSerial);
    EXPECT_EQ(info.kem.algorithm, Oid::of("1.0.18033.2.2.4"));
    EXPECT_FALSE(info.kem.parameters);
    EXPECT_EQ(info.kemct.size(), 256u);
    EXPECT_EQ(info.kek_length, 32);
    EXPECT_FALSE(info.ukm);
    EXPECT_EQ(info.wrap.algorithm, Oid::of("2.16.840.1.101.3.4.1.45"));
    EXPECT_EQ(decrypt(message, keys_of("rsa")).value(), content);
  }
}

TEST(EnvelopedDataWriter, OrderOfRecipientsTellsNothingOfTheOrderInWhichTheyWereNamed) {
  auto serials = [](const std::vector<std::string>& names) {
    std::vector<Bytes> result;
    ReadBack message(encrypt(to(names), {}));
    for (const RecipientInfo& info : message.enveloped_header.recipients) {
      result.push_back(std::get<KeyTransRecipientInfo>(info).rid.serial_number);
    }
    return result;
  };
  EXPECT_EQ(serials({"rsa", "rsa_encrypt_only"}), serials({"rsa_encrypt_only", "rsa"}));
}

TEST(EnvelopedDataWriter, RecipientNamedTwiceIsWrittenOnce) {
  ReadBack message(encrypt(to({"rsa", "p256", "rsa", "p256"}), content_of(10)));
  EXPECT_EQ(message.enveloped_header.recipients.size(), 2u);
  EXPECT_EQ(decrypt(message, keys_of("rsa")), content_of(10));
}

TEST(EnvelopedDataWriter, KeyEncryptionKeyNamedTwiceIsWrittenOnce) {
  EncryptOptions options;
  Bytes kek = content_of(32);
  options.keks.push_back({.key_identifier = {1}, .kek = Secret(kek)});
  options.keks.push_back({.key_identifier = {1}, .kek = Secret(kek)});
  EXPECT_EQ(ReadBack(encrypt(options, {})).enveloped_header.recipients.size(), 1u);
  options.keks[1].kek = Secret(content_of(16));
  EXPECT_EQ(refusal(std::move(options)), Rule::EncDuplicateRecipient);
}

TEST(EnvelopedDataWriter, RefusesCertificatesThatMayNotEncryptKM04) {
  EXPECT_EQ(refusal(to({"rsa_sign_only"})), Rule::EncKeyUsage);
  EXPECT_EQ(refusal(to({"p256_sign_only"})), Rule::EncKeyUsage);
}

TEST(EnvelopedDataWriter, RefusesKeysThatCannotEncrypt) {
  for (const char* name : {"ed25519", "ed448", "pss"}) {
    EXPECT_EQ(refusal(to({name})), Rule::CryptoBadKey) << name;
  }
}

TEST(EnvelopedDataWriter, RefusesKeyEncryptionKeysOfAWrongSizeALG51) {
  for (std::size_t size : {0u, 8u, 15u, 33u, 16u}) {
    EncryptOptions options;
    options.keks.push_back({.key_identifier = {1}, .kek = Secret(content_of(size))});
    EXPECT_EQ(refusal(std::move(options)), Rule::CryptoBadKey) << size;
  }
}

TEST(EnvelopedDataWriter, RefusesNoRecipientsAndTooManyCMS48) {
  EXPECT_EQ(refusal({}), Rule::CmsNoRecipients);
  EncryptOptions options = to({"rsa"});
  options.recipients.resize(Limits{}.recipients + 1, options.recipients[0]);
  EXPECT_EQ(refusal(std::move(options)), Rule::LimitRecipients);
  EncryptOptions slow;
  slow.passwords.push_back({.password = Secret(as_bytes("password")), .iterations = 20'000'000});
  EXPECT_EQ(refusal(std::move(slow)), Rule::LimitIterations);
}

TEST(EnvelopedDataWriter, PasswordRecipientUsesHmacSha256AndPwriKekKM33KM34) {
  EncryptOptions options;
  options.passwords.push_back({.password = Secret(as_bytes("password")), .iterations = 1'234});
  ReadBack message(encrypt(options, {}));
  const auto& info = std::get<PasswordRecipientInfo>(message.enveloped_header.recipients.at(0));
  std::string derivation = to_hex(info.key_derivation_algorithm.value().encode());
  EXPECT_NE(derivation.find("2a864886f70d01050c"), std::string::npos);
  EXPECT_NE(derivation.find("020204d2"), std::string::npos);
  EXPECT_NE(derivation.find("300c06082a864886f70d02090500"), std::string::npos);
  std::string wrap = to_hex(info.key_encryption_algorithm.encode());
  EXPECT_NE(wrap.find("2a864886f70d0109100309"), std::string::npos);
  EXPECT_NE(wrap.find("60864801650304012a0410"), std::string::npos);
  EXPECT_EQ(info.encrypted_key.size(), 48u);  // 1 + 3 + 32, padded to three blocks (KM-35)
}

TEST(EnvelopedDataWriter, PasswordRecipientWithScryptReadsBack) {
  EncryptOptions options;
  options.passwords.push_back({.password = Secret(as_bytes("password")),
                               .derivation = PasswordRecipient::Derivation::Scrypt});
  Bytes content = content_of(100);
  ReadBack message(encrypt(options, content));
  const auto& info = std::get<PasswordRecipientInfo>(message.enveloped_header.recipients.at(0));
  EXPECT_EQ(info.key_derivation_algorithm->algorithm, Oid::of("1.3.6.1.4.1.11591.4.11"));
  x509::MemoryKeySource right, wrong;
  right.add_password(as_bytes("password"));
  wrong.add_password(as_bytes("Password"));
  EXPECT_EQ(decrypt(message, right), content);
  EXPECT_EQ(decrypt(message, wrong).error().rule, Rule::EncFailed);
}

}  // namespace
}  // namespace bulla::cms
