#include <array>

#include "base/text.h"
#include "bulla/algorithm.h"
#include "crypto/algorithm_table.h"
#include "crypto/post_quantum.h"

namespace bulla {
namespace {

// As prose writes them, in the order of the enumerators.
constexpr std::array<std::string_view, 12> kDigestTitles = {
    "MD5",      "SHA-1",    "SHA-224",  "SHA-256",  "SHA-384",  "SHA-512",
    "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512", "SHAKE128", "SHAKE256"};

std::string title(Digest digest) {
  return std::string(kDigestTitles.at(static_cast<std::size_t>(digest)));
}

// Lower case, without the separators that people put or leave out.
std::string squeeze(std::string_view text) {
  std::string result;
  for (char c : trim(text)) {
    if (c != '-' && c != '_' && c != ' ') result += lower(c);
  }
  return result;
}

struct CipherSpelling {
  std::string_view squeezed;
  ContentCipher cipher;
};

constexpr CipherSpelling kCipherSpellings[] = {
    {"aes128", ContentCipher::Aes128Cbc},          {"aes192", ContentCipher::Aes192Cbc},
    {"aes256", ContentCipher::Aes256Cbc},          {"aes", ContentCipher::Aes256Cbc},
    {"3des", ContentCipher::TripleDesCbc},         {"des3", ContentCipher::TripleDesCbc},
    {"tripledes", ContentCipher::TripleDesCbc},    {"desede3cbc", ContentCipher::TripleDesCbc},
    {"tripledescbc", ContentCipher::TripleDesCbc},
};

// In the order of the enumerators.
constexpr std::array<std::string_view, 11> kKeyManagementNames = {
    "rsa",        "rsa-oaep",   "rsa-kem",     "ecdh", "xdh",     "dh",
    "ml-kem-512", "ml-kem-768", "ml-kem-1024", "kek",  "password"};

}  // namespace

std::string_view name(Digest digest) { return crypto::row(digest).name; }
std::string_view name(ContentCipher cipher) { return crypto::row(cipher).name; }

std::string_view name(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::RsaPkcs1:
      return "rsa";
    case SignatureAlgorithm::RsaPss:
      return "rsa-pss";
    case SignatureAlgorithm::Ecdsa:
      return "ecdsa";
    case SignatureAlgorithm::Ed25519:
      return "ed25519";
    case SignatureAlgorithm::Ed448:
      return "ed448";
    case SignatureAlgorithm::Dsa:
      return "dsa";
    default:
      break;
  }
  const crypto::PostQuantumRow* row = crypto::find_post_quantum(algorithm);
  return row == nullptr ? "unknown" : row->name;
}

std::string_view name(KeyKind kind) {
  switch (kind) {
    case KeyKind::Rsa:
      return "rsa";
    case KeyKind::RsaPss:
      return "rsa-pss";
    case KeyKind::RsaOaep:
      return "rsa-oaep";
    case KeyKind::Ec:
      return "ec";
    case KeyKind::Ed25519:
      return "ed25519";
    case KeyKind::Ed448:
      return "ed448";
    case KeyKind::X25519:
      return "x25519";
    case KeyKind::X448:
      return "x448";
    case KeyKind::Dsa:
      return "dsa";
    case KeyKind::Dh:
      return "dh";
    case KeyKind::RsaKem:
      return "rsa-kem";
    default:
      break;
  }
  const crypto::PostQuantumRow* row = crypto::find_post_quantum(kind);
  return row == nullptr ? "unknown" : row->name;
}

std::string_view name(KemAlgorithm algorithm) {
  switch (algorithm) {
    case KemAlgorithm::Rsa:
      return "rsa-kem";
    case KemAlgorithm::MlKem512:
      return "ml-kem-512";
    case KemAlgorithm::MlKem768:
      return "ml-kem-768";
    case KemAlgorithm::MlKem1024:
      return "ml-kem-1024";
  }
  return "unknown";
}

std::string_view name(KeyManagement management) {
  return kKeyManagementNames[static_cast<std::size_t>(management)];
}

std::optional<KeyManagement> find_key_management(std::string_view text) {
  for (std::size_t i = 0; i < kKeyManagementNames.size(); ++i) {
    if (kKeyManagementNames[i] == text) return static_cast<KeyManagement>(i);
  }
  return std::nullopt;
}

// SlhDsaShake256f is the last of them.
std::optional<SignatureAlgorithm> find_signature_algorithm(std::string_view text) {
  constexpr auto kLast = static_cast<unsigned>(SignatureAlgorithm::SlhDsaShake256f);
  for (unsigned i = 0; i <= kLast; ++i) {
    auto algorithm = static_cast<SignatureAlgorithm>(i);
    if (name(algorithm) == text) return algorithm;
  }
  return std::nullopt;
}

std::string describe(const SignatureScheme& scheme) {
  switch (scheme.algorithm) {
    case SignatureAlgorithm::RsaPkcs1:
      return "RSA PKCS #1 v1.5 with " + title(scheme.digest);
    case SignatureAlgorithm::RsaPss: {
      std::string text = "RSASSA-PSS with " + title(scheme.digest);
      if (scheme.mgf_digest != scheme.digest) text += ", MGF1 " + title(scheme.mgf_digest);
      return text + ", salt " + std::to_string(scheme.salt_length);
    }
    case SignatureAlgorithm::Ecdsa:
      return "ECDSA with " + title(scheme.digest);
    case SignatureAlgorithm::Ed25519:
      return "Ed25519";
    case SignatureAlgorithm::Ed448:
      return "Ed448";
    case SignatureAlgorithm::Dsa:
      return "DSA with " + title(scheme.digest);
    default:
      break;
  }
  const crypto::PostQuantumRow* row = crypto::find_post_quantum(scheme.algorithm);
  return row == nullptr ? "unknown" : row->type;
}

std::string describe(const TransportScheme& scheme) {
  if (scheme.algorithm == TransportAlgorithm::RsaPkcs1) return "RSA PKCS #1 v1.5";
  std::string text = "RSAES-OAEP with " + title(scheme.digest);
  if (scheme.mgf_digest != scheme.digest) text += ", MGF1 " + title(scheme.mgf_digest);
  if (!scheme.label.empty()) text += ", with a label";
  return text;
}

std::optional<Digest> find_digest(std::string_view text) {
  std::string wanted = squeeze(text);
  for (const crypto::DigestRow& row : crypto::digest_rows()) {
    if (squeeze(row.name) == wanted) return row.digest;
  }
  return std::nullopt;
}

std::optional<ContentCipher> find_content_cipher(std::string_view text) {
  std::string wanted = squeeze(text);
  for (const crypto::ContentCipherRow& row : crypto::content_cipher_rows()) {
    if (squeeze(row.name) == wanted) return row.cipher;
  }
  for (const CipherSpelling& spelling : kCipherSpellings) {
    if (spelling.squeezed == wanted) return spelling.cipher;
  }
  return std::nullopt;
}

bool is_aead(ContentCipher cipher) { return crypto::row(cipher).tag_size != 0; }

}  // namespace bulla
