// How a certificate is handed to others: in a certs-only message, in the DNS, in a directory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/result.h"

namespace bulla {

// The DER of a certs-only message (RFC 8551 3.8, MIME-44, MIME-50). Errors: limits that a reader
// would refuse.
Result<Bytes> write_certs_only(std::vector<Certificate> certificates);

// The same as a MIME entity: header, empty line, base64, with CR LF.
std::string write_certs_only_entity(ByteView der);

// The domain name under which the certificates of an address stand in the DNS, with the dot of the
// root behind it: 28 octets of the local part's SHA-256 in hexadecimal, and "_smimecert" (RFC 8162
// 3). Nothing for what is no address, or whose domain is no name. The local part is taken as it
// stands, without its quotes: its case counts, and it is to be in Unicode's form C.
Result<std::optional<std::string>> smimea_name(std::string_view addr_spec);

// A resource record for a zone file (RFC 1035 5.1): DANE-EE, the whole certificate (3 0 0).
// REQUIRES: a name that smimea_name() gave. Errors: limit.size, for what no record holds.
Result<std::string> write_smimea_record(std::string_view name, const Certificate& certificate);

// A change record of LDIF (RFC 2849) that adds userCertificate;binary (RFC 4523 2.1) to the entry
// with this distinguished name. REQUIRES: a certificate, and UTF-8.
std::string write_ldif_change(std::string_view distinguished_name,
                              const std::vector<Certificate>& certificates);

}  // namespace bulla
