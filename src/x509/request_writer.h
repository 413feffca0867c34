// Writes what asks a CA for a certificate (PKCS #10, RFC 2986).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bulla/key.h"

namespace bulla::x509 {

// What is asked for, beside the key.
struct RequestedNames {
  Bytes subject;                       // DER Name, may be the empty one
  std::vector<std::string> addresses;  // addr-specs, UTF-8
  // The extnValue of a KeyUsage to ask for again; else what fits the kind of the key.
  std::optional<Bytes> key_usage;
};

// DER CertificationRequest, signed with the key (CERT-65). Asks for the addresses in
// subjectAltName (RFC 8550 3, CERT-08), for the key usage, and for emailProtection. Errors:
// io.usage for no address and for what is none, those of PrivateKey::sign().
Result<Bytes> write_certification_request(const PrivateKey& key, const SignatureScheme& scheme,
                                          const RequestedNames& names);

}  // namespace bulla::x509
