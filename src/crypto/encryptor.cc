#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/cipher.h"
#include "crypto/cipher_context.h"

namespace bulla::crypto {

struct Encryptor::Inner {
  Inner(ContentCipher used_cipher, std::size_t max_held) : cipher(used_cipher), held(max_held) {}

  bool is_ccm() const { return row(cipher).parameters == ParameterForm::Ccm; }
  Result<void> finish_stream(const Output& output);
  Result<void> finish_ccm(const Output& output);

  ContentCipher cipher;
  Owned<EVP_CIPHER_CTX> context;
  std::array<std::uint8_t, kTagBytes> tag{};
  bool finished = false;
  Secret buffer{kPieceBytes + kMaxBlock};
  // CCM
  Held held;
  Secret key;
  Bytes nonce;
  Bytes aad;
};

Encryptor::Encryptor(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Encryptor::Encryptor(Encryptor&&) noexcept = default;
Encryptor& Encryptor::operator=(Encryptor&&) noexcept = default;
Encryptor::~Encryptor() = default;

Result<Encryptor> Encryptor::create(ContentCipher cipher, ByteView key, ByteView iv, ByteView aad,
                                    std::size_t max_held) {
  ErrorScope scope;
  CHECK(key.size() == row(cipher).key_size && iv.size() == row(cipher).iv_size);
  CHECK(aad.empty() || is_aead(cipher));
  if (fetched(cipher) == nullptr) {
    return failure(Rule::CryptoUnavailable, 0, describe_absence(cipher));
  }
  auto inner = std::make_unique<Inner>(cipher, max_held);
  if (inner->is_ccm()) {
    inner->key = Secret(key);
    inner->nonce = to_bytes(iv);
    inner->aad = to_bytes(aad);
    return Encryptor(std::move(inner));
  }
  inner->context = start(cipher, Direction::Encrypt, key, iv);
  bool started = inner->context && take_aad(inner->context.get(), aad);
  if (!started) return failure(Rule::CryptoEncryptFailed);
  return Encryptor(std::move(inner));
}

Result<void> Encryptor::update(ByteView plaintext, const Output& output) {
  ErrorScope scope;
  CHECK(!inner_->finished);
  if (inner_->is_ccm()) return inner_->held.append(plaintext);
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
  return inner_->is_ccm() ? inner_->finish_ccm(output) : inner_->finish_stream(output);
}

Result<void> Encryptor::Inner::finish_stream(const Output& output) {
  std::uint8_t* to = buffer.mutable_view().data();
  int size = 0;
  if (EVP_EncryptFinal_ex(context.get(), to, &size) != 1) {
    return failure(Rule::CryptoEncryptFailed);
  }
  if (is_aead(cipher) &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) != 1) {
    return failure(Rule::CryptoEncryptFailed);
  }
  if (size > 0) return output({to, static_cast<std::size_t>(size)});
  return {};
}

Result<void> Encryptor::Inner::finish_ccm(const Output& output) {
  if (!run_ccm(cipher, Direction::Encrypt, key.view(), nonce, aad, held.bytes(), tag)) {
    return failure(Rule::CryptoEncryptFailed);
  }
  return held.bytes().empty() ? Result<void>() : output(held.bytes());
}

ByteView Encryptor::tag() const {
  CHECK(inner_->finished);
  return is_aead(inner_->cipher) ? ByteView(inner_->tag) : ByteView();
}

}  // namespace bulla::crypto
