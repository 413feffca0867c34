// Domains as A-labels (RFC 5890, RFC 3492).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bulla::x509 {

// The domain in lower-case ASCII, each label that is not ASCII as its A-label.
// Nothing for what is no domain: an empty or too long label, a trailing dot,
// spaces, control characters, ill-formed UTF-8, or more than 253 octets.
//
// Nothing is mapped but the case of ASCII letters: a U-label is already lower case
// and in normal form C (RFC 5891 4.2), and one that is not equals no other label.
std::optional<std::string> domain_to_ascii(std::string_view domain);

}  // namespace bulla::x509
