// The ports through which certificates, trust and revocation come in.
//
// The library reaches no file, store or network by itself: it asks these. All of
// them answer from what they have at hand; a slow source belongs behind a cache.
//
// Thread safety: const functions may be called from several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/key.h"

namespace bulla {

// A source whose answers may be remembered by a Session. One whose answers have
// changed calls changed() before it gives the new ones.
class Versioned {
 public:
  virtual ~Versioned() = default;
  // A number that no other source has, and that this one had at no other time.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 protected:
  Versioned() : version_(next_version()) {}
  Versioned(const Versioned&) : version_(next_version()) {}
  Versioned& operator=(const Versioned&) {
    changed();
    return *this;
  }
  void changed() { version_.store(next_version(), std::memory_order_release); }

 private:
  static std::uint64_t next_version();
  std::atomic<std::uint64_t> version_;
};

// Roots that a person or an administrator decided to trust for mail.
class TrustStore : public Versioned {
 public:
  // The roots with this subject Name (DER, compared as names: CERT-30).
  virtual std::vector<Certificate> find_by_subject(ByteView subject_der) const = 0;
  // Whether this very certificate is a root.
  virtual bool contains(const Certificate& certificate) const = 0;
};

// More certificates to build paths from and to find signers in. Not trusted.
class CertSource : public Versioned {
 public:
  virtual std::vector<Certificate> find_by_subject(ByteView subject_der) const = 0;
  virtual std::vector<Certificate> find_by_issuer_serial(ByteView issuer_der,
                                                         ByteView serial) const = 0;
  virtual std::vector<Certificate> find_by_key_identifier(ByteView identifier) const = 0;
};

// Revocation lists, as DER CertificateLists, and answers of responders, as DER OCSPResponses (RFC
// 6960). Signature and scope are checked later.
class RevocationSource : public Versioned {
 public:
  virtual std::vector<Bytes> find_by_issuer(ByteView issuer_der) const = 0;
  // About the certificate with this serial number (INTEGER contents) of this issuer.
  virtual std::vector<Bytes> find_answers(ByteView issuer_der, ByteView serial) const {
    (void)issuer_der, (void)serial;
    return {};
  }
};

// A private key with the certificate that it belongs to. A bare private key has
// no certificate; it is matched by the key identifier computed from it.
struct Identity {
  PrivateKeyPtr key;
  std::optional<Certificate> certificate;
  std::vector<Certificate> chain;  // issuers, without the root, in any order
};

// How a RecipientInfo names its recipient.
struct RecipientName {
  ByteView issuer_der;      // with serial, or both empty
  ByteView serial_number;   // INTEGER contents
  ByteView key_identifier;  // or empty
};

// Private keys for decryption.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // The identities that this name fits, best first. A key without certificate fits
  // by its computed key identifier.
  virtual std::vector<Identity> find(const RecipientName& name) const = 0;
  // Identities without a certificate, for messages with one recipient of their kind.
  virtual std::vector<Identity> without_certificate() const = 0;
  // A key-encryption key by its identifier (KEKRecipientInfo), or empty.
  virtual Secret find_kek(ByteView key_identifier) const = 0;
  // Passwords to try on PasswordRecipientInfos.
  virtual std::vector<Secret> passwords() const = 0;
  // Content keys that both sides had before (EncryptedData); one of the cipher's size
  // serves.
  virtual std::vector<Secret> content_keys() const { return {}; }
};

// All four over vectors in memory.
std::unique_ptr<TrustStore> make_trust_store(std::vector<Certificate> roots);
std::unique_ptr<CertSource> make_cert_source(std::vector<Certificate> certificates);
std::unique_ptr<RevocationSource> make_revocation_source(std::vector<Bytes> crls);
std::unique_ptr<KeySource> make_key_source(std::vector<Identity> identities);

}  // namespace bulla
