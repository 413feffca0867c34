#include "crypto/cipher.h"

#include <gtest/gtest.h>

#include "crypto/algorithm_table.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

constexpr ContentCipher kCbc[] = {ContentCipher::Aes128Cbc, ContentCipher::Aes192Cbc,
                                  ContentCipher::Aes256Cbc, ContentCipher::TripleDesCbc,
                                  ContentCipher::SeedCbc,   ContentCipher::Rc2_40Cbc};
constexpr ContentCipher kAead[] = {ContentCipher::Aes128Gcm,       ContentCipher::Aes192Gcm,
                                   ContentCipher::Aes256Gcm,       ContentCipher::Aes128Ccm,
                                   ContentCipher::Aes192Ccm,       ContentCipher::Aes256Ccm,
                                   ContentCipher::ChaCha20Poly1305};
constexpr std::size_t kSizes[] = {0, 1, 7, 8, 15, 16, 17, 31, 32, 65'535, 65'536, 65'537, 200'003};

Bytes counting(std::size_t size, unsigned seed = 0) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + seed);
  return bytes;
}

TEST(Cipher, round_trips_in_any_chunks) {
  for (const ContentCipherRow& facts : content_cipher_rows()) {
    Bytes key = counting(facts.key_size, 1), iv = counting(facts.iv_size, 2);
    for (std::size_t size : kSizes) {
      Bytes plaintext = counting(size);
      Encrypted whole = encrypt_all(facts.cipher, key, iv, plaintext);
      for (std::size_t step : {std::size_t{1}, std::size_t{17}, std::size_t{65'536}, SIZE_MAX}) {
        if (size / step > 70'000) continue;
        Encrypted pieces = encrypt_all(facts.cipher, key, iv, plaintext, {}, step);
        ASSERT_EQ(pieces.ciphertext, whole.ciphertext) << facts.name << size << " " << step;
        ASSERT_EQ(pieces.tag, whole.tag);
        auto back = decrypt_all(facts.cipher, key, iv, whole.ciphertext, whole.tag, {}, step);
        ASSERT_TRUE(back) << facts.name << " " << size << " " << step;
        ASSERT_EQ(*back, plaintext);
      }
    }
  }
}

TEST(Cipher, SP800_38A_cbc_vector) {
  Encrypted encrypted = encrypt_all(
      ContentCipher::Aes128Cbc, from_hex("2b7e151628aed2a6abf7158809cf4f3c"),
      from_hex("000102030405060708090a0b0c0d0e0f"), from_hex("6bc1bee22e409f96e93d7e117393172a"));
  EXPECT_EQ(to_hex(ByteView(encrypted.ciphertext).first(16)), "7649abac8119b246cee98e9b12e9197d");
  EXPECT_EQ(encrypted.ciphertext.size(), 32u) << "RFC 5652 6.3: a whole block of padding";
}

struct BlockVector {
  ContentCipher cipher;
  const char* key;
  const char* plaintext;
  const char* ciphertext;
};

// The published vectors of the block ciphers: with an IV of zeros the first block of CBC is
// the block itself.
constexpr BlockVector kBlockVectors[] = {
    // RFC 3713 A
    {ContentCipher::Camellia128Cbc, "0123456789abcdeffedcba9876543210",
     "0123456789abcdeffedcba9876543210", "67673138549669730857065648eabe43"},
    {ContentCipher::Camellia192Cbc, "0123456789abcdeffedcba98765432100011223344556677",
     "0123456789abcdeffedcba9876543210", "b4993401b3e996f84ee5cee7d79b09b9"},
    {ContentCipher::Camellia256Cbc,
     "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff",
     "0123456789abcdeffedcba9876543210", "9acc237dff16d76c20ef7c919e3a7509"},
    // RFC 4269 B.1
    {ContentCipher::SeedCbc, "00000000000000000000000000000000", "000102030405060708090a0b0c0d0e0f",
     "5ebac6e0054e166819aff1cc6d346cdb"},
    // RFC 5794 A
    {ContentCipher::Aria128Cbc, "000102030405060708090a0b0c0d0e0f",
     "00112233445566778899aabbccddeeff", "d718fbd6ab644c739da95f3be6451778"},
    {ContentCipher::Aria192Cbc, "000102030405060708090a0b0c0d0e0f1011121314151617",
     "00112233445566778899aabbccddeeff", "26449c1805dbe7aa25a468ce263a9e79"},
    {ContentCipher::Aria256Cbc, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "00112233445566778899aabbccddeeff", "f92bd7c79fb72e2f2b8f80c1972d24fc"},
    // FIPS 46-3, as in its usual example
    {ContentCipher::DesCbc, "133457799bbcdff1", "0123456789abcdef", "85e813540f0ab405"},
    // RFC 2268 5
    {ContentCipher::Rc2_64Cbc, "ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"},
    {ContentCipher::Rc2_128Cbc, "88bca90e90875a7f0f79c384627bafb2", "0000000000000000",
     "2269552ab0f85ca6"},
};

TEST(Cipher, ALG54_ALG56_published_vectors_of_old_and_regional_block_ciphers) {
  for (const BlockVector& vector : kBlockVectors) {
    if (!is_available(vector.cipher)) GTEST_SKIP() << "no legacy provider";
    Bytes iv(row(vector.cipher).iv_size);
    Encrypted encrypted =
        encrypt_all(vector.cipher, from_hex(vector.key), iv, from_hex(vector.plaintext));
    Bytes block = from_hex(vector.ciphertext);
    EXPECT_EQ(to_hex(ByteView(encrypted.ciphertext).first(block.size())), vector.ciphertext);
  }
}

// printf '' | openssl enc -rc2-40-cbc -K 0102030405 -iv 0000000000000000 -provider legacy
TEST(Cipher, ALG54_rc2_with_40_bits) {
  if (!is_available(ContentCipher::Rc2_40Cbc)) GTEST_SKIP() << "no legacy provider";
  Encrypted encrypted = encrypt_all(ContentCipher::Rc2_40Cbc, from_hex("0102030405"), Bytes(8), {});
  EXPECT_EQ(to_hex(encrypted.ciphertext), "fead03b2badf79cb");
}

// RFC 8439 2.8.2
TEST(Cipher, ALG64_RFC8439_vector) {
  std::string_view text =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
      "future, sunscreen would be it.";
  Bytes key = from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  Bytes nonce = from_hex("070000004041424344454647"), aad = from_hex("50515253c0c1c2c3c4c5c6c7");
  Encrypted encrypted =
      encrypt_all(ContentCipher::ChaCha20Poly1305, key, nonce, as_bytes(text), aad);
  EXPECT_EQ(to_hex(encrypted.tag), "1ae10b594f09e26a7e902ecbd0600691");
  for (std::size_t step : {std::size_t{1}, std::size_t{17}, SIZE_MAX}) {
    auto back = decrypt_all(ContentCipher::ChaCha20Poly1305, key, nonce, encrypted.ciphertext,
                            encrypted.tag, aad, step);
    ASSERT_TRUE(back);
    EXPECT_EQ(as_text(*back), text);
  }
}

TEST(Cipher, ALG62_ALG63_ccm_nonces_of_7_to_13_octets) {
  for (std::size_t size = 0; size <= 16; ++size) {
    EXPECT_EQ(rule_of(Decryptor::create(ContentCipher::Aes128Ccm, counting(16), counting(size))),
              size >= 7 && size <= 13 ? std::nullopt : std::optional(Rule::EncBadParameters))
        << size;
  }
}

// L = 15 - n octets say the length: with a nonce of 13 no more than 65535 octets can be.
TEST(Cipher, ALG62_ccm_content_that_its_length_field_cannot_say_fails) {
  for (std::size_t size : {65'535, 65'536}) {
    auto decryptor =
        Decryptor::create(ContentCipher::Aes128Ccm, counting(16), counting(13)).value();
    Collected collected;
    ASSERT_TRUE(decryptor.update(Bytes(size), collected.output()));
    EXPECT_EQ(rule_of(decryptor.finish(Bytes(16), {}, collected.output())), Rule::EncFailed);
    EXPECT_TRUE(collected.bytes.empty());
  }
}

TEST(Cipher, ALG63_ccm_holds_so_much_and_no_more) {
  Collected collected;
  auto encryptor =
      Encryptor::create(ContentCipher::Aes128Ccm, counting(16), counting(11), {}, 100).value();
  EXPECT_TRUE(encryptor.update(counting(100), collected.output()));
  EXPECT_EQ(rule_of(encryptor.update(counting(1), collected.output())), Rule::LimitSize);
  auto decryptor =
      Decryptor::create(ContentCipher::Aes128Ccm, counting(16), counting(11), 100).value();
  EXPECT_TRUE(decryptor.update(counting(60), collected.output()));
  EXPECT_EQ(rule_of(decryptor.update(counting(41), collected.output())), Rule::LimitSize);
  EXPECT_TRUE(collected.bytes.empty());
}

TEST(Cipher, T23_ccm_gives_nothing_out_before_its_tag_was_compared) {
  Bytes key = counting(32), nonce = counting(11), plaintext = counting(1'000);
  Encrypted encrypted = encrypt_all(ContentCipher::Aes256Ccm, key, nonce, plaintext);
  encrypted.tag[3] ^= 1;
  auto decryptor = Decryptor::create(ContentCipher::Aes256Ccm, key, nonce).value();
  Collected collected;
  ASSERT_TRUE(decryptor.update(encrypted.ciphertext, collected.output()));
  EXPECT_EQ(rule_of(decryptor.finish(encrypted.tag, {}, collected.output())), Rule::EncFailed);
  EXPECT_TRUE(collected.bytes.empty());
}

// Each padding that the last block can end with: k octets of value k, and nothing else.
TEST(Cipher, T30_cbc_padding_is_checked_whole) {
  for (ContentCipher cipher : kCbc) {
    std::size_t block = row(cipher).block_size;
    Bytes key = counting(row(cipher).key_size, 3), iv = counting(block);
    for (unsigned last = 0; last < 256; ++last) {
      for (bool is_spoiled : {false, true}) {
        Bytes plain(2 * block, static_cast<std::uint8_t>(last));
        std::size_t first = last >= 1 && last <= block ? 2 * block - last : block;
        if (is_spoiled) plain[first] ^= 1;
        // Two blocks of our choosing, in front of the padding block of the encryptor.
        Bytes ciphertext = encrypt_all(cipher, key, iv, plain).ciphertext;
        ciphertext.resize(2 * block);
        auto result = decrypt_all(cipher, key, iv, ciphertext);
        // With last = 1 the octet that is spoiled is the length itself: 0.
        bool is_good = last >= 1 && last <= block && !is_spoiled;
        ASSERT_EQ(result.has_value(), is_good) << last << is_spoiled;
        if (result) {
          ASSERT_EQ(result->size(), 2 * block - last);
        } else {
          ASSERT_EQ(result.error().rule, Rule::EncFailed);
        }
      }
    }
  }
}

TEST(Cipher, cbc_ciphertext_of_no_whole_block_fails) {
  Bytes key = counting(16), iv = counting(16), ciphertext = counting(48);
  for (std::size_t size = 0; size < 48; ++size) {
    if (size % 16 == 0 && size > 0) continue;
    auto result =
        decrypt_all(ContentCipher::Aes128Cbc, key, iv, ByteView(ciphertext).first(size), {}, {}, 5);
    EXPECT_EQ(rule_of(result), Rule::EncFailed) << size;
  }
}

// A shorter tag of GCM is the beginning of a longer one; one of CCM is another tag (its size
// goes into it), and ChaCha20-Poly1305 has but one size.
bool tag_fits(ContentCipher cipher, std::size_t size) {
  bool is_gcm = row(cipher).parameters == ParameterForm::Gcm;
  return is_gcm ? size >= 12 && size <= 16 : size == 16;
}

TEST(Cipher, T21_T23_tags_of_every_length_are_compared) {
  for (ContentCipher cipher : kAead) {
    Bytes key = counting(row(cipher).key_size), iv = counting(row(cipher).iv_size);
    for (std::size_t size : {0, 1, 16, 17}) {
      for (std::size_t aad_size : {0, 1, 16, 33}) {
        Bytes aad = counting(aad_size, 9);
        Encrypted encrypted = encrypt_all(cipher, key, iv, counting(size), aad);
        Bytes tag = encrypted.tag;
        tag.resize(64);
        for (std::size_t tag_size = 0; tag_size <= 64; ++tag_size) {
          auto result = decrypt_all(cipher, key, iv, encrypted.ciphertext,
                                    ByteView(tag).first(tag_size), aad);
          ASSERT_EQ(result.has_value(), tag_fits(cipher, tag_size)) << tag_size;
        }
        for (std::size_t bit = 0; bit < 128; ++bit) {
          Bytes flipped = encrypted.tag;
          flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
          ASSERT_EQ(rule_of(decrypt_all(cipher, key, iv, encrypted.ciphertext, flipped, aad)),
                    Rule::EncFailed);
        }
        ASSERT_FALSE(decrypt_all(cipher, key, iv, encrypted.ciphertext, Bytes(16), aad));
      }
    }
  }
}

// RFC 5083 2.1: additional data that is known after the ciphertext counts as if it had
// come first, for all lengths around the blocks.
TEST(Cipher, additional_data_after_the_content) {
  for (ContentCipher cipher : kAead) {
    Bytes key = counting(row(cipher).key_size), iv = counting(row(cipher).iv_size);
    for (std::size_t size : {0, 1, 15, 16, 17, 47, 48, 1'000, 65'537}) {
      for (std::size_t aad_size : {0, 1, 15, 16, 17, 32, 333, 5'000}) {
        Bytes plaintext = counting(size), aad = counting(aad_size, 5);
        Encrypted encrypted = encrypt_all(cipher, key, iv, plaintext, aad);
        auto result = decrypt_all(cipher, key, iv, encrypted.ciphertext, encrypted.tag, aad);
        ASSERT_TRUE(result) << size << " " << aad_size;
        ASSERT_EQ(*result, plaintext);
        if (aad.empty()) continue;
        Bytes other = aad;
        other.back() ^= 0x80;
        ASSERT_FALSE(decrypt_all(cipher, key, iv, encrypted.ciphertext, encrypted.tag, other));
        other = aad;
        other.pop_back();
        ASSERT_FALSE(decrypt_all(cipher, key, iv, encrypted.ciphertext, encrypted.tag, other));
        other = aad;
        other.push_back(0);
        ASSERT_FALSE(decrypt_all(cipher, key, iv, encrypted.ciphertext, encrypted.tag, other));
      }
    }
  }
}

TEST(Cipher, T22_ALG61_iv_lengths) {
  for (std::size_t size = 0; size <= 129; ++size) {
    Bytes iv = counting(size);
    EXPECT_EQ(rule_of(Decryptor::create(ContentCipher::Aes256Gcm, counting(32), iv)),
              size >= 1 && size <= 64 ? std::nullopt : std::optional(Rule::EncBadParameters));
    EXPECT_EQ(rule_of(Decryptor::create(ContentCipher::Aes256Cbc, counting(32), iv)),
              size == 16 ? std::nullopt : std::optional(Rule::EncBadParameters));
  }
}

TEST(Cipher, T39_key_of_another_length_fails) {
  for (std::size_t size : {0, 1, 15, 17, 31, 33, 512, 65'535}) {
    EXPECT_EQ(rule_of(Decryptor::create(ContentCipher::Aes128Gcm, counting(size), counting(12))),
              Rule::EncFailed);
    EXPECT_EQ(rule_of(Decryptor::create(ContentCipher::Aes256Cbc, counting(size), counting(16))),
              Rule::EncFailed);
  }
}

TEST(Cipher, an_output_that_fails_stops_with_its_error) {
  Output full = [](ByteView) -> Result<void> { return failure(Rule::IoWrite); };
  auto encryptor = Encryptor::create(ContentCipher::Aes128Gcm, counting(16), counting(12));
  EXPECT_EQ(rule_of(encryptor->update(counting(100), full)), Rule::IoWrite);
  auto decryptor = Decryptor::create(ContentCipher::Aes128Gcm, counting(16), counting(12));
  EXPECT_EQ(rule_of(decryptor->update(counting(100), full)), Rule::IoWrite);
}

}  // namespace
}  // namespace bulla::crypto
