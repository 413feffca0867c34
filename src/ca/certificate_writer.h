// Writes certificates (RFC 5280 4): the root of a CA, and those of people for mail (RFC 8550).
#pragma once

#include <string>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/key.h"
#include "bulla/time.h"
#include "store/authority_table.h"

namespace bulla::ca {

// Who signs.
struct Issuer {
  const PrivateKey& key;
  SignatureScheme scheme;
};
// With the scheme that fits the key. Errors: key.cannot-sign, crypto.…
Result<Issuer> make_issuer(const PrivateKey& key);

struct Validity {
  Time not_before;
  Time not_after;
};

// A serial number of 16 random octets: nobody foresees it (RFC 5280 4.1.2.2).
Result<Bytes> make_serial_number();

// The certificate of a CA, signed by itself; it may issue no other CA. Errors: those of
// PrivateKey::sign().
Result<Certificate> write_root(const Issuer& issuer, ByteView name, const Validity& validity);

// What a certificate for mail says.
struct MailCertificate {
  Bytes subject;                       // DER Name, may be the empty one
  std::vector<std::string> addresses;  // addr-specs, UTF-8
  Bytes subject_public_key_info;
  Bytes key_usage;  // extnValue
  Validity validity;
};

// Errors: io.usage for what is no address, those of PrivateKey::sign().
Result<Certificate> write_mail_certificate(const Issuer& issuer, const Certificate& root,
                                           const store::PublishedAt& places,
                                           const MailCertificate& what);

}  // namespace bulla::ca
