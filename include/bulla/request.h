// Asking a CA for a certificate (PKCS #10, RFC 2986).
//
//   CertificationRequestOptions wish{.addresses = {"alice@example.org"}, .name = "Alice Lovelace"};
//   Bytes request = TRY(write_certification_request(*key, wish));
//   send(write_request_entity(request));  // or PEM, or a form on a page
//
// What comes back is a certificate for the key, whatever the CA made of the wishes: compare its
// subject_public_key_info() with the key's.
//
// Thread safety: functions of their arguments, and of randomness.
// Source: RFC 2986; RFC 2985 5.4.2; RFC 8550 3; RFC 8551 3.8.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/key.h"

namespace bulla {

struct CertificationRequestOptions {
  std::vector<std::string> addresses;       // addr-specs, UTF-8; else those of `like`
  std::optional<std::string> name = {};     // of a person: the commonName
  std::optional<std::string> subject = {};  // the whole Name, as RFC 4514 writes it
  // The certificate that is to be renewed: what the fields above leave open is as in it (but for
  // mail addresses in its subject), and so is the key usage for a key of the same kind.
  std::optional<Certificate> like = {};
  enum class Padding { Pkcs1, Pss } padding = Padding::Pkcs1;  // RSA keys
};

// Whom a request with these options is for.
std::vector<std::string> requested_addresses(const CertificationRequestOptions& wish);

// DER CertificationRequest, signed with the key, which asks for the addresses as subjectAltName,
// for the key usage of such keys, and for emailProtection. Errors: key.cannot-sign, io.usage for
// no address, for what is none or no Name, and for another name than that of `like` for the same
// key, those of PrivateKey::sign().
[[nodiscard]] Result<Bytes> write_certification_request(const PrivateKey& key,
                                                        const CertificationRequestOptions& wish);

// The MIME entity that carries a request to a CA by mail: application/pkcs10 in base64, with lines
// that end with CR LF. A mail's own fields (From, To) can stand before it.
std::string write_request_entity(ByteView request);

}  // namespace bulla
