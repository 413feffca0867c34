#include "crypto/cipher.h"

#include <gtest/gtest.h>

#include "crypto/algorithm_table.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

constexpr ContentCipher kCbc[] = {ContentCipher::Aes128Cbc, ContentCipher::Aes192Cbc,
                                  ContentCipher::Aes256Cbc, ContentCipher::TripleDesCbc};
constexpr ContentCipher kGcm[] = {ContentCipher::Aes128Gcm, ContentCipher::Aes192Gcm,
                                  ContentCipher::Aes256Gcm};
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

TEST(Cipher, T21_T23_gcm_compares_tags_of_every_length) {
  for (ContentCipher cipher : kGcm) {
    Bytes key = counting(row(cipher).key_size), iv = counting(12);
    for (std::size_t size : {0, 1, 16, 17}) {
      for (std::size_t aad_size : {0, 1, 16, 33}) {
        Bytes aad = counting(aad_size, 9);
        Encrypted encrypted = encrypt_all(cipher, key, iv, counting(size), aad);
        Bytes tag = encrypted.tag;
        tag.resize(64);
        for (std::size_t tag_size = 0; tag_size <= 64; ++tag_size) {
          auto result = decrypt_all(cipher, key, iv, encrypted.ciphertext,
                                    ByteView(tag).first(tag_size), aad);
          ASSERT_EQ(result.has_value(), tag_size >= 12 && tag_size <= 16) << tag_size;
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
  for (ContentCipher cipher : kGcm) {
    Bytes key = counting(row(cipher).key_size), iv = counting(12);
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
