// What names in certificates must look like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "asn1/tag.h"
#include "bulla/bytes.h"

namespace bulla::x509::lint {

// "Preferred name syntax" of RFC 1034 3.5 with RFC 1123 2.1, of any length.
bool is_domain(std::string_view text);
// Over 253 octets, or a label over 63 (RFC 1035 2.3.4).
bool is_domain_too_long(std::string_view text);

// What stands behind the last "@"; empty if there is none.
std::string_view domain_of(std::string_view address);
// Mailbox of RFC 5321 4.1.2, in ASCII.
bool is_mailbox(std::string_view text);
// The same for each character beyond ASCII in the local part (RFC 6531 3.3), whatever the domain.
bool is_local_part(std::string_view text);

struct Uri {
  std::string scheme;  // lower case
  bool has_authority = false;
  std::string host;  // without user and port
};
// Nothing if it is relative, or has characters that RFC 3986 has not.
std::optional<Uri> parse_uri(std::string_view text);
// Whether a host is a name or an address.
bool is_host(std::string_view host);

// A Legal Entity Identifier: 18 letters and digits and two check digits (ISO 17442).
bool is_lei_form(std::string_view text);
// ISO 7064 MOD 97-10. REQUIRES: is_lei_form().
bool has_lei_checksum(std::string_view text);

// Officially assigned codes of ISO 3166-1 alpha-2, upper case.
bool is_country_code(std::string_view code);

}  // namespace bulla::x509::lint
