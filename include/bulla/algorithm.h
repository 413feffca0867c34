// The algorithms by name, for whoever chooses or reports them.
//
// OIDs, parameters, sizes and availability are in the algorithm table of the
// crypto layer; `bulla doctor --algorithms` prints it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bulla {

enum class Digest : std::uint8_t {
  Md5,
  Sha1,
  Sha224,
  Sha256,
  Sha384,
  Sha512,
  Sha3_224,
  Sha3_256,
  Sha3_384,
  Sha3_512,
  Shake128,  // 32 octets of output (RFC 8702 3.1)
  Shake256,  // 64 octets of output (RFC 8702 3.1, RFC 8419 2.3)
};

enum class KeyKind : std::uint8_t {
  Rsa,      // rsaEncryption
  RsaPss,   // id-RSASSA-PSS: for PSS alone
  RsaOaep,  // id-RSAES-OAEP: for OAEP alone
  Ec,       // id-ecPublicKey with a named curve
  Ed25519,
  Ed448,
  X25519,
  X448,
  Dsa,
  Dh,        // dhpublicnumber: Diffie-Hellman of RFC 2631
  RsaKem,    // id-rsa-kem-spki: for RSA-KEM alone (RFC 9690)
  MlKem512,  // RFC 9935, RFC 9936
  MlKem768,
  MlKem1024,
  MlDsa44,  // RFC 9881, RFC 9882
  MlDsa65,
  MlDsa87,
  SlhDsaSha2_128s,  // RFC 9814, RFC 9909
  SlhDsaSha2_128f,
  SlhDsaSha2_192s,
  SlhDsaSha2_192f,
  SlhDsaSha2_256s,
  SlhDsaSha2_256f,
  SlhDsaShake128s,
  SlhDsaShake128f,
  SlhDsaShake192s,
  SlhDsaShake192f,
  SlhDsaShake256s,
  SlhDsaShake256f,
  Unknown,  // known to nobody here; certificates with such keys still parse
};

enum class ContentCipher : std::uint8_t {
  Aes128Cbc,
  Aes192Cbc,
  Aes256Cbc,
  Aes128Gcm,
  Aes192Gcm,
  Aes256Gcm,
  TripleDesCbc,
  Aes128Ccm,
  Aes192Ccm,
  Aes256Ccm,
  ChaCha20Poly1305,
  Camellia128Cbc,
  Camellia192Cbc,
  Camellia256Cbc,
  SeedCbc,
  Aria128Cbc,
  Aria192Cbc,
  Aria256Cbc,
  DesCbc,
  Rc2_40Cbc,
  Rc2_64Cbc,
  Rc2_128Cbc,
};

enum class SignatureAlgorithm : std::uint8_t {
  RsaPkcs1,
  RsaPss,
  Ecdsa,
  Ed25519,
  Ed448,
  Dsa,
  MlDsa44,  // RFC 9881, RFC 9882
  MlDsa65,
  MlDsa87,
  SlhDsaSha2_128s,  // RFC 9814, RFC 9909
  SlhDsaSha2_128f,
  SlhDsaSha2_192s,
  SlhDsaSha2_192f,
  SlhDsaSha2_256s,
  SlhDsaSha2_256f,
  SlhDsaShake128s,
  SlhDsaShake128f,
  SlhDsaShake192s,
  SlhDsaShake192f,
  SlhDsaShake256s,
  SlhDsaShake256f,
};

// How a signature is made: all that an AlgorithmIdentifier says.
struct SignatureScheme {
  SignatureAlgorithm algorithm = SignatureAlgorithm::RsaPkcs1;
  Digest digest = Digest::Sha256;      // Ed25519: Sha512; Ed448: Shake256 (RFC 8419)
  Digest mgf_digest = Digest::Sha256;  // PSS
  std::size_t salt_length = 32;        // PSS, octets

  friend bool operator==(const SignatureScheme&, const SignatureScheme&) = default;
};

enum class TransportAlgorithm : std::uint8_t { RsaPkcs1, RsaOaep };

// How a content key is encrypted to an RSA key.
struct TransportScheme {
  TransportAlgorithm algorithm = TransportAlgorithm::RsaPkcs1;
  Digest digest = Digest::Sha256;      // OAEP
  Digest mgf_digest = Digest::Sha256;  // OAEP
  std::string label;                   // OAEP pSource, empty when sending

  friend bool operator==(const TransportScheme&, const TransportScheme&) = default;
};

// Key encapsulation (RFC 9629): the recipient's key alone says which.
enum class KemAlgorithm : std::uint8_t { Rsa, MlKem512, MlKem768, MlKem1024 };

// How a recipient gets the content key, as profiles name it.
enum class KeyManagement : std::uint8_t {
  Rsa,  // PKCS #1 v1.5
  RsaOaep,
  RsaKem,
  Ecdh,  // on a curve of ECDSA
  Xdh,   // X25519 and X448
  Dh,    // RFC 2631
  MlKem512,
  MlKem768,
  MlKem1024,
  Kek,
  Password,
};

// Names as a person types and reads them: "sha256", "aes-256-cbc", "ecdsa".
std::string_view name(Digest digest);
std::string_view name(ContentCipher cipher);
std::string_view name(SignatureAlgorithm algorithm);
std::string_view name(KeyKind kind);
std::string_view name(KemAlgorithm algorithm);
std::string_view name(KeyManagement management);
// "RSA PKCS #1 v1.5 with SHA-256", "RSASSA-PSS with SHA-256, salt 32".
std::string describe(const SignatureScheme& scheme);
std::string describe(const TransportScheme& scheme);

// Accepts the names above and common spellings ("SHA-256", "AES256", "3des").
std::optional<Digest> find_digest(std::string_view text);
std::optional<ContentCipher> find_content_cipher(std::string_view text);
// Accept the names above.
std::optional<SignatureAlgorithm> find_signature_algorithm(std::string_view text);
std::optional<KeyManagement> find_key_management(std::string_view text);

bool is_aead(ContentCipher cipher);

}  // namespace bulla
