// Whether a certificate is for a mail address (RFC 8550 3, RFC 9598, CERT-07 to CERT-16).
#pragma once

#include <optional>
#include <string_view>

#include "bulla/certificate.h"

namespace bulla::x509 {

// The From check folds ASCII case in the local part; choosing a certificate to
// encrypt to does not (CERT-14).
enum class LocalPart { IgnoreCase, Exact };

// The address of the certificate that equals addr_spec (UTF-8, "local@domain", no
// quoting needed), or nothing. SAN addresses come first; emailAddress in the subject
// counts only if the SAN has no address (T-78). Domains are compared as A-labels.
std::optional<CertificateAddress> match_address(const Certificate& certificate,
                                                std::string_view addr_spec,
                                                LocalPart local_part = LocalPart::IgnoreCase);

// Two addr-specs, as above.
bool equal_addresses(std::string_view a, std::string_view b, LocalPart local_part);

}  // namespace bulla::x509
