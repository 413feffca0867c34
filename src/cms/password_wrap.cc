#include "cms/password_wrap.h"

#include <algorithm>

#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/cipher.h"

namespace bulla::cms {
namespace {

// A wrapped content key of 255 octets, the most that its length octet can say.
constexpr std::size_t kMaxWrapped = 272;

// CBC without padding: what the Encryptor adds is one block, which is left out.
Result<Secret> encrypt_blocks(ContentCipher cipher, ByteView key, ByteView iv, ByteView blocks) {
  Secret result(blocks.size() + iv.size());
  std::size_t size = 0;
  auto collect = [&](ByteView out) -> Result<void> {
    CHECK(size + out.size() <= result.size());
    std::copy(out.begin(), out.end(), result.mutable_view().begin() + size);
    size += out.size();
    return {};
  };
  crypto::Encryptor encryptor = TRY(crypto::Encryptor::create(cipher, key, iv));
  TRY_VOID(encryptor.update(blocks, collect));
  TRY_VOID(encryptor.finish(collect));
  result.truncate(blocks.size());
  return result;
}

// CBC without padding: the Decryptor holds back the last block, so it is given one more
// than wanted and never finished.
Result<Secret> decrypt_blocks(ContentCipher cipher, ByteView key, ByteView iv, ByteView blocks) {
  Secret result(blocks.size());
  std::size_t size = 0;
  auto collect = [&](ByteView out) -> Result<void> {
    if (size + out.size() > result.size()) return failure(Rule::EncFailed);
    std::copy(out.begin(), out.end(), result.mutable_view().begin() + size);
    size += out.size();
    return {};
  };
  crypto::Decryptor decryptor = TRY(crypto::Decryptor::create(cipher, key, iv));
  TRY_VOID(decryptor.update(blocks, collect));
  TRY_VOID(decryptor.update(Bytes(iv.size()), collect));
  if (size != result.size()) return failure(Rule::EncFailed);
  return result;
}

// CEK ‖ ~CEK[0..2] checks, without telling which one failed.
bool is_formatted(ByteView block, std::size_t size) {
  unsigned wrong = block[0] ^ static_cast<unsigned>(size);
  for (std::size_t i = 1; i <= 3; ++i) wrong |= (block[i] ^ block[i + 3]) ^ 0xffu;
  return wrong == 0;
}

}  // namespace

// id-alg-PWRI-KEK has the KEK's own AlgorithmIdentifier, IV included, as parameters (KM-34).
Result<PasswordWrap> PasswordWrap::read(const asn1::AlgorithmIdentifier& algorithm) {
  if (algorithm.algorithm != kPwriKek) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, algorithm.algorithm.to_string());
  }
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters);
  auto inner = asn1::decode(*algorithm.parameters,
                            [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); });
  if (!inner) return failure(Rule::CryptoBadParameters);
  crypto::ContentEncryption encryption = TRY(crypto::read_content_encryption(*inner));
  bool is_broken = crypto::row(encryption.cipher).standing == crypto::Standing::Broken;
  if (is_aead(encryption.cipher) || is_broken || !encryption.derived_from.empty()) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, std::string(name(encryption.cipher)));
  }
  return PasswordWrap{.cipher = encryption.cipher, .iv = std::move(encryption.iv)};
}

asn1::AlgorithmIdentifier PasswordWrap::identifier() const {
  crypto::ContentEncryption encryption{.cipher = cipher, .iv = iv};
  return {.algorithm = kPwriKek,
          .parameters = crypto::content_encryption_identifier(encryption).encode()};
}

// CEK byte count || check value || CEK || padding (RFC 3211 2.3.1, KM-35), encrypted in CBC
// mode, and encrypted again with the last block as IV.
Result<Bytes> PasswordWrap::wrap(ByteView kek, ByteView key) const {
  CHECK(key.size() >= 3 && key.size() <= 255);
  std::size_t block = crypto::row(cipher).block_size;
  std::size_t size = std::max(2 * block, (key.size() + 4 + block - 1) / block * block);
  Secret formatted = TRY(crypto::random_secret(size));
  MutableByteView bytes = formatted.mutable_view();
  bytes[0] = static_cast<std::uint8_t>(key.size());
  for (std::size_t i = 0; i < 3; ++i) bytes[1 + i] = static_cast<std::uint8_t>(~key[i]);
  std::copy(key.begin(), key.end(), bytes.begin() + 4);
  Secret once = TRY(encrypt_blocks(cipher, kek, iv, formatted.view()));
  Secret twice = TRY(encrypt_blocks(cipher, kek, once.view().last(block), once.view()));
  return to_bytes(twice.view());
}

// RFC 3211 2.3.2: the last block gives the IV of the outer pass.
Result<Secret> PasswordWrap::unwrap(ByteView kek, ByteView wrapped, std::size_t size) const {
  std::size_t block = crypto::row(cipher).block_size;
  bool fits = wrapped.size() >= 2 * block && wrapped.size() % block == 0 &&
              wrapped.size() <= kMaxWrapped && size >= 3 && size <= 255 &&
              size + 4 <= wrapped.size() && kek.size() == crypto::row(cipher).key_size &&
              iv.size() == block;
  if (!fits) return failure(Rule::EncFailed);
  ByteView before_last = wrapped.subspan(wrapped.size() - 2 * block, block);
  Secret last = TRY(decrypt_blocks(cipher, kek, before_last, wrapped.last(block)));
  Secret once = TRY(decrypt_blocks(cipher, kek, last.view(), wrapped));
  Secret formatted = TRY(decrypt_blocks(cipher, kek, iv, once.view()));
  if (!is_formatted(formatted.view(), size)) return failure(Rule::EncFailed);
  return Secret(formatted.view().subspan(4, size));
}

}  // namespace bulla::cms
