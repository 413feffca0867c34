#include "crypto/cipher_context.h"

#include "base/try.h"
#include "crypto/algorithm_table.h"

namespace bulla::crypto {
namespace {

bool control(EVP_CIPHER_CTX* context, int what, std::size_t size, std::uint8_t* data = nullptr) {
  return EVP_CIPHER_CTX_ctrl(context, what, static_cast<int>(size), data) == 1;
}

// The length of the content stands in L = 15 - n octets (RFC 3610 2.1).
bool ccm_length_fits(std::size_t nonce_size, std::size_t size) {
  std::size_t bits = 8 * (15 - nonce_size);
  return bits >= 64 || (std::uint64_t{size} >> bits) == 0;
}

}  // namespace

Owned<EVP_CIPHER_CTX> start(ContentCipher cipher, Direction direction, ByteView key, ByteView iv) {
  Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  require_memory(context.get());
  int encrypt = static_cast<int>(direction);
  EVP_CIPHER_CTX* raw = context.get();
  if (EVP_CipherInit_ex2(raw, fetched(cipher), nullptr, nullptr, encrypt, nullptr) != 1) return {};
  if (is_aead(cipher) && !control(raw, EVP_CTRL_AEAD_SET_IVLEN, iv.size())) return {};
  if (EVP_CipherInit_ex2(raw, nullptr, key.data(), iv.data(), encrypt, nullptr) != 1) return {};
  return context;
}

bool take_aad(EVP_CIPHER_CTX* context, ByteView aad) {
  return for_each_chunk(aad, kMaxChunk, [&](ByteView chunk) {
    int size = 0;
    return EVP_CipherUpdate(context, nullptr, &size, chunk.data(),
                            static_cast<int>(chunk.size())) == 1;
  });
}

Result<void> Held::append(ByteView bytes) {
  if (bytes.size() > max_size_ - size_) return failure(Rule::LimitSize, 0, "AES-CCM");
  if (bytes.size() > bytes_.size() - size_) {
    Secret larger(std::min(max_size_, std::max(2 * bytes_.size(), size_ + bytes.size())));
    std::copy_n(bytes_.view().begin(), size_, larger.mutable_view().begin());
    bytes_ = std::move(larger);
  }
  std::copy(bytes.begin(), bytes.end(),
            bytes_.mutable_view().begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += bytes.size();
  return {};
}

bool run_ccm(ContentCipher cipher, Direction direction, ByteView key, ByteView nonce, ByteView aad,
             MutableByteView bytes, MutableByteView tag) {
  if (!ccm_length_fits(nonce.size(), bytes.size())) return false;
  Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  require_memory(context.get());
  EVP_CIPHER_CTX* raw = context.get();
  bool encrypts = direction == Direction::Encrypt;
  int encrypt = static_cast<int>(direction);
  bool started =
      EVP_CipherInit_ex2(raw, fetched(cipher), nullptr, nullptr, encrypt, nullptr) == 1 &&
      control(raw, EVP_CTRL_AEAD_SET_IVLEN, nonce.size()) &&
      control(raw, EVP_CTRL_AEAD_SET_TAG, tag.size(), encrypts ? nullptr : tag.data()) &&
      EVP_CipherInit_ex2(raw, nullptr, key.data(), nonce.data(), encrypt, nullptr) == 1;
  if (!started) return false;
  // With null pointers for both the size is told.
  int size = 0;
  int total = static_cast<int>(bytes.size());
  if (EVP_CipherUpdate(raw, nullptr, &size, nullptr, total) != 1) return false;
  if (!aad.empty() && !take_aad(raw, aad)) return false;
  // A null pointer would be taken for the final call.
  std::array<std::uint8_t, kMaxBlock> nothing{};
  std::uint8_t* data = bytes.empty() ? nothing.data() : bytes.data();
  if (EVP_CipherUpdate(raw, data, &size, data, total) != 1 || size != total) return false;
  return !encrypts || control(raw, EVP_CTRL_AEAD_GET_TAG, tag.size(), tag.data());
}

}  // namespace bulla::crypto
