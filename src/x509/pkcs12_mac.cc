#include "x509/pkcs12_mac.h"

#include <openssl/provider.h>

#include <array>

#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "crypto/key_wrap.h"
#include "crypto/openssl.h"
#include "crypto/password.h"

namespace bulla::x509 {
namespace {

constexpr Oid kPbmac1 = Oid::of("1.2.840.113549.1.5.14");
// RFC 9579 9: a shorter MAC key must be refused.
constexpr std::size_t kMinMacKeyBytes = 20;

Secret bmp_password(ByteView password, PasswordForm form) {
  return form == PasswordForm::Absent ? Secret() : crypto::to_bmp_string(password);
}

struct Pbmac1 {
  asn1::AlgorithmIdentifier key_derivation;
  asn1::AlgorithmIdentifier scheme;
};

// PBMAC1-params ::= SEQUENCE {
//     keyDerivationFunc  AlgorithmIdentifier,
//     messageAuthScheme  AlgorithmIdentifier } (RFC 8018 A.5)
Pbmac1 read_pbmac1(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {asn1::AlgorithmIdentifier::read(seq), asn1::AlgorithmIdentifier::read(seq)};
}

// RFC 9579: keyLength is there, and the salt and iterations of MacData are not used.
Result<bool> check_pbmac1(const MacData& mac, ByteView contents, ByteView password,
                          const Limits& limits) {
  if (!mac.algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "PBMAC1");
  Pbmac1 pbmac1 = TRY(asn1::decode(*mac.algorithm.parameters, &read_pbmac1));
  crypto::Pbkdf2 pbkdf2 = TRY(crypto::read_pbkdf2(pbmac1.key_derivation, limits));
  if (pbkdf2.key_size.value_or(0) < kMinMacKeyBytes) {
    return failure(Rule::CryptoBadParameters, 0, "the MAC key is too short");
  }
  if (auto digest = crypto::read_hmac(pbmac1.scheme)) {
    Secret key = TRY(crypto::derive_pbkdf2(pbkdf2.prf, password, pbkdf2.salt, pbkdf2.iterations,
                                           *pbkdf2.key_size));
    return equal_constant_time(TRY(crypto::hmac(*digest, key.view(), contents)), mac.digest);
  }
  return failure(Rule::CryptoUnknownAlgorithm, 0, pbmac1.scheme.algorithm.to_string());
}

// The ciphers of RFC 7292 C without the one that crypto has.
struct LegacyRow {
  Oid oid;
  const char* cipher;
  std::size_t key_size;
  std::size_t iv_size;
};

constexpr std::array kLegacy = {
    LegacyRow{Oid::of("1.2.840.113549.1.12.1.1"), "RC4", 16, 0},
    LegacyRow{Oid::of("1.2.840.113549.1.12.1.2"), "RC4-40", 5, 0},
    LegacyRow{Oid::of("1.2.840.113549.1.12.1.4"), "DES-EDE-CBC", 16, 8},
    LegacyRow{Oid::of("1.2.840.113549.1.12.1.5"), "RC2-CBC", 16, 8},
    LegacyRow{Oid::of("1.2.840.113549.1.12.1.6"), "RC2-40-CBC", 5, 8},
};

constexpr Oid kPbeTripleDes = Oid::of("1.2.840.113549.1.12.1.3");
constexpr LegacyRow kTripleDes{kPbeTripleDes, "DES-EDE3-CBC", 24, 8};

// A context of its own, so that no other code can come to use what is old. The folder
// of the modules is the one that libcrypto was built with, whatever the environment
// says (T-127). nullptr if there is no legacy provider.
OSSL_LIB_CTX* make_legacy_library() {
  OSSL_LIB_CTX* context = OSSL_LIB_CTX_new();
  crypto::require_memory(context);
  std::string folder = OPENSSL_info(OPENSSL_INFO_MODULES_DIR);
  bool loaded = OSSL_PROVIDER_set_default_search_path(context, folder.c_str()) == 1 &&
                OSSL_PROVIDER_load(context, "legacy") != nullptr &&
                OSSL_PROVIDER_load(context, "default") != nullptr;
  if (loaded) return context;
  OSSL_LIB_CTX_free(context);
  return nullptr;
}

OSSL_LIB_CTX* legacy_library() {
  static OSSL_LIB_CTX* const context = make_legacy_library();
  return context;
}

Result<Secret> decrypt_legacy(const LegacyRow& row, ByteView key, ByteView iv,
                              ByteView ciphertext) {
  crypto::ErrorScope scope;
  OSSL_LIB_CTX* library = legacy_library();
  EVP_CIPHER* cipher =
      library == nullptr ? nullptr : EVP_CIPHER_fetch(library, row.cipher, nullptr);
  if (cipher == nullptr) return failure(Rule::CryptoUnavailable, 0, row.cipher);
  crypto::Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  crypto::require_memory(context.get());
  Secret clear(ciphertext.size() + EVP_MAX_BLOCK_LENGTH);
  int size = 0;
  int more = 0;
  auto* out = clear.mutable_view().data();
  bool fits = ciphertext.size() <= crypto::kMaxChunk;
  bool done = fits &&
              EVP_DecryptInit_ex2(context.get(), cipher, key.data(), iv.data(), nullptr) == 1 &&
              EVP_DecryptUpdate(context.get(), out, &size, ciphertext.data(),
                                static_cast<int>(ciphertext.size())) == 1 &&
              EVP_DecryptFinal_ex(context.get(), out + size, &more) == 1;
  EVP_CIPHER_free(cipher);
  if (!done) return failure(Rule::KeyBadPassphrase);
  clear.truncate(static_cast<std::size_t>(size + more));
  return clear;
}

// pkcs-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations INTEGER }
crypto::Pkcs12Kdf read_parameters(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {.digest = Digest::Sha1,
          .salt = to_bytes(seq.octet_string()),
          .iterations = static_cast<std::uint64_t>(seq.small_integer())};
}

Result<void> check_iterations(std::uint64_t iterations, const Limits& limits) {
  if (iterations >= 1 && iterations <= limits.pbkdf2_iterations) return {};
  return failure(Rule::LimitIterations, 0, std::to_string(iterations));
}

Result<Secret> decrypt_pbes1(const LegacyRow& row, const asn1::AlgorithmIdentifier& algorithm,
                             ByteView ciphertext, ByteView bmp, const Limits& limits) {
  if (!algorithm.parameters) return failure(Rule::CryptoBadParameters, 0, "absent");
  crypto::Pkcs12Kdf kdf = TRY(asn1::decode(*algorithm.parameters, &read_parameters));
  TRY_VOID(check_iterations(kdf.iterations, limits));
  using Purpose = crypto::Pkcs12Purpose;
  Secret key = TRY(crypto::derive_pkcs12(kdf, Purpose::Key, bmp, row.key_size));
  Secret iv;
  if (row.iv_size > 0) iv = TRY(crypto::derive_pkcs12(kdf, Purpose::Iv, bmp, row.iv_size));
  return decrypt_legacy(row, key.view(), iv.view(), ciphertext);
}

}  // namespace

// MacData ::= SEQUENCE {
//     mac         DigestInfo,
//     macSalt     OCTET STRING,
//     iterations  INTEGER DEFAULT 1 }
//
// DigestInfo ::= SEQUENCE {
//     digestAlgorithm  DigestAlgorithmIdentifier,
//     digest           OCTET STRING }
MacData MacData::read(asn1::Reader& in) {
  MacData mac;
  asn1::Reader seq = in.sequence();
  {
    asn1::Reader digest_info = seq.sequence();
    mac.algorithm = asn1::AlgorithmIdentifier::read(digest_info);
    mac.digest = digest_info.octet_string();
  }
  mac.salt = seq.octet_string();
  if (seq.next_is(asn1::Tag::Integer)) {
    mac.iterations = static_cast<std::uint64_t>(seq.small_integer());
  }
  return mac;
}

Result<bool> check_mac(const MacData& mac, ByteView contents, ByteView password, PasswordForm form,
                       const Limits& limits) {
  if (mac.algorithm.algorithm == kPbmac1) return check_pbmac1(mac, contents, password, limits);
  auto digest = crypto::read_digest(mac.algorithm);
  if (!digest) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, mac.algorithm.algorithm.to_string());
  }
  TRY_VOID(check_iterations(mac.iterations, limits));
  crypto::Pkcs12Kdf kdf{
      .digest = *digest, .salt = to_bytes(mac.salt), .iterations = mac.iterations};
  Secret key =
      TRY(crypto::derive_pkcs12(kdf, crypto::Pkcs12Purpose::Mac,
                                bmp_password(password, form).view(), crypto::digest_size(*digest)));
  return equal_constant_time(TRY(crypto::hmac(*digest, key.view(), contents)), mac.digest);
}

Result<Secret> decrypt_bag(const asn1::AlgorithmIdentifier& algorithm, ByteView ciphertext,
                           ByteView password, PasswordForm form, const Limits& limits) {
  Secret bmp = bmp_password(password, form);
  bool absent = form == PasswordForm::Absent && algorithm.algorithm == kPbeTripleDes;
  if (absent) return decrypt_pbes1(kTripleDes, algorithm, ciphertext, bmp.view(), limits);
  for (const LegacyRow& row : kLegacy) {
    if (row.oid != algorithm.algorithm) continue;
    return decrypt_pbes1(row, algorithm, ciphertext, bmp.view(), limits);
  }
  auto clear = crypto::decrypt_with_password(algorithm, password, ciphertext, limits);
  bool wrong = !clear && clear.error().rule == Rule::KeyBadPassphrase;
  if (!wrong) return clear;
  // NSS until 3.21 and some CAs gave PBES2 the BMPString as well.
  return crypto::decrypt_with_password(algorithm, bmp.view(), ciphertext, limits);
}

}  // namespace bulla::x509
