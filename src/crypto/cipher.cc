#include "crypto/cipher.h"

#include <algorithm>

#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/ghash.h"
#include "crypto/openssl.h"

namespace bulla::crypto {
namespace {

// Octets that go through libcrypto in one call: the largest piece that stays in
// the second-level cache together with its output.
constexpr std::size_t kPieceBytes = 64u << 10;
constexpr std::size_t kMaxBlock = 16;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kMinTagBytes = 12;  // RFC 5084 3.2

enum class Direction : int { Decrypt = 0, Encrypt = 1 };

// Starts a context, or gives nullptr.
Owned<EVP_CIPHER_CTX> start(ContentCipher cipher, Direction direction, ByteView key, ByteView iv) {
  Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  require_memory(context.get());
  int encrypt = static_cast<int>(direction);
  EVP_CIPHER_CTX* raw = context.get();
  if (EVP_CipherInit_ex2(raw, fetched(cipher), nullptr, nullptr, encrypt, nullptr) != 1) return {};
  if (is_aead(cipher) && EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_SET_IVLEN,
                                             static_cast<int>(iv.size()), nullptr) != 1) {
    return {};
  }
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

// The block cipher's output for the zero block: GHASH's key.
std::optional<GhashBlock> ghash_key(ContentCipher cipher, ByteView key) {
  Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  require_memory(context.get());
  if (EVP_EncryptInit_ex2(context.get(), fetched_aes(cipher), key.data(), nullptr, nullptr) != 1) {
    return std::nullopt;
  }
  GhashBlock zero{};
  std::array<std::uint8_t, 2 * kMaxBlock> out{};
  int size = 0;
  int done = EVP_EncryptUpdate(context.get(), out.data(), &size, zero.data(), kMaxBlock);
  if (done != 1 || size != static_cast<int>(kMaxBlock)) return std::nullopt;
  GhashBlock result;
  std::copy_n(out.begin(), kMaxBlock, result.begin());
  wipe(out);
  return result;
}

// 0xff if a < b, else 0, without a branch. REQUIRES: both below 2^16.
std::uint8_t mask_less(unsigned a, unsigned b) {
  return static_cast<std::uint8_t>(0u - ((a - b) >> 31));
}

// RFC 5652 6.3: the padding is k - (l mod k) octets of that value. 0 if it is not,
// found out in time that depends on the block's size alone.
std::size_t padding_size(ByteView block) {
  unsigned last = block.back();
  auto size = static_cast<unsigned>(block.size());
  unsigned bad = mask_less(last, 1) | mask_less(size, last);
  for (unsigned i = 0; i < size; ++i) {
    unsigned octet = block[size - 1 - i];
    bad |= mask_less(i, last) & (octet ^ last);
  }
  return last & mask_less(bad, 1);
}

}  // namespace

struct Encryptor::Inner {
  ContentCipher cipher;
  Owned<EVP_CIPHER_CTX> context;
  std::array<std::uint8_t, kTagBytes> tag{};
  bool finished = false;
  Secret buffer{kPieceBytes + kMaxBlock};
};

Encryptor::Encryptor(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Encryptor::Encryptor(Encryptor&&) noexcept = default;
Encryptor& Encryptor::operator=(Encryptor&&) noexcept = default;
Encryptor::~Encryptor() = default;

Result<Encryptor> Encryptor::create(ContentCipher cipher, ByteView key, ByteView iv, ByteView aad) {
  ErrorScope scope;
  CHECK(key.size() == row(cipher).key_size && iv.size() == row(cipher).iv_size);
  CHECK(aad.empty() || is_aead(cipher));
  if (fetched(cipher) == nullptr) {
    return failure(Rule::CryptoUnavailable, 0, std::string(row(cipher).name));
  }
  auto context = start(cipher, Direction::Encrypt, key, iv);
  if (!context || !take_aad(context.get(), aad)) return failure(Rule::CryptoEncryptFailed);
  auto inner = std::make_unique<Inner>();
  inner->cipher = cipher;
  inner->context = std::move(context);
  return Encryptor(std::move(inner));
}

Result<void> Encryptor::update(ByteView plaintext, const Output& output) {
  ErrorScope scope;
  CHECK(!inner_->finished);
  Result<void> result;
  for_each_chunk(plaintext, kPieceBytes, [&](ByteView piece) {
    std::uint8_t* to = inner_->buffer.mutable_view().data();
    int size = 0;
    if (EVP_EncryptUpdate(inner_->context.get(), to, &size, piece.data(),
                          static_cast<int>(piece.size())) != 1) {
      result = failure(Rule::CryptoEncryptFailed);
    } else if (size > 0) {
      result = output({to, static_cast<std::size_t>(size)});
    }
    return result.has_value();
  });
  return result;
}

Result<void> Encryptor::finish(const Output& output) {
  ErrorScope scope;
  CHECK(!inner_->finished);
  inner_->finished = true;
  EVP_CIPHER_CTX* context = inner_->context.get();
  std::uint8_t* to = inner_->buffer.mutable_view().data();
  int size = 0;
  if (EVP_EncryptFinal_ex(context, to, &size) != 1) return failure(Rule::CryptoEncryptFailed);
  if (is_aead(inner_->cipher) &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, inner_->tag.data()) != 1) {
    return failure(Rule::CryptoEncryptFailed);
  }
  if (size > 0) return output({to, static_cast<std::size_t>(size)});
  return {};
}

ByteView Encryptor::tag() const {
  CHECK(inner_->finished);
  return is_aead(inner_->cipher) ? ByteView(inner_->tag) : ByteView();
}

struct Decryptor::Inner {
  enum class State : std::uint8_t { Running, Failed, Finished };

  ~Inner() { wipe(hash_key); }

  Result<void> fail() {
    state = State::Failed;
    wipe(buffer.mutable_view());
    return failure(Rule::EncFailed);
  }
  Result<void> piece(ByteView ciphertext, const Output& output);
  Result<void> finish_aead(ByteView tag, ByteView aad);
  Result<void> finish_cbc(const Output& output);

  ContentCipher cipher = ContentCipher::Aes256Cbc;
  State state = State::Running;
  Owned<EVP_CIPHER_CTX> context;
  GhashBlock hash_key{};    // AEAD
  std::uint64_t taken = 0;  // octets of ciphertext
  std::size_t held = 0;     // CBC: octets of the last block at the buffer's start
  Secret buffer{kPieceBytes + 2 * kMaxBlock};
};

Decryptor::Decryptor(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Decryptor::Decryptor(Decryptor&&) noexcept = default;
Decryptor& Decryptor::operator=(Decryptor&&) noexcept = default;
Decryptor::~Decryptor() = default;

Result<Decryptor> Decryptor::create(ContentCipher cipher, ByteView key, ByteView iv) {
  ErrorScope scope;
  const ContentCipherRow& facts = row(cipher);
  if (fetched(cipher) == nullptr) {
    return failure(Rule::CryptoUnavailable, 0, std::string(facts.name));
  }
  bool iv_fits =
      is_aead(cipher) ? !iv.empty() && iv.size() <= kMaxNonceBytes : iv.size() == facts.iv_size;
  if (!iv_fits) return failure(Rule::EncBadParameters, 0, "IV size");
  if (key.size() != facts.key_size) return failure(Rule::EncFailed);
  auto inner = std::make_unique<Inner>();
  inner->cipher = cipher;
  inner->context = start(cipher, Direction::Decrypt, key, iv);
  if (!inner->context) return failure(Rule::EncFailed);
  if (is_aead(cipher)) {
    auto hash_key = ghash_key(cipher, key);
    if (!hash_key) return failure(Rule::EncFailed);
    inner->hash_key = *hash_key;
  } else if (EVP_CIPHER_CTX_set_padding(inner->context.get(), 0) != 1) {
    return failure(Rule::EncFailed);
  }
  return Decryptor(std::move(inner));
}

// Decrypts one piece behind the block that is held, and gives out all but the last block.
Result<void> Decryptor::Inner::piece(ByteView ciphertext, const Output& output) {
  std::uint8_t* start_of_buffer = buffer.mutable_view().data();
  int size = 0;
  if (EVP_DecryptUpdate(context.get(), start_of_buffer + held, &size, ciphertext.data(),
                        static_cast<int>(ciphertext.size())) != 1 ||
      size < 0) {
    return fail();
  }
  std::size_t ready = held + static_cast<std::size_t>(size);
  std::size_t keep = is_aead(cipher) ? 0 : std::min(ready, row(cipher).block_size);
  ready -= keep;
  Result<void> result;
  if (ready > 0) result = output({start_of_buffer, ready});
  std::copy_n(start_of_buffer + ready, keep, start_of_buffer);
  held = keep;
  return result;
}

Result<void> Decryptor::update(ByteView ciphertext, const Output& output) {
  ErrorScope scope;
  CHECK(inner_->state != Inner::State::Finished);
  if (inner_->state == Inner::State::Failed) return inner_->fail();
  if (ciphertext.empty()) return {};
  inner_->taken += ciphertext.size();
  Result<void> result;
  for_each_chunk(ciphertext, kPieceBytes, [&](ByteView piece) {
    result = inner_->piece(piece, output);
    return result.has_value();
  });
  return result;
}

Result<void> Decryptor::finish(ByteView tag, ByteView aad, const Output& output) {
  ErrorScope scope;
  CHECK(inner_->state != Inner::State::Finished);
  if (inner_->state == Inner::State::Failed) return inner_->fail();
  if (is_aead(inner_->cipher)) return inner_->finish_aead(tag, aad);
  CHECK(tag.empty() && aad.empty());
  return inner_->finish_cbc(output);
}

Result<void> Decryptor::Inner::finish_aead(ByteView tag, ByteView aad) {
  if (tag.size() < kMinTagBytes || tag.size() > kTagBytes) return fail();
  GhashBlock late = late_additional_data(hash_key, aad, taken);
  GhashBlock expected{};
  for (std::size_t i = 0; i < tag.size(); ++i) {
    expected[i] = static_cast<std::uint8_t>(tag[i] ^ late[i]);
  }
  if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                          expected.data()) != 1) {
    return fail();
  }
  int size = 0;
  int done = EVP_DecryptFinal_ex(context.get(), buffer.mutable_view().data(), &size);
  if (done != 1 || size != 0) return fail();
  state = State::Finished;
  return {};
}

Result<void> Decryptor::Inner::finish_cbc(const Output& output) {
  std::size_t block_size = row(cipher).block_size;
  std::array<std::uint8_t, 2 * kMaxBlock> rest{};
  int size = 0;
  int done = EVP_DecryptFinal_ex(context.get(), rest.data(), &size);
  bool whole = done == 1 && size == 0 && held == block_size && taken % block_size == 0;
  if (!whole) return fail();
  ByteView block = buffer.view().first(block_size);
  std::size_t padding = padding_size(block);
  if (padding == 0) return fail();
  state = State::Finished;
  if (padding < block_size) return output(block.first(block_size - padding));
  return {};
}

}  // namespace bulla::crypto
