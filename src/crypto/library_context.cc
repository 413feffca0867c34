#include <openssl/provider.h>

#include <bit>
#include <new>

#include "base/check.h"
#include "crypto/algorithm_table.h"
#include "crypto/openssl.h"

namespace bulla::crypto {
namespace {

// A context made by hand reads no configuration, and the default provider is part of
// libcrypto; but some calls load the configuration of the program's own context on the
// way, and with it whatever module OPENSSL_CONF names. The first call here turns that
// off for the process, unless the program has loaded it already (T-127).
OSSL_LIB_CTX* make_library() {
  CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1);
  OSSL_LIB_CTX* context = OSSL_LIB_CTX_new();
  require_memory(context);
  CHECK(OSSL_PROVIDER_load(context, "default") != nullptr);
  return context;
}

// The module stands where libcrypto was built to look: the environment has no say in what
// code is loaded (T-127). Its ciphers are for old mail alone, so it has a context of its own.
OSSL_LIB_CTX* make_legacy_library() {
  OSSL_LIB_CTX* context = OSSL_LIB_CTX_new();
  require_memory(context);
  const char* folder = OPENSSL_info(OPENSSL_INFO_MODULES_DIR);
  if (folder == nullptr || OSSL_PROVIDER_set_default_search_path(context, folder) != 1 ||
      OSSL_PROVIDER_load(context, "legacy") == nullptr) {
    OSSL_LIB_CTX_free(context);
    return nullptr;
  }
  return context;
}

const char* fetch_name(KeyWrap wrap) {
  switch (wrap) {
    case KeyWrap::Aes128:
      return "AES-128-WRAP";
    case KeyWrap::Aes192:
      return "AES-192-WRAP";
    case KeyWrap::Aes256:
      return "AES-256-WRAP";
    case KeyWrap::TripleDes:
      return "DES3-WRAP";
  }
  return "";
}

std::vector<const EVP_MD*> fetch_digests(std::span<const DigestRow> rows) {
  ErrorScope scope;
  std::vector<const EVP_MD*> digests;
  for (const DigestRow& row : rows) {
    digests.push_back(EVP_MD_fetch(library(), row.fetch_name, nullptr));
  }
  return digests;
}

// By row; nullptr for those of another provider.
std::vector<const EVP_CIPHER*> fetch_ciphers(OSSL_LIB_CTX* context, Provider provider) {
  ErrorScope scope;
  std::vector<const EVP_CIPHER*> ciphers;
  for (const ContentCipherRow& row : content_cipher_rows()) {
    bool has_it = context != nullptr && row.provider == provider;
    ciphers.push_back(has_it ? EVP_CIPHER_fetch(context, row.fetch_name, nullptr) : nullptr);
  }
  return ciphers;
}

const EVP_CIPHER* fetched_legacy(ContentCipher cipher) {
  static OSSL_LIB_CTX* const context = make_legacy_library();
  static const auto ciphers = fetch_ciphers(context, Provider::Legacy);
  return ciphers[static_cast<std::size_t>(cipher)];
}

std::vector<const EVP_CIPHER*> fetch_wraps() {
  ErrorScope scope;
  std::vector<const EVP_CIPHER*> ciphers;
  for (KeyWrap wrap : {KeyWrap::Aes128, KeyWrap::Aes192, KeyWrap::Aes256, KeyWrap::TripleDes}) {
    ciphers.push_back(EVP_CIPHER_fetch(library(), fetch_name(wrap), nullptr));
  }
  return ciphers;
}

std::vector<const EVP_CIPHER*> fetch_aes() {
  ErrorScope scope;
  std::vector<const EVP_CIPHER*> ciphers;
  for (const char* name : {"AES-128-ECB", "AES-192-ECB", "AES-256-ECB"}) {
    ciphers.push_back(EVP_CIPHER_fetch(library(), name, nullptr));
  }
  return ciphers;
}

std::vector<EVP_KDF*> fetch_kdfs() {
  ErrorScope scope;
  std::vector<EVP_KDF*> kdfs;
  for (const char* name : {"X963KDF", "HKDF", "PBKDF2", "SCRYPT", "PKCS12KDF", "SSKDF"}) {
    kdfs.push_back(EVP_KDF_fetch(library(), name, nullptr));
  }
  return kdfs;
}

}  // namespace

OSSL_LIB_CTX* library() {
  static OSSL_LIB_CTX* const context = make_library();
  return context;
}

const EVP_MD* fetched(Digest digest) {
  static const auto digests = fetch_digests(digest_rows());
  return digests[static_cast<std::size_t>(digest)];
}

const EVP_CIPHER* fetched(ContentCipher cipher) {
  if (row(cipher).provider == Provider::Legacy) return fetched_legacy(cipher);
  static const auto ciphers = fetch_ciphers(library(), Provider::Default);
  return ciphers[static_cast<std::size_t>(cipher)];
}

const EVP_CIPHER* fetched(KeyWrap wrap) {
  static const auto ciphers = fetch_wraps();
  return ciphers[static_cast<std::size_t>(wrap)];
}

const EVP_CIPHER* fetched_aes(ContentCipher cipher) {
  static const auto ciphers = fetch_aes();
  return ciphers[row(cipher).key_size / 8 - 2];
}

const EVP_CIPHER* fetched_chacha20() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(library(), "ChaCha20", nullptr);
  return cipher;
}

EVP_KDF* fetched(KdfAlgorithm algorithm) {
  static const auto kdfs = fetch_kdfs();
  return kdfs[static_cast<std::size_t>(algorithm)];
}

void require_memory(const void* object) {
  if (object == nullptr) throw std::bad_alloc();
}

OSSL_PARAM& Parameters::next() {
  CHECK(count_ < kMost);
  return list_[count_++];
}

Parameters& Parameters::text(const char* key, const char* value) {
  next() = OSSL_PARAM_construct_utf8_string(key, const_cast<char*>(value), 0);
  return *this;
}

Parameters& Parameters::octets(const char* key, ByteView value) {
  // libcrypto takes a null pointer for an absent value, not for an empty one.
  static std::uint8_t empty = 0;
  auto* data = value.empty() ? &empty : const_cast<std::uint8_t*>(value.data());
  next() = OSSL_PARAM_construct_octet_string(key, data, value.size());
  return *this;
}

Parameters& Parameters::number(const char* key, std::int64_t value) {
  std::int64_t& slot = numbers_[count_];
  slot = value;
  next() = OSSL_PARAM_construct_int64(key, &slot);
  return *this;
}

Parameters& Parameters::big_number(const char* key, ByteView big_endian) {
  Secret& native = big_numbers_.emplace_back(big_endian);
  MutableByteView octets = native.mutable_view();
  if constexpr (std::endian::native == std::endian::little) {
    std::reverse(octets.begin(), octets.end());
  }
  next() = OSSL_PARAM_construct_BN(key, octets.data(), octets.size());
  return *this;
}

OSSL_PARAM* Parameters::list() {
  list_[count_] = OSSL_PARAM_construct_end();
  return list_.data();
}

}  // namespace bulla::crypto
