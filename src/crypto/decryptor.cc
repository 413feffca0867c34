#include <algorithm>

#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/cipher.h"
#include "crypto/cipher_context.h"
#include "crypto/ghash.h"
#include "crypto/poly1305.h"

namespace bulla::crypto {
namespace {

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

// RFC 5652 6.3 (CMS-58): the padding is k - (l mod k) octets of that value. 0 if it is not,
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

bool tag_size_fits(ByteView tag) { return tag.size() >= kMinTagBytes && tag.size() <= kTagBytes; }

}  // namespace

// How one kind of cipher decrypts.
struct Decryptor::Inner {
  enum class State : std::uint8_t { Running, Failed, Finished };

  virtual ~Inner() = default;
  // False if libcrypto could not start.
  virtual bool begin(ContentCipher cipher, ByteView key, ByteView iv) = 0;
  virtual Result<void> update(ByteView ciphertext, const Output& output) = 0;
  virtual Result<void> finish(ByteView tag, ByteView aad, const Output& output) = 0;

  virtual Result<void> fail() {
    state = State::Failed;
    return failure(Rule::EncFailed);
  }

  ContentCipher cipher = ContentCipher::Aes256Cbc;
  State state = State::Running;
};

namespace {

// A cipher whose plaintext comes out as the ciphertext comes in, but for what is held back.
class StreamDecryptor : public Decryptor::Inner {
 public:
  Result<void> update(ByteView ciphertext, const Output& output) override {
    taken_ += ciphertext.size();
    Result<void> result;
    for_each_chunk(ciphertext, kPieceBytes, [&](ByteView octets) {
      result = piece(octets, output);
      return result.has_value();
    });
    return result;
  }

  Result<void> fail() override {
    wipe(buffer_.mutable_view());
    return Inner::fail();
  }

 protected:
  explicit StreamDecryptor(std::size_t held_back) : held_back_(held_back) {}

  Result<void> piece(ByteView ciphertext, const Output& output);

  Owned<EVP_CIPHER_CTX> context_;
  std::uint64_t taken_ = 0;  // octets of ciphertext
  std::size_t held_back_;
  std::size_t held_ = 0;  // octets of the last block at the buffer's start
  Secret buffer_{kPieceBytes + 2 * kMaxBlock};
};

// Decrypts one piece behind the block that is held, and gives out all but the last block.
Result<void> StreamDecryptor::piece(ByteView ciphertext, const Output& output) {
  std::uint8_t* start_of_buffer = buffer_.mutable_view().data();
  int size = 0;
  if (EVP_DecryptUpdate(context_.get(), start_of_buffer + held_, &size, ciphertext.data(),
                        static_cast<int>(ciphertext.size())) != 1 ||
      size < 0) {
    return fail();
  }
  std::size_t ready = held_ + static_cast<std::size_t>(size);
  std::size_t keep = std::min(ready, held_back_);
  ready -= keep;
  Result<void> result;
  if (ready > 0) result = output({start_of_buffer, ready});
  std::copy_n(start_of_buffer + ready, keep, start_of_buffer);
  held_ = keep;
  return result;
}

class CbcDecryptor final : public StreamDecryptor {
 public:
  explicit CbcDecryptor(std::size_t block_size) : StreamDecryptor(block_size) {}

  bool begin(ContentCipher used_cipher, ByteView key, ByteView iv) override {
    context_ = start(used_cipher, Direction::Decrypt, key, iv);
    return context_ && EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1;
  }

  Result<void> finish(ByteView tag, ByteView aad, const Output& output) override {
    CHECK(tag.empty() && aad.empty());
    std::size_t block_size = held_back_;
    std::array<std::uint8_t, 2 * kMaxBlock> rest{};
    int size = 0;
    int done = EVP_DecryptFinal_ex(context_.get(), rest.data(), &size);
    bool whole = done == 1 && size == 0 && held_ == block_size && taken_ % block_size == 0;
    if (!whole) return fail();
    ByteView block = buffer_.view().first(block_size);
    std::size_t padding = padding_size(block);
    if (padding == 0) return fail();
    state = State::Finished;
    if (padding < block_size) return output(block.first(block_size - padding));
    return {};
  }
};

class GcmDecryptor final : public StreamDecryptor {
 public:
  GcmDecryptor() : StreamDecryptor(0) {}
  ~GcmDecryptor() override { wipe(hash_key_); }

  bool begin(ContentCipher used_cipher, ByteView key, ByteView iv) override {
    context_ = start(used_cipher, Direction::Decrypt, key, iv);
    auto hash_key = ghash_key(used_cipher, key);
    if (!context_ || !hash_key) return false;
    hash_key_ = *hash_key;
    return true;
  }

  Result<void> finish(ByteView tag, ByteView aad, const Output&) override {
    if (!tag_size_fits(tag)) return fail();
    GhashBlock late = late_additional_data(hash_key_, aad, taken_);
    GhashBlock expected{};
    for (std::size_t i = 0; i < tag.size(); ++i) {
      expected[i] = static_cast<std::uint8_t>(tag[i] ^ late[i]);
    }
    if (EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                            expected.data()) != 1) {
      return fail();
    }
    int size = 0;
    int done = EVP_DecryptFinal_ex(context_.get(), buffer_.mutable_view().data(), &size);
    if (done != 1 || size != 0) return fail();
    state = State::Finished;
    return {};
  }

 private:
  GhashBlock hash_key_{};
};

// AEAD_CHACHA20_POLY1305 (RFC 8439 2.8), with the additional data at the end.
class ChaChaDecryptor final : public StreamDecryptor {
 public:
  ChaChaDecryptor() : StreamDecryptor(0) {}

  // The first block of the key stream has the key of Poly1305; the content begins with the
  // second one.
  bool begin(ContentCipher, ByteView key, ByteView iv) override {
    std::array<std::uint8_t, 16> counter_and_nonce{};
    std::copy(iv.begin(), iv.end(), counter_and_nonce.begin() + 4);
    context_.reset(EVP_CIPHER_CTX_new());
    require_memory(context_.get());
    if (EVP_DecryptInit_ex2(context_.get(), fetched_chacha20(), key.data(),
                            counter_and_nonce.data(), nullptr) != 1) {
      return false;
    }
    std::array<std::uint8_t, 64> block{};
    int size = 0;
    int done = EVP_DecryptUpdate(context_.get(), block.data(), &size, block.data(), 64);
    if (done != 1 || size != 64) return false;
    Poly1305::Key mac_key;
    std::copy_n(block.begin(), mac_key.size(), mac_key.begin());
    mac_.emplace(mac_key);
    wipe(mac_key);
    wipe(block);
    return true;
  }

  Result<void> update(ByteView ciphertext, const Output& output) override {
    mac_->update(ciphertext);
    return StreamDecryptor::update(ciphertext, output);
  }

  Result<void> finish(ByteView tag, ByteView aad, const Output&) override {
    if (tag.size() != kTagBytes || !equal_constant_time(mac_->finish(aad), tag)) return fail();
    state = State::Finished;
    return {};
  }

 private:
  std::optional<Poly1305> mac_;
};

// Nothing comes out before the tag was compared.
class CcmDecryptor final : public Decryptor::Inner {
 public:
  explicit CcmDecryptor(std::size_t max_held) : held_(max_held) {}

  bool begin(ContentCipher, ByteView key, ByteView iv) override {
    key_ = Secret(key);
    nonce_ = to_bytes(iv);
    return true;
  }

  Result<void> update(ByteView ciphertext, const Output&) override {
    return held_.append(ciphertext);
  }

  Result<void> finish(ByteView tag, ByteView aad, const Output& output) override {
    if (!tag_size_fits(tag) || tag.size() % 2 != 0) return fail();
    Bytes expected = to_bytes(tag);
    if (!run_ccm(cipher, Direction::Decrypt, key_.view(), nonce_, aad, held_.bytes(), expected)) {
      wipe(held_.bytes());
      return fail();
    }
    state = State::Finished;
    return held_.bytes().empty() ? Result<void>() : output(held_.bytes());
  }

 private:
  Held held_;
  Secret key_;
  Bytes nonce_;
};

std::unique_ptr<Decryptor::Inner> make_inner(const ContentCipherRow& facts, std::size_t max_held) {
  if (facts.parameters == ParameterForm::Gcm) return std::make_unique<GcmDecryptor>();
  if (facts.parameters == ParameterForm::Ccm) return std::make_unique<CcmDecryptor>(max_held);
  if (facts.tag_size != 0) return std::make_unique<ChaChaDecryptor>();
  return std::make_unique<CbcDecryptor>(facts.block_size);
}

bool iv_fits(const ContentCipherRow& facts, std::size_t size) {
  bool is_nonce = facts.parameters == ParameterForm::Gcm || facts.parameters == ParameterForm::Ccm;
  return is_nonce ? nonce_fits(facts.parameters, size) : size == facts.iv_size;
}

}  // namespace

Decryptor::Decryptor(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Decryptor::Decryptor(Decryptor&&) noexcept = default;
Decryptor& Decryptor::operator=(Decryptor&&) noexcept = default;
Decryptor::~Decryptor() = default;

Result<Decryptor> Decryptor::create(ContentCipher cipher, ByteView key, ByteView iv,
                                    std::size_t max_held) {
  ErrorScope scope;
  const ContentCipherRow& facts = row(cipher);
  if (fetched(cipher) == nullptr) {
    return failure(Rule::CryptoUnavailable, 0, describe_absence(cipher));
  }
  if (!iv_fits(facts, iv.size())) return failure(Rule::EncBadParameters, 0, "IV size");
  if (key.size() != facts.key_size) return failure(Rule::EncFailed);
  auto inner = make_inner(facts, max_held);
  inner->cipher = cipher;
  if (!inner->begin(cipher, key, iv)) return failure(Rule::EncFailed);
  return Decryptor(std::move(inner));
}

Result<void> Decryptor::update(ByteView ciphertext, const Output& output) {
  ErrorScope scope;
  CHECK(inner_->state != Inner::State::Finished);
  if (inner_->state == Inner::State::Failed) return inner_->fail();
  if (ciphertext.empty()) return {};
  return inner_->update(ciphertext, output);
}

Result<void> Decryptor::finish(ByteView tag, ByteView aad, const Output& output) {
  ErrorScope scope;
  CHECK(inner_->state != Inner::State::Finished);
  if (inner_->state == Inner::State::Failed) return inner_->fail();
  return inner_->finish(tag, aad, output);
}

}  // namespace bulla::crypto
