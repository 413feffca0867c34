#include "crypto/algorithm_table.h"
#include "crypto/key_wrap.h"
#include "crypto/openssl.h"
#include "crypto/password.h"

namespace bulla::crypto {
namespace {

Result<Secret> derive(KdfAlgorithm algorithm, Parameters& parameters, std::size_t size) {
  ErrorScope scope;
  EVP_KDF* kdf = fetched(algorithm);
  if (kdf == nullptr) return failure(Rule::CryptoUnavailable);
  if (size == 0) return Secret();
  Owned<EVP_KDF_CTX> context(EVP_KDF_CTX_new(kdf));
  require_memory(context.get());
  Secret result(size);
  int done = EVP_KDF_derive(context.get(), result.mutable_view().data(), size, parameters.list());
  if (done != 1) return failure(Rule::CryptoBadParameters, 0, "key derivation");
  return result;
}

}  // namespace

Result<Secret> derive_x963(Digest digest, ByteView shared, ByteView shared_info, std::size_t size) {
  Parameters parameters;
  parameters.text(OSSL_KDF_PARAM_DIGEST, row(digest).fetch_name)
      .octets(OSSL_KDF_PARAM_SECRET, shared)
      .octets(OSSL_KDF_PARAM_INFO, shared_info);
  return derive(KdfAlgorithm::X963, parameters, size);
}

Result<Secret> derive_single_step(Digest digest, ByteView shared, ByteView info, std::size_t size) {
  Parameters parameters;
  parameters.text(OSSL_KDF_PARAM_DIGEST, row(digest).fetch_name)
      .octets(OSSL_KDF_PARAM_SECRET, shared)
      .octets(OSSL_KDF_PARAM_INFO, info);
  return derive(KdfAlgorithm::SingleStep, parameters, size);
}

Result<Secret> derive_hkdf(Digest digest, ByteView input, ByteView salt, ByteView shared_info,
                           std::size_t size) {
  Parameters parameters;
  parameters.text(OSSL_KDF_PARAM_DIGEST, row(digest).fetch_name)
      .octets(OSSL_KDF_PARAM_KEY, input)
      .octets(OSSL_KDF_PARAM_INFO, shared_info);
  if (!salt.empty()) parameters.octets(OSSL_KDF_PARAM_SALT, salt);
  return derive(KdfAlgorithm::Hkdf, parameters, size);
}

Result<Secret> derive_pbkdf2(Digest digest, ByteView password, ByteView salt,
                             std::uint64_t iterations, std::size_t size) {
  if (iterations == 0 || iterations > INT32_MAX) {
    return failure(Rule::LimitIterations, 0, std::to_string(iterations));
  }
  Parameters parameters;
  parameters
      .text(OSSL_KDF_PARAM_DIGEST, row(digest).fetch_name)
      // 1 turns off lower bounds of SP 800-132: old keys have salts of 8 octets.
      .number(OSSL_KDF_PARAM_PKCS5, 1)
      .octets(OSSL_KDF_PARAM_PASSWORD, password)
      .octets(OSSL_KDF_PARAM_SALT, salt)
      .number(OSSL_KDF_PARAM_ITER, static_cast<std::int64_t>(iterations));
  return derive(KdfAlgorithm::Pbkdf2, parameters, size);
}

Result<Secret> derive_scrypt(const Scrypt& scrypt, ByteView password, std::size_t size) {
  Parameters parameters;
  parameters.octets(OSSL_KDF_PARAM_PASSWORD, password)
      .octets(OSSL_KDF_PARAM_SALT, scrypt.salt)
      .number(OSSL_KDF_PARAM_SCRYPT_N, static_cast<std::int64_t>(scrypt.cost))
      .number(OSSL_KDF_PARAM_SCRYPT_R, static_cast<std::int64_t>(scrypt.block_size))
      .number(OSSL_KDF_PARAM_SCRYPT_P, static_cast<std::int64_t>(scrypt.parallelization))
      .number(OSSL_KDF_PARAM_SCRYPT_MAXMEM, 2 * static_cast<std::int64_t>(kMaxScryptBytes));
  return derive(KdfAlgorithm::Scrypt, parameters, size);
}

Result<Secret> derive_pkcs12(const Pkcs12Kdf& kdf, Pkcs12Purpose purpose, ByteView bmp_password,
                             std::size_t size) {
  if (kdf.iterations == 0 || kdf.iterations > INT32_MAX) {
    return failure(Rule::LimitIterations, 0, std::to_string(kdf.iterations));
  }
  Parameters parameters;
  parameters.text(OSSL_KDF_PARAM_DIGEST, row(kdf.digest).fetch_name)
      .octets(OSSL_KDF_PARAM_PASSWORD, bmp_password)
      .octets(OSSL_KDF_PARAM_SALT, kdf.salt)
      .number(OSSL_KDF_PARAM_ITER, static_cast<std::int64_t>(kdf.iterations))
      .number(OSSL_KDF_PARAM_PKCS12_ID, static_cast<int>(purpose));
  return derive(KdfAlgorithm::Pkcs12, parameters, size);
}

}  // namespace bulla::crypto
