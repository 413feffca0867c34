#include "crypto/key_wrap.h"

#include <gtest/gtest.h>

#include <bit>

#include "crypto/support.h"

namespace bulla::crypto {
namespace {

constexpr KeyWrap kWraps[] = {KeyWrap::Aes128, KeyWrap::Aes192, KeyWrap::Aes256,
                              KeyWrap::TripleDes};

TEST(KeyWrap, KM08_RFC3394_4_vectors) {
  const Bytes kek = from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const Bytes key = from_hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
  struct Case {
    KeyWrap wrap;
    std::size_t size;
    const char* wrapped;
  };
  const Case cases[] = {
      {KeyWrap::Aes128, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
      {KeyWrap::Aes192, 16, "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d"},
      {KeyWrap::Aes256, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"},
      {KeyWrap::Aes256, 32,
       "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"},
  };
  for (const Case& c : cases) {
    ByteView used_kek = ByteView(kek).first(key_size(c.wrap));
    ByteView used_key = ByteView(key).first(c.size);
    EXPECT_EQ(to_hex(wrap_key(c.wrap, used_kek, used_key).value()), c.wrapped);
    EXPECT_TRUE(equal(unwrap_key(c.wrap, used_kek, from_hex(c.wrapped)).value().view(), used_key));
  }
}

TEST(KeyWrap, KM07_RFC3217_4_4_vector) {
  Bytes kek = from_hex("255e0d1c07b646dfb3134cc843ba8aa71f025b7c0838251f");
  Bytes wrapped =
      from_hex("690107618ef092b3b48ca1796b234ae9fa33ebb4159604037db5d6a84eb3aac2768c632775a467d4");
  EXPECT_EQ(to_hex(unwrap_key(KeyWrap::TripleDes, kek, wrapped).value().view()),
            "2923bf85e06dd6ae529149f1f1bae9eab3a7da3d860d3e98");
  Bytes key = from_hex("2923bf85e06dd6ae529149f1f1bae9eab3a7da3d860d3e98");
  Bytes once = wrap_key(KeyWrap::TripleDes, kek, key).value();
  Bytes twice = wrap_key(KeyWrap::TripleDes, kek, key).value();
  EXPECT_EQ(once.size(), 40u);
  EXPECT_NE(once, twice) << "the IV is random";
  EXPECT_TRUE(equal(unwrap_key(KeyWrap::TripleDes, kek, once).value().view(), key));
}

TEST(KeyWrap, ALG53_T33_every_length_but_the_right_one_fails) {
  for (KeyWrap wrap : kWraps) {
    const Bytes kek(key_size(wrap), 0x31);
    const Bytes key(key_size(wrap), 0x32);
    Bytes wrapped = wrap_key(wrap, kek, key).value();
    Bytes longer = wrapped;
    longer.resize(81);
    for (std::size_t size = 0; size <= 80; ++size) {
      auto result = unwrap_key(wrap, kek, ByteView(longer).first(size));
      EXPECT_EQ(rule_of(result),
                size == wrapped.size() ? std::nullopt : std::optional(Rule::EncFailed));
    }
    EXPECT_EQ(rule_of(unwrap_key(wrap, kek, Bytes(1u << 20))), Rule::EncFailed);
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
      Bytes flipped = wrapped;
      flipped[i] ^= 0x10;
      EXPECT_EQ(rule_of(unwrap_key(wrap, kek, flipped)), Rule::EncFailed);
    }
  }
}

TEST(KeyWrap, keys_of_odd_sizes_are_not_wrapped) {
  const Bytes kek(16, 1);
  for (std::size_t size : {0, 1, 8, 15, 17, 33, 2'048}) {
    EXPECT_EQ(rule_of(wrap_key(KeyWrap::Aes128, kek, Bytes(size))), Rule::CryptoEncryptFailed);
  }
}

// NIST CAVP, ANSI X9.63 KDF, SHA-256, first counts without and with shared info.
TEST(Kdf, KM21_x963_vectors) {
  EXPECT_EQ(to_hex(derive_x963(Digest::Sha256,
                               from_hex("96c05619d56c328ab95fe84b18264b08725b85e33fd34f08"), {}, 16)
                       .value()
                       .view()),
            "443024c3dae66b95e6f5670601558f71");
  EXPECT_EQ(to_hex(derive_x963(Digest::Sha256,
                               from_hex("22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d"),
                               from_hex("75eef81aa3041e33b80971203d2c0c52"), 128)
                       .value()
                       .view()),
            "c498af77161cc59f2962b9a713e2b215152d139766ce34a776df11866a69bf2e"
            "52a13d9c7c6fc878c50c5ea0bc7b00e0da2447cfd874f6cf92f30d0097111485"
            "500c90c3af8b487872d04685d14c8d1dc8d7fa08beb0ce0ababc11f0bd496269"
            "142d43525a78e5bc79a17f59676a5706dc54d54d4d1f0bd7e386128ec26afc21");
}

TEST(Kdf, RFC5869_A_1_and_A_3_vectors) {
  Bytes input(22, 0x0b);
  EXPECT_EQ(to_hex(derive_hkdf(Digest::Sha256, input, from_hex("000102030405060708090a0b0c"),
                               from_hex("f0f1f2f3f4f5f6f7f8f9"), 42)
                       .value()
                       .view()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(to_hex(derive_hkdf(Digest::Sha256, input, {}, {}, 42).value().view()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Kdf, KM28_a_kilobyte_of_shared_info_works) {
  EXPECT_TRUE(derive_hkdf(Digest::Sha256, Bytes(32), {}, Bytes(4'096), 32));
}

TEST(Kdf, RFC6070_pbkdf2_vectors) {
  EXPECT_EQ(to_hex(derive_pbkdf2(Digest::Sha1, as_bytes("password"), as_bytes("salt"), 2, 20)
                       .value()
                       .view()),
            "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
}

TEST(Kdf, T125_pbkdf2_iterations_are_bounded) {
  for (std::uint64_t count : {std::uint64_t{0}, std::uint64_t{1} << 31, UINT64_MAX}) {
    EXPECT_EQ(rule_of(derive_pbkdf2(Digest::Sha256, Bytes(8), Bytes(8), count, 32)),
              Rule::LimitIterations);
  }
}

TEST(Kdf, what_libcrypto_does_not_derive_is_an_error) {
  EXPECT_EQ(rule_of(derive_hkdf(Digest::Sha256, Bytes(8), {}, {}, 255 * 32 + 1)),
            Rule::CryptoBadParameters);
  EXPECT_EQ(rule_of(derive_pbkdf2(Digest::Shake128, Bytes(8), Bytes(8), 1, 32)),
            Rule::CryptoBadParameters);
}

TEST(Random, differs_and_has_the_size) {
  EXPECT_EQ(random_bytes(0).value().size(), 0u);
  EXPECT_NE(random_bytes(32).value(), random_bytes(32).value());
  EXPECT_EQ(random_secret(33).value().size(), 33u);
}

TEST(Random, KM06_triple_des_keys_have_odd_parity) {
  Secret key = random_content_key(ContentCipher::TripleDesCbc).value();
  EXPECT_EQ(key.size(), 24u);
  for (std::uint8_t octet : key.view()) EXPECT_EQ(std::popcount(octet) % 2, 1);
  EXPECT_EQ(random_content_key(ContentCipher::Aes256Gcm).value().size(), 32u);
}

}  // namespace
}  // namespace bulla::crypto
