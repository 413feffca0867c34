#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_algorithm.h"
#include "crypto/key_transport.h"

namespace bulla::crypto {
namespace {

// 00 02, at least eight octets of padding, 00 (RFC 8017 7.2.1).
constexpr std::size_t kPkcs1Overhead = 11;

// 0xff if the octet is zero, else 0.
std::uint8_t mask_zero(std::uint8_t octet) {
  return static_cast<std::uint8_t>((static_cast<unsigned>(octet) - 1u) >> 8);
}

// Keeps the compiler from seeing that a mask has two values, and so from branching on it.
std::uint8_t opaque(std::uint8_t mask) {
  asm volatile("" : "+r"(mask));
  return mask;
}

void set_oaep(const TransportScheme& scheme, Parameters& parameters) {
  parameters.text(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_OAEP)
      .text(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, row(scheme.digest).fetch_name)
      .text(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, row(scheme.mgf_digest).fetch_name);
  if (!scheme.label.empty()) {
    parameters.octets(OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, as_bytes(scheme.label));
  }
}

// RSADP and, for OAEP, libcrypto's decoding. Every failure is Rule::EncFailed.
Result<Secret> decrypt(EVP_PKEY* key, Parameters& parameters, ByteView ciphertext) {
  ErrorScope scope;
  auto modulus_size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  if (ciphertext.size() != modulus_size) return failure(Rule::EncFailed);
  Owned<EVP_PKEY_CTX> context = operation(key);
  Secret plain(modulus_size);
  std::size_t size = plain.size();
  if (EVP_PKEY_decrypt_init_ex(context.get(), parameters.list()) != 1 ||
      EVP_PKEY_decrypt(context.get(), plain.mutable_view().data(), &size, ciphertext.data(),
                       ciphertext.size()) != 1) {
    return failure(Rule::EncFailed);
  }
  plain.truncate(size);
  return plain;
}

// Implicit rejection in the way of draft-irtf-cfrg-rsa-guidance: what bad padding gives
// depends on the private key and the ciphertext alone, so that asking again tells
// nothing (KM-05). It is computed always, and on every libcrypto, before anything is known of
// the padding.
Result<Secret> decrypt_pkcs1(EVP_PKEY* key, ByteView rejection_seed, ByteView ciphertext,
                             std::size_t size) {
  Secret substitute = TRY(derive_hkdf(Digest::Sha256, rejection_seed, ciphertext,
                                      as_bytes("RSA implicit rejection"), size));
  Secret block = TRY(decrypt_raw(key, ciphertext));
  return unpad_pkcs1(block.view(), substitute.view());
}

}  // namespace

Result<Secret> decrypt_raw(EVP_PKEY* key, ByteView ciphertext) {
  Parameters parameters;
  parameters.text(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_NONE);
  return decrypt(key, parameters, ciphertext);
}

Secret unpad_pkcs1(ByteView block, ByteView substitute) {
  std::size_t size = substitute.size();
  Secret result(substitute);
  if (block.size() < size + kPkcs1Overhead) return result;
  std::size_t separator = block.size() - size - 1;
  std::uint8_t bad = block[0] | static_cast<std::uint8_t>(block[1] ^ 2) | block[separator];
  for (std::size_t i = 2; i < separator; ++i) bad |= mask_zero(block[i]);
  std::uint8_t good = opaque(mask_zero(bad));
  MutableByteView out = result.mutable_view();
  for (std::size_t i = 0; i < size; ++i) {
    std::uint8_t difference = out[i] ^ block[separator + 1 + i];
    out[i] = static_cast<std::uint8_t>(out[i] ^ (good & difference));
  }
  return result;
}

Result<Bytes> encrypt_to_rsa(EVP_PKEY* key, const TransportScheme& scheme, ByteView content_key) {
  ErrorScope scope;
  Parameters parameters;
  if (scheme.algorithm == TransportAlgorithm::RsaOaep) {
    set_oaep(scheme, parameters);
  } else {
    parameters.text(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_PKCSV15);
  }
  Owned<EVP_PKEY_CTX> context = operation(key);
  Bytes encrypted(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = encrypted.size();
  if (EVP_PKEY_encrypt_init_ex(context.get(), parameters.list()) != 1 ||
      EVP_PKEY_encrypt(context.get(), encrypted.data(), &size, content_key.data(),
                       content_key.size()) != 1 ||
      size != encrypted.size()) {
    return failure(Rule::CryptoEncryptFailed);
  }
  return encrypted;
}

Result<Secret> decrypt_from_rsa(EVP_PKEY* key, const TransportScheme& scheme,
                                ByteView rejection_seed, ByteView encrypted_key, std::size_t size) {
  if (scheme.algorithm == TransportAlgorithm::RsaPkcs1) {
    auto content_key = decrypt_pkcs1(key, rejection_seed, encrypted_key, size);
    if (!content_key) return failure(Rule::EncFailed);
    return content_key;
  }
  Parameters parameters;
  set_oaep(scheme, parameters);
  Secret content_key = TRY(decrypt(key, parameters, encrypted_key));
  if (content_key.size() != size) return failure(Rule::EncFailed);  // T-39
  return content_key;
}

}  // namespace bulla::crypto
