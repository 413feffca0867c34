// The algorithm table: one row for each algorithm, and the mapping between rows
// and AlgorithmIdentifiers.
//
// A row fixes the OID, the exact form of the parameters, the sizes, and since and
// until which S/MIME version the algorithm belongs to it. What is in no row of the
// right kind is unknown, wherever it stands (allow-list, T-04, T-20).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "asn1/algorithm_identifier.h"
#include "bulla/algorithm.h"
#include "bulla/oid.h"
#include "bulla/result.h"
#include "crypto/key_wrap.h"

namespace bulla::crypto {

enum class ParameterForm : std::uint8_t {
  Absent,         // written absent, NULL read too where the row says so
  Null,           // written NULL, absent read too
  OctetStringIv,  // the IV as OCTET STRING
  Gcm,            // GCMParameters (RFC 5084 3.2)
  Ccm,            // CCMParameters (RFC 5084 3.1)
  Rc2,            // RC2-CBC parameter (RFC 2268 6)
  Structure,      // a structure of its own (PSS, OAEP, key agreement)
};

// Which of libcrypto's providers has it. The legacy provider is a module of its own, loaded
// when it is needed first; it may not be installed.
enum class Provider : std::uint8_t { Default, Legacy };

// How good an algorithm is today (RFC 8551 Appendix B).
enum class Standing : std::uint8_t { Current, Legacy, Broken };

struct DigestRow {
  Digest digest;
  std::string_view name;    // "sha256"
  std::string_view micalg;  // "sha-256" (RFC 8551 3.5.3.2), or empty: then "unknown"
  Oid oid;
  std::size_t size;
  Standing standing;
  const char* fetch_name;  // for EVP_MD_fetch
};

// Whether messages are written with it, or read alone.
enum class Use : std::uint8_t { Both, Read };

struct ContentCipherRow {
  ContentCipher cipher;
  std::string_view name;  // "aes-256-cbc"
  Oid oid;
  ParameterForm parameters;
  std::size_t key_size;
  std::size_t iv_size;
  std::size_t block_size;  // 1 for AEAD
  std::size_t tag_size;    // that we write; 0 for CBC
  Standing standing;
  Use use;
  Provider provider;
  const char* fetch_name;  // for EVP_CIPHER_fetch
};

// id-alg-cek-hkdf-sha256 (RFC 9709 2).
inline constexpr Oid kCekHkdfSha256 = Oid::of("1.2.840.113549.1.9.16.3.31");

// Parameters that are NULL.
inline const Bytes kNullParameters{0x05, 0x00};

// Octets of a GCM nonce that are taken: senders use 12 or 16, the rest is slack.
inline constexpr std::size_t kMaxNonceBytes = 64;
// Whether a nonce may have this size, in GCMParameters or CCMParameters.
bool nonce_fits(ParameterForm form, std::size_t size);

std::span<const DigestRow> digest_rows();
std::span<const ContentCipherRow> content_cipher_rows();
const DigestRow& row(Digest digest);
const ContentCipherRow& row(ContentCipher cipher);

// Whether the libcrypto at hand has it (asked once, by fetching).
bool is_available(Digest digest);
bool is_available(ContentCipher cipher);

// Digests. Reading takes NULL or absent parameters (ALG-03, ALG-04).
std::optional<Digest> read_digest(const asn1::AlgorithmIdentifier& algorithm);
// Parameters absent, but for MD5 (ALG-02..ALG-04, ALG-08).
asn1::AlgorithmIdentifier digest_identifier(Digest digest);
// As SignerInfo.digestAlgorithm wants it beside signed attributes: id-shake256-len
// for Ed448 (ALG-28), else as above.
asn1::AlgorithmIdentifier digest_identifier(const SignatureScheme& scheme);
// id-shake256-len with INTEGER 512 (ALG-09).
asn1::AlgorithmIdentifier shake256_len_identifier();
// Adds the micalg token of a digest, if it is not there yet (MIME-17, MIME-18). Digests without
// a name in RFC 8551 3.5.3.2 (SHA-3) are "unknown" (MIME-20).
void add_micalg(std::vector<std::string>& tokens, Digest digest);
// By a micalg token, in any of the spellings of MIME-19.
std::optional<Digest> find_micalg(std::string_view token);

// What a content-encryption AlgorithmIdentifier says.
struct ContentEncryption {
  ContentCipher cipher = ContentCipher::Aes256Cbc;
  Bytes iv;                  // CBC: IV; AEAD: nonce
  std::size_t tag_size = 0;  // AEAD; aes-ICVlen, 12 if absent (RFC 5084 3)
  // aes-ICVlen is absent: a tag of 16 octets is taken too (ALG-60).
  bool default_tag_size = false;
  // The DER of the cipher's own identifier if the key that recipients get is not the
  // content's, but what that one is derived from (id-alg-cek-hkdf-sha256, RFC 9709).
  Bytes derived_from = {};
};
// Errors: crypto.unknown-algorithm for an OID in no row, enc.bad-parameters, and
// enc.short-tag for an ICVlen below 12 (T-21).
Result<ContentEncryption> read_content_encryption(const asn1::AlgorithmIdentifier& algorithm);
asn1::AlgorithmIdentifier content_encryption_identifier(const ContentEncryption& encryption);
// Makes `encryption` one whose content key is derived. REQUIRES: it is not yet.
void derive_content_key(ContentEncryption& encryption);
// The key for the content, from the one that recipients get (KM-56).
Result<Secret> content_key(const ContentEncryption& encryption, ByteView key);
// What to say of a cipher that libcrypto does not have: its name, and what provides it.
std::string describe_absence(ContentCipher cipher);

// Signatures. `digest` is SignerInfo.digestAlgorithm: it completes OIDs that name
// no hash (rsaEncryption, id-dsa). Errors: crypto.unknown-algorithm,
// crypto.bad-parameters.
Result<SignatureScheme> read_signature_scheme(const asn1::AlgorithmIdentifier& algorithm,
                                              std::optional<Digest> digest);
// Whether a key of the kind makes such signatures.
bool makes(KeyKind kind, SignatureAlgorithm algorithm);
// Whether what is signed is the message itself, not a digest of it: EdDSA, ML-DSA, SLH-DSA.
bool is_pure(SignatureAlgorithm algorithm);
// As SignerInfo.signatureAlgorithm wants it; `rsaEncryption` for PKCS #1 v1.5 (ALG-14).
asn1::AlgorithmIdentifier signature_identifier(const SignatureScheme& scheme);

// The same in certificates and what asks for them, where no field beside it names the digest (RFC
// 5280 4.1.1.2).
asn1::AlgorithmIdentifier certificate_signature_identifier(const SignatureScheme& scheme);

// Key transport (RSA).
Result<TransportScheme> read_transport_scheme(const asn1::AlgorithmIdentifier& algorithm);
asn1::AlgorithmIdentifier transport_identifier(const TransportScheme& scheme);

std::optional<KeyWrap> read_key_wrap(const asn1::AlgorithmIdentifier& algorithm);
asn1::AlgorithmIdentifier key_wrap_identifier(KeyWrap wrap);

// Key agreement: which KDF, which hash, and the wrap AlgorithmIdentifier exactly as
// it stood (KM-19).
enum class Kdf : std::uint8_t { X963, Hkdf, X942 };
struct KeyAgreement {
  Kdf kdf = Kdf::X963;
  Digest digest = Digest::Sha256;
  bool cofactor = false;
  bool is_static = false;  // the originator's key is too: ssDH (RFC 3370 4.1.2)
  KeyWrap wrap = KeyWrap::Aes256;
  asn1::AlgorithmIdentifier wrap_identifier;
};
Result<KeyAgreement> read_key_agreement(const asn1::AlgorithmIdentifier& algorithm);
// As KeyAgreeRecipientInfo.keyEncryptionAlgorithm wants it. An empty wrap_identifier stands
// for key_wrap_identifier(wrap).
asn1::AlgorithmIdentifier key_agreement_identifier(const KeyAgreement& agreement);

// The key wrap whose key has as many octets as the cipher's key (KM-50 / ALG-50).
KeyWrap key_wrap_for(ContentCipher cipher);

}  // namespace bulla::crypto
