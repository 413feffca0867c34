// Writers: SignedData, EnvelopedData, AuthEnvelopedData and CompressedData, in one
// pass over content that comes in chunks.
//
// A message of up to kDerLimit octets of content, as they stand in the message, is written
// as DER. A larger one is written with indefinite lengths around the content (CMS-06), so
// that nothing has to be known before; attributes, certificates and the rest are DER in
// any case.
//
// Thread safety: a Writer belongs to one thread. After a failure it must be dropped.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/limits.h"
#include "bulla/trust.h"
#include "bulla/workers.h"
#include "cms/attribute.h"
#include "crypto/algorithm_table.h"
#include "crypto/cipher.h"
#include "crypto/public_key.h"

namespace bulla::cms {

inline constexpr std::size_t kDerLimit = 1u << 20;

// Takes content octets and writes the ContentInfo to an Output.
class Writer {
 public:
  virtual ~Writer() = default;
  [[nodiscard]] virtual Result<void> write(ByteView content) = 0;
  [[nodiscard]] virtual Result<void> finish() = 0;
};

enum class ContentForm { Attached, Detached };

struct Signer {
  Identity identity;  // REQUIRES: a certificate
  SignatureScheme scheme;
  // A certificate without key identifier is named by issuer and serial number. So are all by
  // default: programs before version 3.1 know no other name (CMS-11).
  enum class Name { IssuerAndSerial, KeyIdentifier } name = Name::IssuerAndSerial;
  std::optional<Time> signing_time;  // absent: the attribute is left out
  // Further signed attributes (ESS), each once. REQUIRES: none that the writer makes itself.
  std::vector<Attribute> attributes;
  // Written in SMIMEEncryptionKeyPreference if it is another than the identity's.
  std::optional<Certificate> encryption_certificate;
};

struct SignOptions {
  ContentForm form = ContentForm::Attached;
  Oid content_type = kData;
  std::vector<Signer> signers;            // none: certs-only (MIME-44, REQUIRES Detached)
  std::vector<Certificate> certificates;  // in addition to the signers' chains
  enum class Chain { WithoutRoot, SignerOnly, None } chain = Chain::WithoutRoot;
  std::vector<Bytes> crls;
  // Makes a TimeStampToken over a signature value; absent: there are none.
  std::function<Result<Bytes>(ByteView signature)> stamp = nullptr;
  Limits limits = {};
  const Workers* workers = nullptr;  // for the digests; outlives the writer
};

enum class RsaPadding { Pkcs1, Pss };
// The scheme that fits a key: by default PKCS #1 v1.5 or ECDSA with SHA-256 (P-384:
// SHA-384, P-521: SHA-512), ML-DSA with SHA-512; `digest` and `padding` as the user asked. EdDSA,
// SLH-DSA and id-RSASSA-PSS keys keep to their own. Errors: crypto.bad-key,
// crypto.unknown-algorithm, sig.weak-digest, sig.broken-digest.
Result<SignatureScheme> choose_scheme(const crypto::PublicKey& key, std::optional<Digest> digest,
                                      RsaPadding padding);

// Signs. Errors: cert.key-usage, cms.bad-crl, crypto.unknown-algorithm, crypto.unavailable, and
// limits that a reader would refuse. write() and finish(): crypto.sign-failed and those of
// the Output.
Result<std::unique_ptr<Writer>> make_signed_data_writer(SignOptions options, crypto::Output output);

struct CertificateRecipient {
  Certificate certificate;
  TransportScheme transport;  // for RSA keys
  // Kem: an rsaEncryption key gets a KEMRecipientInfo (RFC 9690).
  enum class Rsa { Transport, Kem } rsa = Rsa::Transport;
  // For keys that agree; else as fits the key and the cipher.
  std::optional<crypto::KeyAgreement> agreement = std::nullopt;
  // A certificate without key identifier is named by issuer and serial number.
  enum class Name { IssuerAndSerial, KeyIdentifier } name = Name::IssuerAndSerial;
};
struct KekRecipient {
  Bytes key_identifier;
  Secret kek;  // 16, 24 or 32 octets
};
struct PasswordRecipient {
  Secret password;
  std::uint64_t iterations = 600'000;
  // Scrypt costs memory too; few programs read it (RFC 7914).
  enum class Derivation { Pbkdf2, Scrypt } derivation = Derivation::Pbkdf2;
};

struct EncryptOptions {
  ContentCipher cipher = ContentCipher::Aes256Cbc;  // AEAD makes AuthEnvelopedData (MIME-41)
  // Derived: the recipients' key is what the content's is derived from (RFC 9709).
  enum class ContentKey { Direct, Derived } content_key = ContentKey::Direct;
  Oid content_type = kData;
  std::vector<CertificateRecipient> recipients;
  std::vector<KekRecipient> keks;
  std::vector<PasswordRecipient> passwords;
  Limits limits = {};
  const Workers* workers = nullptr;  // for the keys of recipients
};

// A recipient that is named twice is written once. Errors: enc.key-usage, crypto.bad-key
// and crypto.unknown-algorithm for a key that cannot be encrypted to,
// crypto.encrypt-failed, cms.no-recipients, enc.duplicate-recipient (two certificates or
// keys under one name), limit.recipients, limit.iterations.
Result<std::unique_ptr<Writer>> make_enveloped_data_writer(EncryptOptions options,
                                                           crypto::Output output);

Result<std::unique_ptr<Writer>> make_compressed_data_writer(crypto::Output output);

// The capabilities that we state, in order of preference (ATTR-15).
std::vector<Capability> own_capabilities();

}  // namespace bulla::cms
