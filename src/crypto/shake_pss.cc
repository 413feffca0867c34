#include "crypto/shake_pss.h"

#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/key_algorithm.h"
#include "crypto/key_transport.h"

namespace bulla::crypto {
namespace {

// The octet at the end of every encoded message (RFC 8017 9.1.1, step 12).
constexpr std::uint8_t kTrailer = 0xbc;

// Where things lie in EM = maskedDB || H || 0xbc.
struct EncodedMessage {
  std::size_t size = 0;       // emLen
  std::size_t hash_size = 0;  // hLen
  std::size_t salt_size = 0;
  std::uint8_t top_mask = 0xff;  // the bits of EM's first octet that the modulus leaves

  std::size_t masked_size() const { return size - hash_size - 1; }
};

// emBits is one less than the modulus has, so that EM is below it (RFC 8017 8.1.1).
std::optional<EncodedMessage> layout(EVP_PKEY* key, const SignatureScheme& scheme) {
  auto bits = static_cast<std::size_t>(EVP_PKEY_get_bits(key)) - 1;
  EncodedMessage em{.size = (bits + 7) / 8,
                    .hash_size = digest_size(scheme.digest),
                    .salt_size = scheme.salt_length};
  em.top_mask = static_cast<std::uint8_t>(0xff >> (8 * em.size - bits));
  if (em.size < em.hash_size + em.salt_size + 2) return std::nullopt;
  return em;
}

// SHAKE of the parts, with as many octets of output as are wanted.
Result<Bytes> extend(Digest digest, std::initializer_list<ByteView> parts, std::size_t size) {
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  require_memory(context.get());
  const EVP_MD* algorithm = fetched(digest);
  if (algorithm == nullptr || EVP_DigestInit_ex2(context.get(), algorithm, nullptr) != 1) {
    return failure(Rule::CryptoUnavailable, 0, std::string(row(digest).name));
  }
  for (ByteView part : parts) {
    if (EVP_DigestUpdate(context.get(), part.data(), part.size()) != 1) {
      return failure(Rule::CryptoUnavailable);
    }
  }
  Bytes output(size);
  if (EVP_DigestFinalXOF(context.get(), output.data(), size) != 1) {
    return failure(Rule::CryptoUnavailable);
  }
  return output;
}

// H = SHAKE(eight zeros || mHash || salt)
Result<Bytes> salted_hash(const SignatureScheme& scheme, ByteView digest, ByteView salt) {
  constexpr std::array<std::uint8_t, 8> kZeros{};
  return extend(scheme.digest, {kZeros, digest, salt}, digest_size(scheme.digest));
}

// DB with the mask on, or the mask taken off; the bits above the modulus are zero.
Result<Bytes> masked(const SignatureScheme& scheme, const EncodedMessage& em, ByteView block,
                     ByteView hash) {
  Bytes result = TRY(extend(scheme.mgf_digest, {hash}, em.masked_size()));
  for (std::size_t i = 0; i < result.size(); ++i) result[i] ^= block[i];
  result[0] &= em.top_mask;
  return result;
}

// DB = zeros || 0x01 || salt
Bytes data_block(const EncodedMessage& em, ByteView salt) {
  Bytes block(em.masked_size() - em.salt_size - 1);
  block.push_back(1);
  append(block, salt);
  return block;
}

// RSAVP1, as many octets as the modulus has; empty for a number that is not below it.
Bytes recover(EVP_PKEY* key, ByteView signature) {
  Parameters parameters;
  parameters.text(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, OSSL_PKEY_RSA_PAD_MODE_NONE);
  Owned<EVP_PKEY_CTX> context = operation(key);
  Bytes recovered(signature.size());
  std::size_t size = recovered.size();
  if (EVP_PKEY_encrypt_init_ex(context.get(), parameters.list()) != 1 ||
      EVP_PKEY_encrypt(context.get(), recovered.data(), &size, signature.data(),
                       signature.size()) != 1 ||
      size != recovered.size()) {
    return {};
  }
  return recovered;
}

}  // namespace

bool is_shake_pss(const SignatureScheme& scheme) {
  return scheme.algorithm == SignatureAlgorithm::RsaPss && is_extendable(scheme.digest);
}

Result<Bytes> sign_shake_pss(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest) {
  auto em = layout(key, scheme);
  if (!em) return failure(Rule::CryptoSignFailed, 0, "the key is too short");
  Bytes salt = TRY(random_bytes(em->salt_size));
  Bytes hash = TRY(salted_hash(scheme, digest, salt));
  Bytes block(static_cast<std::size_t>(EVP_PKEY_get_size(key)) - em->size);
  append(block, TRY(masked(scheme, *em, data_block(*em, salt), hash)));
  append(block, hash);
  block.push_back(kTrailer);
  auto signature = decrypt_raw(key, block);
  if (!signature) return failure(Rule::CryptoSignFailed);
  return to_bytes(signature->view());
}

Result<bool> verify_shake_pss(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest,
                              ByteView signature) {
  ErrorScope scope;
  auto em = layout(key, scheme);
  Bytes recovered = recover(key, signature);
  if (!em || recovered.size() < em->size) return false;
  ByteView above = ByteView(recovered).first(recovered.size() - em->size);
  ByteView encoded = ByteView(recovered).last(em->size);
  bool fits = std::all_of(above.begin(), above.end(), [](std::uint8_t octet) { return !octet; }) &&
              (encoded[0] & ~em->top_mask) == 0 && encoded.back() == kTrailer;
  if (!fits) return false;
  ByteView hash = encoded.subspan(em->masked_size(), em->hash_size);
  Bytes block = TRY(masked(scheme, *em, encoded.first(em->masked_size()), hash));
  ByteView salt = ByteView(block).last(em->salt_size);
  return equal(block, data_block(*em, salt)) && equal(hash, TRY(salted_hash(scheme, digest, salt)));
}

}  // namespace bulla::crypto
