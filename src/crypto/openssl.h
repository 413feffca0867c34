// What the crypto layer shares over libcrypto. Private to this folder and x509.
//
// Everything runs in one library context of our own with the default provider
// alone (T-127). A libcrypto call has succeeded only if it returned exactly 1
// (T-160). Algorithms are fetched once and live as long as the program.
//
// Thread safety: the functions here may be called from several threads.
#pragma once

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/result.h"
#include "crypto/key_wrap.h"

namespace bulla::crypto {

struct Release {
  void operator()(EVP_MD_CTX* object) const { EVP_MD_CTX_free(object); }
  void operator()(EVP_CIPHER_CTX* object) const { EVP_CIPHER_CTX_free(object); }
  void operator()(EVP_KDF_CTX* object) const { EVP_KDF_CTX_free(object); }
  void operator()(EVP_MAC* object) const { EVP_MAC_free(object); }
  void operator()(EVP_MAC_CTX* object) const { EVP_MAC_CTX_free(object); }
  void operator()(EVP_PKEY* object) const { EVP_PKEY_free(object); }
  void operator()(EVP_PKEY_CTX* object) const { EVP_PKEY_CTX_free(object); }
  void operator()(EC_GROUP* object) const { EC_GROUP_free(object); }
  void operator()(EC_POINT* object) const { EC_POINT_clear_free(object); }
  void operator()(BIGNUM* object) const { BN_clear_free(object); }
  void operator()(BN_CTX* object) const { BN_CTX_free(object); }
};

// The owner of a libcrypto object.
template <typename T>
using Owned = std::unique_ptr<T, Release>;

// The library context. Lives as long as the program.
OSSL_LIB_CTX* library();
// The same algorithms, with no other decoders than those that X.509 certificates need.
OSSL_LIB_CTX* certificate_library();
// And for a certificate that holds and was signed with keys of these kinds alone, no other keys.
enum class CertificateKeys : std::uint8_t { Any, Rsa, Ec, RsaAndEc };
OSSL_LIB_CTX* certificate_library(CertificateKeys keys);

// Fetched algorithms; nullptr if libcrypto has none of that kind.
const EVP_MD* fetched(Digest digest);
const EVP_CIPHER* fetched(ContentCipher cipher);
const EVP_CIPHER* fetched(KeyWrap wrap);
// AES alone, with the cipher's key size. REQUIRES: an AES cipher.
const EVP_CIPHER* fetched_aes(ContentCipher cipher);
// ChaCha20 alone: the IV is the block counter, 4 octets with the lowest first, and the nonce.
const EVP_CIPHER* fetched_chacha20();

enum class KdfAlgorithm : std::uint8_t { X963, Hkdf, Pbkdf2, Scrypt, Pkcs12, SingleStep };
EVP_KDF* fetched(KdfAlgorithm algorithm);

// Throws std::bad_alloc for the nullptr of an allocating libcrypto call.
void require_memory(const void* object);

// Takes the errors of one operation off the queue again, so that a stale one can
// turn no later verdict (T-160) and the program's own stay as they are.
class ErrorScope {
 public:
  ErrorScope() { ERR_set_mark(); }
  ~ErrorScope() { ERR_pop_to_mark(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

// Octets that one libcrypto call is given at most: lengths are int there (T-45).
inline constexpr std::size_t kMaxChunk = std::size_t{1} << 30;

// Calls take(ByteView) with pieces of at most max_bytes octets, until one gives false.
template <typename Take>
bool for_each_chunk(ByteView bytes, std::size_t max_bytes, Take take) {
  while (!bytes.empty()) {
    ByteView chunk = bytes.first(std::min(bytes.size(), max_bytes));
    if (!take(chunk)) return false;
    bytes = bytes.subspan(chunk.size());
  }
  return true;
}

// OSSL_PARAMs. Texts and octets must outlive this; big numbers are copied, and wiped.
class Parameters {
 public:
  Parameters() = default;
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  Parameters& text(const char* key, const char* value);
  Parameters& octets(const char* key, ByteView value);
  Parameters& number(const char* key, std::int64_t value);
  Parameters& big_number(const char* key, ByteView big_endian);

  // Ends with OSSL_PARAM_END. Valid until the next change.
  OSSL_PARAM* list();

 private:
  static constexpr std::size_t kMost = 9;
  OSSL_PARAM& next();

  std::array<OSSL_PARAM, kMost + 1> list_{};
  std::array<std::int64_t, kMost> numbers_{};
  std::vector<Secret> big_numbers_;
  std::size_t count_ = 0;
};

}  // namespace bulla::crypto
