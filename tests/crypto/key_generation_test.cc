// Keys that are made here, of each type: they load, do what they are for, and are what their type
// says.
#include "crypto/key_generation.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/key_algorithm.h"
#include "crypto/private_key_info.h"
#include "crypto/public_key.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

bool is_there(const KeyType& type) {
  return type.post_quantum == nullptr || is_available(*type.post_quantum);
}

SignatureScheme scheme_of(SignatureAlgorithm algorithm) {
  SignatureScheme scheme;
  scheme.algorithm = algorithm;
  if (algorithm == SignatureAlgorithm::Ed25519) scheme.digest = Digest::Sha512;
  if (algorithm == SignatureAlgorithm::Ed448) scheme.digest = Digest::Shake256;
  return scheme;
}

std::optional<SignatureAlgorithm> signature_of(const KeyType& type) {
  if (type.post_quantum != nullptr) return type.post_quantum->signature;
  switch (type.kind) {
    case KeyKind::Rsa:
      return SignatureAlgorithm::RsaPkcs1;
    case KeyKind::Ec:
      return SignatureAlgorithm::Ecdsa;
    case KeyKind::Ed25519:
      return SignatureAlgorithm::Ed25519;
    case KeyKind::Ed448:
      return SignatureAlgorithm::Ed448;
    default:
      return std::nullopt;
  }
}

void expect_signs(const PrivateKey& key, const PublicKey& other, SignatureAlgorithm algorithm) {
  SignatureScheme scheme = scheme_of(algorithm);
  Bytes message = to_bytes("the message");
  auto signature = key.sign(scheme, message);
  ASSERT_TRUE(signature) << describe(signature.error());
  auto own = PublicKey::parse(key.subject_public_key_info()).value();
  EXPECT_EQ(own.verify(scheme, message, *signature), true);
  EXPECT_EQ(other.verify(scheme, message, *signature), false);
}

void expect_agrees(const PrivateKey& key) {
  auto own = PublicKey::parse(key.subject_public_key_info()).value();
  auto peer = EphemeralKey::make_for(own).value();
  EXPECT_TRUE(
      equal(key.agree(peer.subject_public_key()).value().view(), peer.agree(own).value().view()));
}

class KeyGeneration : public testing::TestWithParam<std::string_view> {
 protected:
  KeyType type() const { return find_key_type(GetParam()).value(); }
};

TEST_P(KeyGeneration, makes_a_key_that_does_what_it_is_for) {
  auto made = generate_private_key(GetParam());
  if (!is_there(type())) {
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().rule, Rule::CryptoUnavailable);
    return;
  }
  ASSERT_TRUE(made) << describe(made.error());
  auto key = load_private_key(made->view());
  ASSERT_TRUE(key) << describe(key.error());
  EXPECT_EQ((*key)->kind(), type().kind);
  EXPECT_EQ(bulla::find_key_type((*key)->subject_public_key_info()), GetParam());
  auto another = load_private_key(generate_private_key(GetParam()).value().view()).value();
  EXPECT_FALSE(equal((*key)->subject_public_key_info(), another->subject_public_key_info()));
  auto other = PublicKey::parse(another->subject_public_key_info()).value();
  if (auto algorithm = signature_of(type())) expect_signs(**key, other, *algorithm);
  bool agrees =
      type().kind == KeyKind::Ec || type().kind == KeyKind::X25519 || type().kind == KeyKind::X448;
  if (agrees) expect_agrees(**key);
  if (type().post_quantum != nullptr && type().post_quantum->kem) {
    auto sent = PublicKey::parse((*key)->subject_public_key_info()).value().encapsulate().value();
    auto got = (*key)->decapsulate(*type().post_quantum->kem, sent.kemct);
    EXPECT_TRUE(equal(got.value().view(), sent.shared.view()));
  }
}

// What is written is PKCS #8 for libcrypto's own reader too, and the whole of it.
TEST_P(KeyGeneration, libcrypto_reads_the_key) {
  if (!is_there(type())) GTEST_SKIP() << GetParam();
  Secret made = generate_private_key(GetParam()).value();
  const unsigned char* at = made.view().data();
  Owned<EVP_PKEY> read(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(made.size())));
  ASSERT_TRUE(read);
  EXPECT_EQ(at, made.view().data() + made.size());
  unsigned char* der = nullptr;
  int size = i2d_PUBKEY(read.get(), &der);
  Bytes spki(der, der + std::max(size, 0));
  OPENSSL_free(der);
  EXPECT_EQ(spki, load_private_key(made.view()).value()->subject_public_key_info());
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(read.get(), nullptr));
  if (type().post_quantum != nullptr) return;  // libcrypto has no such check for them
  EXPECT_EQ(EVP_PKEY_check(context.get()), 1);
}

std::string test_name(const testing::TestParamInfo<std::string_view>& info) {
  std::string name(info.param);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Each, KeyGeneration, testing::ValuesIn(key_types()), test_name);

TEST(KeyTypes, other_names_are_none) {
  for (std::string_view name : {"", "rsa", "rsa-1024", "rsa-3072 ", "P256", "dsa", "secp256k1"}) {
    auto made = generate_private_key(name);
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().rule, Rule::CryptoUnknownAlgorithm) << name;
  }
}

TEST(KeyTypes, keys_that_are_not_made_have_none) {
  EXPECT_EQ(bulla::find_key_type({}), "");
  EXPECT_EQ(bulla::find_key_type(to_bytes("no key")), "");
  // An RSA key of a length that nobody is offered.
  Owned<EVP_PKEY> odd(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2056}));
  unsigned char* der = nullptr;
  int size = i2d_PUBKEY(odd.get(), &der);
  Bytes spki(der, der + std::max(size, 0));
  OPENSSL_free(der);
  EXPECT_EQ(bulla::find_key_type(spki), "");
}

}  // namespace
}  // namespace bulla::crypto
