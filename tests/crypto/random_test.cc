// No randomness: an engine that fails stands in for a system that has none.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <gtest/gtest.h>
#include <openssl/rand.h>

#include "crypto/algorithm_table.h"
#include "crypto/key_wrap.h"

namespace bulla::crypto {
namespace {

class NoRandomness {
 public:
  NoRandomness() { RAND_set_rand_method(&kFailing); }
  ~NoRandomness() { RAND_set_rand_method(nullptr); }

 private:
  static int fail(unsigned char*, int) { return 0; }
  static constexpr RAND_METHOD kFailing = {nullptr, &fail, nullptr, nullptr, &fail, nullptr};
};

TEST(Random, T160_without_randomness_nothing_is_made_up) {
  EXPECT_EQ(random_bytes(8).value().size(), 8u);
  {
    NoRandomness none;
    EXPECT_EQ(random_bytes(8).error().rule, Rule::CryptoRandom);
    EXPECT_EQ(random_secret(8).error().rule, Rule::CryptoRandom);
    EXPECT_EQ(random_content_key(ContentCipher::Aes256Gcm).error().rule, Rule::CryptoRandom);
  }
  EXPECT_TRUE(random_content_key(ContentCipher::Aes256Gcm));
}

}  // namespace
}  // namespace bulla::crypto
