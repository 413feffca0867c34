#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "bulla/key.h"
#include "crypto/key_algorithm.h"
#include "crypto/key_transport.h"
#include "crypto/public_key.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

const TransportScheme kPkcs1{.algorithm = TransportAlgorithm::RsaPkcs1, .label = {}};

struct Fixture {
  Fixture() {
    Owned<EVP_PKEY> made(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
    unsigned char* der = nullptr;
    int size = i2d_PrivateKey(made.get(), &der);
    private_key = load_private_key({der, static_cast<std::size_t>(size)}).value();
    OPENSSL_free(der);
    public_key.emplace(PublicKey::parse(private_key->subject_public_key_info()).value());
  }

  // The block, encrypted as it is.
  Bytes encrypt_block(ByteView block) const {
    ByteView octets = public_key->subject_public_key();
    auto key = asn1::decode(octets, [](asn1::Reader& in) {
                 asn1::Reader seq = in.sequence();
                 ByteView modulus = seq.integer();
                 return make_rsa_key(modulus, seq.integer()).release();
               }).value();
    Owned<EVP_PKEY> owned(key);
    Parameters none;
    none.text(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_NONE);
    Owned<EVP_PKEY_CTX> context = operation(key);
    Bytes out(block.size());
    std::size_t size = out.size();
    EXPECT_EQ(EVP_PKEY_encrypt_init_ex(context.get(), none.list()), 1);
    EXPECT_EQ(EVP_PKEY_encrypt(context.get(), out.data(), &size, block.data(), block.size()), 1);
    return out;
  }

  PrivateKeyPtr private_key;
  std::optional<PublicKey> public_key;
};

const Fixture& fixture() {
  static const Fixture made;
  return made;
}

// 00 02 PS 00 key, with a change at one octet.
Bytes block_with(ByteView key, std::size_t position = 0, std::uint8_t change = 0) {
  Bytes block(128, 0x77);
  block[0] = 0;
  block[1] = 2;
  block[127 - key.size()] = 0;
  std::copy(key.begin(), key.end(), block.end() - std::ssize(key));
  block[position] ^= change;
  return block;
}

Bytes open(ByteView block, std::size_t size) {
  Bytes ciphertext = fixture().encrypt_block(block);
  Secret once = fixture().private_key->decrypt_key(kPkcs1, ciphertext, size).value();
  Secret twice = fixture().private_key->decrypt_key(kPkcs1, ciphertext, size).value();
  EXPECT_EQ(once.size(), size);
  EXPECT_TRUE(equal(once.view(), twice.view())) << "the substitute is deterministic";
  return to_bytes(once.view());
}

TEST(RsaTransport, round_trips) {
  for (std::size_t size : {0, 1, 16, 24, 32, 100}) {
    const Bytes key(size, 0x5c);
    Bytes encrypted = fixture().public_key->encrypt_key(kPkcs1, key).value();
    Secret back = fixture().private_key->decrypt_key(kPkcs1, encrypted, size).value();
    EXPECT_TRUE(equal(back.view(), key)) << size;
  }
  for (Digest digest : {Digest::Sha1, Digest::Sha256}) {
    for (Digest mgf_digest : {Digest::Sha1, Digest::Sha256, Digest::Sha512}) {
      TransportScheme oaep{.algorithm = TransportAlgorithm::RsaOaep,
                           .digest = digest,
                           .mgf_digest = mgf_digest,
                           .label = "l"};
      const Bytes key(32, 0x5c);
      Bytes encrypted = fixture().public_key->encrypt_key(oaep, key).value();
      EXPECT_TRUE(
          equal(fixture().private_key->decrypt_key(oaep, encrypted, 32).value().view(), key));
      EXPECT_EQ(rule_of(fixture().private_key->decrypt_key(oaep, encrypted, 16)), Rule::EncFailed)
          << "T-39";
      oaep.label = "other";
      EXPECT_EQ(rule_of(fixture().private_key->decrypt_key(oaep, encrypted, 32)), Rule::EncFailed);
    }
  }
}

TEST(RsaTransport, KM05_T26_T29_bad_padding_gives_a_key_and_no_error) {
  const Bytes key(16, 0x41);
  EXPECT_EQ(open(block_with(key), 16), key);
  // First octets, padding of zero, separator; sizes that are not the key's.
  EXPECT_NE(open(block_with(key, 0, 0x01), 16), key);
  EXPECT_NE(open(block_with(key, 1, 0x03), 16), key);
  for (std::size_t i = 2; i < 111; ++i) EXPECT_NE(open(block_with(key, i, 0x77), 16), key) << i;
  EXPECT_NE(open(block_with(key, 111, 0x20), 16), key);
  EXPECT_NE(open(block_with(key), 15), Bytes(15, 0x41));
  EXPECT_NE(open(block_with(key), 17), Bytes(17, 0x41));
  EXPECT_NE(open(Bytes(128), 16), Bytes(16));
  EXPECT_NE(open(block_with(Bytes(118, 1)), 118), Bytes(118, 1)) << "7 octets of padding";
  EXPECT_EQ(open(block_with(Bytes(117, 1)), 117), Bytes(117, 1));
}

TEST(RsaTransport, T26_substitutes_differ_by_ciphertext_and_key) {
  Bytes one = open(block_with(Bytes(16, 1), 1, 1), 16);
  Bytes two = open(block_with(Bytes(16, 2), 1, 1), 16);
  EXPECT_NE(one, two);
  Fixture other;
  Bytes ciphertext(128, 0x11);
  Secret a = fixture().private_key->decrypt_key(kPkcs1, ciphertext, 32).value();
  Secret b = other.private_key->decrypt_key(kPkcs1, ciphertext, 32).value();
  EXPECT_FALSE(equal(a.view(), b.view()));
}

TEST(RsaTransport, ciphertexts_of_another_length_or_value_fail) {
  for (std::size_t size : {0, 1, 127, 129, 1'000'000}) {
    EXPECT_EQ(rule_of(fixture().private_key->decrypt_key(kPkcs1, Bytes(size, 1), 16)),
              Rule::EncFailed);
  }
  EXPECT_EQ(rule_of(fixture().private_key->decrypt_key(kPkcs1, Bytes(128, 0xff), 16)),
            Rule::EncFailed)
      << "not below the modulus";
}

TEST(RsaTransport, T32_a_v15_block_does_not_open_as_oaep) {
  Bytes encrypted = fixture().public_key->encrypt_key(kPkcs1, Bytes(16, 1)).value();
  TransportScheme oaep{.algorithm = TransportAlgorithm::RsaOaep, .label = {}};
  EXPECT_EQ(rule_of(fixture().private_key->decrypt_key(oaep, encrypted, 16)), Rule::EncFailed);
}

TEST(RsaTransport, keys_that_do_not_fit_are_not_encrypted) {
  EXPECT_EQ(rule_of(fixture().public_key->encrypt_key(kPkcs1, Bytes(118))),
            Rule::CryptoEncryptFailed);
}

}  // namespace
}  // namespace bulla::crypto
