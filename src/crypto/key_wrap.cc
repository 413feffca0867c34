#include "crypto/key_wrap.h"

#include "base/check.h"
#include "crypto/openssl.h"

namespace bulla::crypto {
namespace {

// The longest key that anybody wraps is an HMAC key of one block; this is generous.
constexpr std::size_t kMaxKeyBytes = 1'024;

// Octets that wrapping adds: the integrity check value (RFC 3394 2.2.1), or IV and
// checksum (RFC 3217 3.1).
std::size_t overhead(KeyWrap wrap) { return wrap == KeyWrap::TripleDes ? 16 : 8; }

// RFC 3394 2 wants two blocks of 64 bits at least (KM-08); a DES key has three (RFC 3217 3).
bool is_key_size(KeyWrap wrap, std::size_t size) {
  std::size_t least = wrap == KeyWrap::TripleDes ? 24 : 16;
  return size >= least && size % 8 == 0 && size <= kMaxKeyBytes;
}

enum class Direction : int { Unwrap = 0, Wrap = 1 };

// One call on the whole input; the output's octets, or nothing.
std::optional<Secret> run(KeyWrap wrap, Direction direction, ByteView kek, ByteView in) {
  Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  require_memory(context.get());
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (EVP_CipherInit_ex2(context.get(), fetched(wrap), kek.data(), nullptr,
                         static_cast<int>(direction), nullptr) != 1) {
    return std::nullopt;
  }
  Secret out(in.size() + 32);  // wrapping adds 16 octets at most; libcrypto may ask for a block
  int size = 0;
  int more = 0;
  std::uint8_t* to = out.mutable_view().data();
  int done = EVP_CipherUpdate(context.get(), to, &size, in.data(), static_cast<int>(in.size()));
  if (done != 1 || size <= 0) return std::nullopt;
  if (EVP_CipherFinal_ex(context.get(), to + size, &more) != 1) return std::nullopt;
  out.truncate(static_cast<std::size_t>(size + more));
  return out;
}

}  // namespace

std::size_t key_size(KeyWrap wrap) {
  switch (wrap) {
    case KeyWrap::Aes128:
      return 16;
    case KeyWrap::Aes192:
    case KeyWrap::TripleDes:
      return 24;
    case KeyWrap::Aes256:
      return 32;
  }
  return 0;
}

Result<Bytes> wrap_key(KeyWrap wrap, ByteView kek, ByteView key) {
  ErrorScope scope;
  CHECK(kek.size() == key_size(wrap));
  if (fetched(wrap) == nullptr) return failure(Rule::CryptoUnavailable);
  if (!is_key_size(wrap, key.size())) return failure(Rule::CryptoEncryptFailed, 0, "key size");
  auto wrapped = run(wrap, Direction::Wrap, kek, key);
  if (!wrapped || wrapped->size() != key.size() + overhead(wrap)) {
    return failure(Rule::CryptoEncryptFailed);
  }
  return to_bytes(wrapped->view());
}

// One failure for all: a check value that does not fit and a length that cannot be (ALG-53).
Result<Secret> unwrap_key(KeyWrap wrap, ByteView kek, ByteView wrapped) {
  ErrorScope scope;
  CHECK(kek.size() == key_size(wrap));
  bool fits = wrapped.size() > overhead(wrap) &&
              is_key_size(wrap, wrapped.size() - overhead(wrap)) && fetched(wrap) != nullptr;
  if (!fits) return failure(Rule::EncFailed);
  auto key = run(wrap, Direction::Unwrap, kek, wrapped);
  if (!key || key->size() != wrapped.size() - overhead(wrap)) return failure(Rule::EncFailed);
  return std::move(*key);
}

}  // namespace bulla::crypto
