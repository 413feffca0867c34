// Certificate: an X.509 certificate, read once, shared cheaply.
//
//   Result<Certificate> alice = Certificate::parse(der);
//   if (alice) std::cout << alice->subject() << '\n';
//
// A parsed certificate is well-formed and no more: nothing here says that it is
// valid, trusted or meant for mail. That is path validation (x509::PathFinder).
//
// Copies share one immutable object. Views stay valid as long as any copy lives.
// Source: RFC 5280 4; RFC 8550 4.4; RFC 9598.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/oid.h"
#include "bulla/result.h"
#include "bulla/time.h"

namespace bulla {

// The bits of the KeyUsage extension (RFC 5280 4.2.1.3), by their numbers.
enum class KeyUsage : unsigned {
  DigitalSignature = 0,
  NonRepudiation = 1,
  KeyEncipherment = 2,
  DataEncipherment = 3,
  KeyAgreement = 4,
  KeyCertSign = 5,
  CrlSign = 6,
};

// Where in a certificate a mail address stands.
enum class AddressSource { Rfc822Name, SmtpUtf8Mailbox, SubjectEmailAddress };

struct CertificateAddress {
  std::string address;  // UTF-8, as written in the certificate
  AddressSource source = AddressSource::Rfc822Name;
};

struct CertificateExtension {
  Oid oid;
  bool critical = false;
  ByteView value;  // the contents of extnValue
};

class Certificate {
 public:
  // DER alone, one certificate, nothing behind it. Errors: asn1.…, limit.…,
  // cert.malformed. A public key of an unknown kind is no error.
  [[nodiscard]] static Result<Certificate> parse(Bytes der, const Limits& limits = {});

  ByteView der() const;
  ByteView tbs_certificate() const;  // the octets that the issuer signed
  unsigned version() const;          // 1, 2 or 3

  ByteView serial_number() const;  // INTEGER contents
  ByteView issuer_der() const;     // Name, as it stands
  ByteView subject_der() const;
  // RFC 4514 text, UTF-8, unescaped for display: escape it before printing.
  std::string issuer() const;
  std::string subject() const;
  // The last commonName of the subject, or the whole subject.
  std::string common_name() const;

  Time not_before() const;
  Time not_after() const;

  ByteView subject_public_key_info() const;  // DER
  KeyKind key_kind() const;
  std::size_t key_bits() const;  // 0 if the kind is unknown
  // "RSA 2048", "EC P-256", "Ed25519".
  std::string key_description() const;
  // "RSA PKCS #1 v1.5 with SHA-256", or the dotted OID.
  std::string signature_description() const;

  // All addresses, SAN first; of the subject only emailAddress (CERT-07).
  const std::vector<CertificateAddress>& addresses() const;

  // KeyUsage absent means every usage (CERT-37).
  bool allows(KeyUsage usage) const;
  bool has_key_usage() const;
  // The purposes of ExtendedKeyUsage; nothing if the extension is absent.
  const std::optional<std::vector<Oid>>& extended_key_usage() const;
  bool is_ca() const;
  std::optional<std::size_t> path_length() const;  // pathLenConstraint
  std::optional<ByteView> subject_key_identifier() const;
  std::optional<ByteView> authority_key_identifier() const;  // keyIdentifier
  const std::vector<CertificateExtension>& extensions() const;
  const CertificateExtension* extension(const Oid& oid) const;
  // Subject and issuer are the same Name (it may still be signed by another key).
  bool is_self_issued() const;

  ByteView sha256() const;  // of der()
  ByteView sha1() const;    // of der(); identifies, never protects

  friend bool operator==(const Certificate& a, const Certificate& b) {
    return equal(a.der(), b.der());
  }

  struct Data;  // private to the library
  const Data& data() const;

 private:
  explicit Certificate(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

// Reads every certificate of a PEM file (text around the blocks is passed over)
// or one DER certificate, or the certificates of a DER or PEM certs-only CMS.
[[nodiscard]] Result<std::vector<Certificate>> load_certificates(ByteView file,
                                                                 const Limits& limits = {});

}  // namespace bulla
