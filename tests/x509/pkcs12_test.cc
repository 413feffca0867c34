#include "x509/pkcs12.h"

#include <gtest/gtest.h>

#include "x509/test_files.h"

namespace bulla::x509 {
namespace {

Result<Pkcs12> load_file(const std::string& name, std::string_view passphrase = "secret") {
  return load_pkcs12(read_file(data_path(name)), as_bytes(passphrase));
}

void expect_alice(const Result<Pkcs12>& loaded) {
  ASSERT_TRUE(loaded) << describe(loaded.error());
  ASSERT_EQ(loaded->identities.size(), 1u);
  const Identity& alice = loaded->identities[0];
  ASSERT_TRUE(alice.certificate);
  EXPECT_EQ(*alice.certificate, load("alice"));
  EXPECT_EQ(alice.chain, std::vector<Certificate>{load("intermediate")});
  EXPECT_EQ(loaded->certificates, alice.chain);
  EXPECT_EQ(alice.key->subject_public_key_info(),
            to_bytes(load("alice").subject_public_key_info()));
}

TEST(Pkcs12, LoadsPbes2AndBothOldForms_CERT_70) {
  expect_alice(load_file("modern.p12"));
  expect_alice(load_file("triple_des.p12"));
}

// RC2 needs libcrypto's legacy provider, a package of its own in some systems.
TEST(Pkcs12, LoadsRc2WhereLibcryptoHasIt_CERT_70) {
  auto loaded = load_file("legacy.p12");
  if (!loaded && loaded.error().rule == Rule::CryptoUnavailable) {
    GTEST_SKIP() << "no legacy provider";
  }
  expect_alice(loaded);
}

TEST(Pkcs12, LoadsAnEmptyPassword) {
  auto loaded = load_file("empty_password.p12", "");
  ASSERT_TRUE(loaded) << describe(loaded.error());
  EXPECT_EQ(*loaded->identities.at(0).certificate, load("alice"));
}

TEST(Pkcs12, TellsAWrongPassphrase) {
  EXPECT_EQ(load_file("modern.p12", "Secret").error().rule, Rule::KeyBadPassphrase);
  EXPECT_EQ(load_file("modern.p12", "").error().rule, Rule::KeyPassphraseNeeded);
}

TEST(Pkcs12, NeedsAMac_T_126) {
  EXPECT_EQ(load_file("no_mac.p12").error().rule, Rule::KeyUnreadable);
}

TEST(Pkcs12, RefusesEveryChangedOctet_T_126) {
  Bytes file = read_file(data_path("modern.p12"));
  Limits limits;
  limits.pbkdf2_iterations = 3'000;
  for (std::size_t i = 0; i < file.size(); i += 37) {
    Bytes changed = file;
    changed[i] ^= 0x01;
    EXPECT_FALSE(load_pkcs12(changed, as_bytes("secret"), limits)) << i;
  }
}

TEST(Pkcs12, RefusesEveryTruncation_T_126) {
  Bytes file = read_file(data_path("modern.p12"));
  for (std::size_t size = 0; size < file.size(); size += 11) {
    EXPECT_FALSE(load_pkcs12(ByteView(file).first(size), as_bytes("secret"))) << size;
  }
}

TEST(Pkcs12, CapsIterationsBeforeItDerives_T_125) {
  Limits limits;
  limits.pbkdf2_iterations = 1'000;
  auto loaded = load_pkcs12(read_file(data_path("modern.p12")), as_bytes("secret"), limits);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().rule, Rule::LimitIterations);
}

TEST(Pkcs12, IsRecognised) {
  EXPECT_TRUE(is_pkcs12(read_file(data_path("modern.p12"))));
  EXPECT_FALSE(is_pkcs12(read_file(data_path("alice.der"))));
  EXPECT_FALSE(is_pkcs12(read_file(data_path("certs_only.p7b"))));
  EXPECT_FALSE(is_pkcs12({}));
}

}  // namespace
}  // namespace bulla::x509
