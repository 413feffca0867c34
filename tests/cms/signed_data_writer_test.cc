#include <gtest/gtest.h>

#include "asn1/reader.h"
#include "cms/signing_certificate.h"
#include "cms/verify.h"
#include "cms/writer_read_back.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"

namespace bulla::cms {
namespace {

using testing::certificate;
using testing::content_of;
using testing::kWhole;
using testing::private_key;
using testing::ReadBack;
using testing::sign;
using testing::signer;

SignOptions by(const std::string& name, RsaPadding padding = RsaPadding::Pkcs1) {
  SignOptions options;
  options.signers.push_back(signer(name, padding));
  return options;
}

const SignerInfo& only_signer(const ReadBack& message) { return message.signed_part.signers.at(0); }

std::string value_of(const SignerInfo& info, const Oid& type) {
  const Attribute* attribute = find(info.signed_attrs, type);
  if (attribute == nullptr || attribute->values.size() != 1) return "not there once";
  return to_hex(attribute->values[0]);
}

std::vector<std::string> subjects(const ReadBack& message) {
  std::vector<std::string> names;
  for (const Certificate& each : message.signed_part.certificates) {
    names.push_back(each.common_name());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Rule refusal(SignOptions options) {
  auto writer =
      make_signed_data_writer(std::move(options), [](ByteView) -> Result<void> { return {}; });
  return writer ? Rule::Internal : writer.error().rule;
}

class EverySigner : public ::testing::TestWithParam<const char*> {};

TEST_P(EverySigner, SignatureFitsTheDerOfItsAttributesCMS18) {
  Bytes content = content_of(100);
  ReadBack message(sign(by(GetParam()), content));
  const SignerInfo& info = only_signer(message);
  auto key = crypto::PublicKey::parse(certificate(GetParam()).subject_public_key_info()).value();
  auto digest = crypto::read_digest(info.digest_algorithm);
  auto scheme = crypto::read_signature_scheme(info.signature_algorithm, digest).value();
  EXPECT_EQ(key.verify(scheme, *info.signed_attrs_der, info.signature).value(), true);
  EXPECT_EQ(message.octets, content);
  Bytes wanted = asn1::encode(
      [&](asn1::Writer& out) { out.octet_string(crypto::hash(digest.value(), content).value()); });
  EXPECT_EQ(value_of(info, kMessageDigest), to_hex(wanted));
}

TEST_P(EverySigner, ReaderFindsNothingToRemark_ALG31) {
  Bytes octets = content_of(100);
  ReadBack message(sign(by(GetParam()), octets));
  SignedContent content{.content_type = message.signed_header.content_type,
                        .digest_algorithms = message.signed_header.digest_algorithms,
                        .digests = {},
                        .beginning = message.octets,
                        .size = message.octets.size()};
  Digest digest = crypto::read_digest(only_signer(message).digest_algorithm).value();
  content.digests[digest] = crypto::hash(digest, message.octets).value();
  SignerCheck check =
      check_signer(only_signer(message), content, message.signed_part.certificates, Limits{});
  EXPECT_TRUE(check.signature_fits);
  EXPECT_EQ(check.certificate, certificate(GetParam()));
  EXPECT_EQ(check.statements.signing_time, parse_time("2027-01-02T03:04:05Z"));
  EXPECT_EQ(check.statements.capabilities, own_capabilities());
  for (const Finding& finding : check.findings) ADD_FAILURE() << info(finding.rule).slug;
}

crypto::PublicKey public_key_of(const char* name) {
  return crypto::PublicKey::parse(private_key(name)->subject_public_key_info()).value();
}

TEST(SignedDataWriter, Sha3IsWrittenAndReadALG07) {
  Bytes octets = content_of(100);
  for (const char* name : {"rsa", "p256"}) {
    for (Digest digest : {Digest::Sha3_224, Digest::Sha3_256, Digest::Sha3_384, Digest::Sha3_512}) {
      SignOptions options = by(name);
      options.signers[0].scheme =
          choose_scheme(public_key_of(name), digest, RsaPadding::Pkcs1).value();
      ReadBack message(sign(options, octets));
      SignedContent content{.content_type = message.signed_header.content_type,
                            .digest_algorithms = message.signed_header.digest_algorithms,
                            .digests = {{digest, crypto::hash(digest, octets).value()}},
                            .beginning = message.octets,
                            .size = message.octets.size()};
      SignerCheck check =
          check_signer(only_signer(message), content, message.signed_part.certificates, Limits{});
      EXPECT_TRUE(check.signature_fits) << name;
      EXPECT_EQ(crypto::read_digest(only_signer(message).digest_algorithm), digest);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(SignedDataWriter, EverySigner,
                         ::testing::Values("rsa", "pss", "p256", "p384", "p521", "ed25519",
                                           "ed448"),
                         [](const auto& each) { return std::string(each.param); });

TEST(SignedDataWriter, WritesEverySignedAttributeOnce_ATTR03_ATTR04_ATTR46_ATTR49_CMS27) {
  ReadBack message(sign(by("p256"), content_of(10)));
  const SignerInfo& info = only_signer(message);
  EXPECT_EQ(info.signed_attrs.size(), 6u);
  EXPECT_EQ(value_of(info, kContentTypeAttribute), "06092a864886f70d010701");
  EXPECT_EQ(value_of(info, kSigningTime), "170d3237303130323033303430355a");
  for (const Oid& type : {kSmimeCapabilities, kSigningCertificateV2, kAlgorithmProtection}) {
    EXPECT_NE(value_of(info, type), "not there once");
  }
}

TEST(SignedDataWriter, AttributesAreInDerOrderCMS29) {
  ReadBack message(sign(by("p256"), content_of(10)));
  std::vector<Bytes> elements;
  auto read = asn1::decode(*only_signer(message).signed_attrs_der, [&](asn1::Reader& in) {
    asn1::Reader set = in.set();
    while (set.more()) elements.push_back(to_bytes(set.element()));
    return 0;
  });
  ASSERT_TRUE(read);
  EXPECT_TRUE(std::is_sorted(elements.begin(), elements.end()));
}

TEST(SignedDataWriter, SigningTimeFrom2050IsGeneralizedTimeATTR10) {
  SignOptions options = by("p256");
  options.signers[0].signing_time = parse_time("2050-01-01T00:00:00Z");
  ReadBack message(sign(options, {}));
  EXPECT_EQ(value_of(only_signer(message), kSigningTime), "180f32303530303130313030303030305a");
}

TEST(SignedDataWriter, LeavesOutSigningTimeWhenNoneIsGiven) {
  SignOptions options = by("p256");
  options.signers[0].signing_time.reset();
  ReadBack message(sign(options, {}));
  EXPECT_EQ(find(only_signer(message).signed_attrs, kSigningTime), nullptr);
}

TEST(SignedDataWriter, AlgorithmProtectionRepeatsTheSignersAlgorithmsATTR45) {
  ReadBack message(sign(by("p256"), {}));
  EXPECT_EQ(value_of(only_signer(message), kAlgorithmProtection),
            "3019"
            "300b0609608648016503040201"
            "a10a06082a8648ce3d040302");
}

TEST(SignedDataWriter, SigningCertificateNamesTheSignerWithoutDefaultHashATTR50) {
  ReadBack message(sign(by("rsa"), {}));
  const Attribute* attribute = find(only_signer(message).signed_attrs, kSigningCertificateV2);
  ASSERT_NE(attribute, nullptr);
  auto read = asn1::decode(attribute->values.at(0), &SigningCertificate::read_v2);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->certificates.size(), 1u);
  EXPECT_EQ(read->certificates[0].digest, Digest::Sha256);
  EXPECT_TRUE(read->certificates[0].matches(certificate("rsa")));
  EXPECT_FALSE(read->certificates[0].matches(certificate("rsa_sign_only")));
  EXPECT_FALSE(read->certificates[0].issuer_names.empty());  // ATTR-52
  // SEQUENCE { SEQUENCE { SEQUENCE { OCTET STRING: no AlgorithmIdentifier in front.
  Bytes hash = to_bytes(certificate("rsa").sha256());
  EXPECT_NE(to_hex(attribute->values[0]).find("0420" + to_hex(hash)), std::string::npos);
  EXPECT_EQ(to_hex(attribute->values[0]).find("608648016503040201"), std::string::npos);
}

TEST(SignedDataWriter, EncryptionKeyPreferenceNamesAnotherCertificateATTR40) {
  SignOptions options = by("p256");
  options.signers[0].encryption_certificate = certificate("rsa_encrypt_only");
  ReadBack message(sign(options, {}));
  std::string value = value_of(only_signer(message), kEncryptionKeyPreference);
  EXPECT_EQ(value.substr(0, 2), "a0");
  EXPECT_NE(value.find(to_hex(certificate("rsa_encrypt_only").serial_number())), std::string::npos);
  EXPECT_EQ(subjects(message),
            (std::vector<std::string>{"intermediate", "p256", "rsa_encrypt_only"}));
}

TEST(SignedDataWriter, NoKeyPreferenceForTheSigningCertificateItself) {
  SignOptions options = by("p256");
  options.signers[0].encryption_certificate = certificate("p256");
  ReadBack message(sign(options, {}));
  EXPECT_EQ(find(only_signer(message).signed_attrs, kEncryptionKeyPreference), nullptr);
}

TEST(SignedDataWriter, FurtherAttributesAreSigned) {
  SignOptions options = by("p256");
  options.signers[0].attributes.push_back(
      {.type = kContentIdentifier,
       .values = {asn1::encode([](asn1::Writer& out) { out.octet_string(as_bytes("id")); })}});
  ReadBack message(sign(options, {}));
  EXPECT_EQ(value_of(only_signer(message), kContentIdentifier), "04026964");
}

TEST(SignedDataWriter, VersionFollowsSignerNameAndContentType_CMS08_CMS11) {
  EXPECT_EQ(ReadBack(sign(by("p256"), {})).signed_header.version, 1);
  SignOptions options = by("p256");
  options.signers[0].name = Signer::Name::KeyIdentifier;
  ReadBack by_key_identifier(sign(options, {}));
  EXPECT_EQ(by_key_identifier.signed_header.version, 3);
  EXPECT_EQ(only_signer(by_key_identifier).version, 3);  // CMS-09
  EXPECT_EQ(to_hex(only_signer(by_key_identifier).sid.key_identifier),
            to_hex(*certificate("p256").subject_key_identifier()));
  options = by("p256");
  options.content_type = kReceipt;
  ReadBack receipt(sign(options, {}));
  EXPECT_EQ(receipt.signed_header.version, 3);
  EXPECT_EQ(only_signer(receipt).version, 1);
  EXPECT_EQ(receipt.signed_header.content_type, kReceipt);
}

TEST(SignedDataWriter, DigestAlgorithmsAreTheSetOfTheSignersDigestsCMS12) {
  SignOptions options = by("p256");
  options.signers.push_back(signer("rsa"));
  options.signers.push_back(signer("p384"));
  ReadBack message(sign(options, content_of(5)));
  std::vector<std::optional<Digest>> digests;
  for (const auto& algorithm : message.signed_header.digest_algorithms) {
    digests.push_back(crypto::read_digest(algorithm));
    EXPECT_FALSE(algorithm.parameters.has_value());  // ALG-04
  }
  EXPECT_EQ(digests, (std::vector<std::optional<Digest>>{Digest::Sha256, Digest::Sha384}));
  EXPECT_EQ(message.signed_part.signers.size(), 3u);
}

TEST(SignedDataWriter, EdDsaNamesItsDigestsALG27ALG28) {
  EXPECT_EQ(to_hex(only_signer(ReadBack(sign(by("ed25519"), {}))).digest_algorithm.encode()),
            "300b0609608648016503040203");
  EXPECT_EQ(to_hex(only_signer(ReadBack(sign(by("ed448"), {}))).digest_algorithm.encode()),
            "300f060960864801650304021202020200");
}

TEST(SignedDataWriter, CertificatesAreTheChainWithoutRootEachOnce_CMS36_CERT49) {
  SignOptions options = by("p256");
  EXPECT_TRUE(ReadBack(sign(options, {})).signed_part.findings.empty());
  options.signers.push_back(signer("rsa"));
  options.certificates = {certificate("x25519"), certificate("rsa")};
  EXPECT_EQ(subjects(ReadBack(sign(options, {}))),
            (std::vector<std::string>{"intermediate", "p256", "rsa", "x25519"}));
  options.chain = SignOptions::Chain::SignerOnly;
  EXPECT_EQ(subjects(ReadBack(sign(options, {}))),
            (std::vector<std::string>{"p256", "rsa", "x25519"}));
  options.chain = SignOptions::Chain::None;
  EXPECT_EQ(subjects(ReadBack(sign(options, {}))), (std::vector<std::string>{"rsa", "x25519"}));
}

TEST(SignedDataWriter, DetachedHasNoContentCMS13) {
  SignOptions options = by("p256");
  options.form = ContentForm::Detached;
  Bytes content = content_of(3u << 20);
  Bytes whole = sign(options, content);
  EXPECT_LT(whole.size(), 4'000u);
  ReadBack message(whole);
  EXPECT_EQ(message.presence, Presence::Absent);
  Bytes wanted = asn1::encode(
      [&](asn1::Writer& out) { out.octet_string(crypto::hash(Digest::Sha256, content).value()); });
  EXPECT_EQ(value_of(only_signer(message), kMessageDigest), to_hex(wanted));
}

TEST(SignedDataWriter, CertsOnlyHasNeitherDigestsNorSignersMIME44) {
  SignOptions options;
  options.form = ContentForm::Detached;
  options.certificates = {certificate("p256"), certificate("rsa")};
  options.crls = {to_bytes(x509::read_pem(testing::read_file(testing::data_path("root.crl.pem")))
                               .value()
                               .front()
                               .contents.view())};
  ReadBack message(sign(options, {}));
  EXPECT_EQ(message.signed_header.version, 1);
  EXPECT_TRUE(message.signed_header.digest_algorithms.empty());
  EXPECT_EQ(message.presence, Presence::Absent);
  EXPECT_TRUE(message.signed_part.signers.empty());
  EXPECT_EQ(subjects(message), (std::vector<std::string>{"p256", "rsa"}));
  EXPECT_EQ(message.signed_part.crls, options.crls);
}

TEST(SignedDataWriter, ReadsBackInEverySizeAndChunking) {
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{65'535}, std::size_t{65'536},
        std::size_t{65'537}, kDerLimit - 1, kDerLimit, kDerLimit + 1, std::size_t{3u << 20}}) {
    Bytes content = content_of(size);
    for (std::size_t chunk : {kWhole, std::size_t{0}, std::size_t{8'191}}) {
      ReadBack message(sign(by("p256"), content, chunk), chunk);
      EXPECT_EQ(message.presence, Presence::Present);
      EXPECT_TRUE(message.octets == content) << size;
    }
  }
  Bytes content = content_of(300);
  EXPECT_EQ(ReadBack(sign(by("p256"), content, 1), 1).octets, content);
}

TEST(SignedDataWriter, RefusesACertificateThatMayNotSign) {
  SignOptions options = by("rsa");
  options.signers[0].identity.certificate = certificate("rsa_encrypt_only");
  EXPECT_EQ(refusal(options), Rule::CertKeyUsage);
}

TEST(SignedDataWriter, RefusesASchemeThatIsNotTheKeys) {
  SignOptions options = by("rsa");
  options.signers[0].scheme.algorithm = SignatureAlgorithm::Ecdsa;
  EXPECT_EQ(refusal(options), Rule::CryptoUnknownAlgorithm);
}

TEST(SignedDataWriter, RefusesWhatNoReaderWouldTake) {
  SignOptions options = by("p256");
  options.crls = {content_of(10)};
  EXPECT_EQ(refusal(options), Rule::CmsBadCrl);
  options = by("p256");
  options.signers.resize(Limits{}.signers + 1, options.signers[0]);
  EXPECT_EQ(refusal(options), Rule::LimitSigners);
}

TEST(ChooseScheme, FollowsTheKey_ALG12_ALG23) {
  auto choose = [](const char* name) {
    return choose_scheme(public_key_of(name), std::nullopt, RsaPadding::Pkcs1).value();
  };
  EXPECT_EQ(choose("rsa").algorithm, SignatureAlgorithm::RsaPkcs1);
  EXPECT_EQ(choose("rsa").digest, Digest::Sha256);
  EXPECT_EQ(choose("p256").digest, Digest::Sha256);
  EXPECT_EQ(choose("p384").digest, Digest::Sha384);
  EXPECT_EQ(choose("p521").digest, Digest::Sha512);
  EXPECT_EQ(choose("ed25519").digest, Digest::Sha512);
  EXPECT_EQ(choose("ed448").digest, Digest::Shake256);
}

TEST(ChooseScheme, PssSaltIsTheDigestsLength_ALG16_ALG18) {
  auto scheme = choose_scheme(public_key_of("rsa"), Digest::Sha512, RsaPadding::Pss).value();
  EXPECT_EQ(scheme.algorithm, SignatureAlgorithm::RsaPss);
  EXPECT_EQ(scheme.mgf_digest, Digest::Sha512);
  EXPECT_EQ(scheme.salt_length, 64u);
}

TEST(ChooseScheme, ShakeHasSaltsOfItsOwnLengthALG19) {
  for (Digest digest : {Digest::Shake128, Digest::Shake256}) {
    auto scheme = choose_scheme(public_key_of("rsa"), digest, RsaPadding::Pss).value();
    EXPECT_EQ(scheme.mgf_digest, digest);
    EXPECT_EQ(scheme.salt_length, crypto::digest_size(digest));
    EXPECT_EQ(choose_scheme(public_key_of("p256"), digest, RsaPadding::Pkcs1)->digest, digest);
  }
}

TEST(ChooseScheme, PssKeyDecidesItsDigestALG17) {
  auto scheme = choose_scheme(public_key_of("pss"), std::nullopt, RsaPadding::Pkcs1).value();
  EXPECT_EQ(scheme.algorithm, SignatureAlgorithm::RsaPss);
  EXPECT_EQ(scheme.digest, Digest::Sha384);
  auto other = choose_scheme(public_key_of("pss"), Digest::Sha256, RsaPadding::Pss);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().rule, Rule::CryptoBadKey);
}

TEST(ChooseScheme, NeverChoosesWeakDigestsALG76) {
  auto refused = [](Digest digest) {
    auto scheme = choose_scheme(public_key_of("rsa"), digest, RsaPadding::Pkcs1);
    return scheme ? Rule::Internal : scheme.error().rule;
  };
  EXPECT_EQ(refused(Digest::Sha1), Rule::SigWeakDigest);
  EXPECT_EQ(refused(Digest::Md5), Rule::SigBrokenDigest);
  EXPECT_EQ(refused(Digest::Shake128), Rule::CryptoUnknownAlgorithm);
}

TEST(ChooseScheme, AgreementKeysCannotSign) {
  auto scheme = choose_scheme(public_key_of("x25519"), std::nullopt, RsaPadding::Pkcs1);
  ASSERT_FALSE(scheme);
  EXPECT_EQ(scheme.error().rule, Rule::CryptoUnknownAlgorithm);
}

}  // namespace
}  // namespace bulla::cms
