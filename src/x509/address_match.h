// Whether a certificate is for a mail address (RFC 8550 3, RFC 9598, CERT-07 to CERT-16).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// The addr-spec as a new certificate has it (CERT-15, CERT-17): as SmtpUTF8Mailbox if its local
// part is not ASCII, else as rfc822Name, and its domain in A-labels. Nothing for what is no
// address.
std::optional<CertificateAddress> certificate_address(std::string_view addr_spec);

// What an addr-spec is filed under: the same for two of them exactly when they are equal with
// LocalPart::Exact. Nothing for what is no address.
std::optional<std::string> filing_name(std::string_view addr_spec);

// The filing names of the addresses that match_address() can give for this certificate, each
// once.
std::vector<std::string> filing_names(const Certificate& certificate);

// Two addr-specs, as above.
bool equal_addresses(std::string_view a, std::string_view b, LocalPart local_part);

}  // namespace bulla::x509
