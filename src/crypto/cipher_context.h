// What Encryptor and Decryptor share. Private to them.
#pragma once

#include "crypto/cipher.h"
#include "crypto/openssl.h"

namespace bulla::crypto {

// Octets that go through libcrypto in one call: the largest piece that stays in
// the second-level cache together with its output.
inline constexpr std::size_t kPieceBytes = 64u << 10;
inline constexpr std::size_t kMaxBlock = 16;
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kMinTagBytes = 12;  // RFC 5084 3.2

enum class Direction : int { Decrypt = 0, Encrypt = 1 };

// Starts a context, or gives nullptr. Not for CCM.
Owned<EVP_CIPHER_CTX> start(ContentCipher cipher, Direction direction, ByteView key, ByteView iv);

bool take_aad(EVP_CIPHER_CTX* context, ByteView aad);

// Octets that are kept until all are there.
class Held {
 public:
  explicit Held(std::size_t max_size) : max_size_(std::min(max_size, kMaxChunk)) {}

  // Errors: limit.size.
  [[nodiscard]] Result<void> append(ByteView bytes);
  MutableByteView bytes() { return bytes_.mutable_view().first(size_); }

 private:
  std::size_t max_size_;
  std::size_t size_ = 0;
  Secret bytes_;
};

// AES-CCM over all of `bytes`, in place (RFC 5084 3.1). libcrypto decrypts and compares the
// tag in one update, and its final call says yes to anything (T-23): what counts is that
// one call. REQUIRES: key and nonce fit; for decryption the tag is given, else it is filled.
bool run_ccm(ContentCipher cipher, Direction direction, ByteView key, ByteView nonce, ByteView aad,
             MutableByteView bytes, MutableByteView tag);

}  // namespace bulla::crypto
