#include <gtest/gtest.h>

#include "bulla/trust.h"
#include "x509/key_identifier.h"
#include "x509/memory_key_source.h"
#include "x509/test_files.h"

namespace bulla {
namespace {

TEST(TrustStore, FindsRootsByNameAndContainsThemAlone) {
  auto store = make_trust_store({load("root"), load("other")});
  EXPECT_EQ(store->find_by_subject(load("intermediate").issuer_der()),
            std::vector<Certificate>{load("root")});
  EXPECT_TRUE(store->contains(load("root")));
  EXPECT_FALSE(store->contains(load("intermediate")));
  EXPECT_TRUE(store->find_by_subject(load("alice").issuer_der()).empty());
}

TEST(CertSource, FindsByEachOfTheThreeNames) {
  auto source = make_cert_source({load("alice"), load("intermediate"), load("cross_intermediate")});
  Certificate alice = load("alice");
  EXPECT_EQ(source->find_by_subject(alice.issuer_der()).size(), 2u);
  EXPECT_EQ(source->find_by_issuer_serial(alice.issuer_der(), alice.serial_number()),
            std::vector<Certificate>{alice});
  EXPECT_TRUE(source->find_by_issuer_serial(alice.issuer_der(), {}).empty());
  EXPECT_EQ(source->find_by_key_identifier(*alice.authority_key_identifier()).size(), 2u);
}

TEST(RevocationSource, FindsByIssuerAndDropsWhatIsNoList) {
  auto source = make_revocation_source({load_block("intermediate.crl.pem"), Bytes{0x30, 0x00}});
  EXPECT_EQ(source->find_by_issuer(load("alice").issuer_der()).size(), 1u);
  EXPECT_TRUE(source->find_by_issuer(load("root").subject_der()).empty());
}

// A key that is only recognised.
class PublicHalf final : public PrivateKey {
 public:
  explicit PublicHalf(ByteView spki) : spki_(to_bytes(spki)) {}
  KeyKind kind() const override { return KeyKind::Rsa; }
  Bytes subject_public_key_info() const override { return spki_; }
  Result<Bytes> sign(const SignatureScheme&, ByteView) const override {
    return failure(Rule::CryptoSignFailed);
  }
  Result<Secret> decrypt_key(const TransportScheme&, ByteView, std::size_t) const override {
    return failure(Rule::EncFailed);
  }
  Result<Secret> agree(ByteView) const override { return failure(Rule::EncFailed); }

 private:
  Bytes spki_;
};

Identity bare(const std::string& name) {
  return {std::make_shared<PublicHalf>(load(name).subject_public_key_info()), std::nullopt, {}};
}

Identity certified(const std::string& name) {
  Identity identity = bare(name);
  identity.certificate = load(name);
  return identity;
}

TEST(KeyIdentifier, IsTheOneThatOpensslWrites) {
  Certificate alice = load("alice");
  auto computed = x509::key_identifier(alice.subject_public_key_info());
  ASSERT_TRUE(computed);
  EXPECT_TRUE(equal(*computed, *alice.subject_key_identifier()));
}

TEST(KeySource, FindsByIssuerAndSerialNumber) {
  auto source = make_key_source({certified("alice"), certified("ec")});
  Certificate ec = load("ec");
  auto found = source->find({ec.issuer_der(), ec.serial_number(), {}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(*found[0].certificate, ec);
  EXPECT_TRUE(source->find({load("root").subject_der(), ec.serial_number(), {}}).empty());
  EXPECT_TRUE(source->without_certificate().empty());
}

// One name, with its strings in another type.
TEST(KeySource, ComparesIssuersAsNames_CMS57) {
  auto source = make_key_source({certified("ec"), certified("ec")});
  Certificate ec = load("ec");
  std::string issuer(as_text(ec.issuer_der()));
  std::size_t at = issuer.find("\x06\x03\x55\x04\x03");
  ASSERT_NE(at, std::string::npos);
  issuer[at + 5] = issuer[at + 5] == 0x0c ? 0x13 : 0x0c;
  EXPECT_EQ(source->find({as_bytes(issuer), ec.serial_number(), {}}).size(), 2u);
  issuer.back() = static_cast<char>(issuer.back() ^ 1);
  EXPECT_TRUE(source->find({as_bytes(issuer), ec.serial_number(), {}}).empty());
}

TEST(KeySource, FindsABareKeyByItsComputedIdentifier) {
  auto source = make_key_source({bare("ec"), certified("ec"), certified("alice")});
  Certificate ec = load("ec");
  auto found = source->find({{}, {}, *ec.subject_key_identifier()});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0].certificate.has_value());
  EXPECT_FALSE(found[1].certificate.has_value());
  EXPECT_EQ(source->without_certificate().size(), 1u);
}

TEST(KeySource, FindsNothingForAnEmptyName) {
  auto source = make_key_source({bare("ec"), certified("alice")});
  EXPECT_TRUE(source->find({}).empty());
  EXPECT_TRUE(source->find_kek({}).empty());
  EXPECT_TRUE(source->passwords().empty());
}

TEST(MemoryKeySource, HoldsKeysAndPasswords) {
  x509::MemoryKeySource source;
  source.add_kek(as_bytes("id"), as_bytes("0123456789abcdef"));
  source.add_password(as_bytes("secret"));
  EXPECT_EQ(source.find_kek(as_bytes("id")).size(), 16u);
  EXPECT_TRUE(source.find_kek(as_bytes("other")).empty());
  EXPECT_EQ(source.passwords().size(), 1u);
}

}  // namespace
}  // namespace bulla
