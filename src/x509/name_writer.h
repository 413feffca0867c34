// Names as a person types them (RFC 4514), for what asks for a certificate.
#pragma once

#include <string_view>

#include "bulla/bytes.h"
#include "bulla/oid.h"
#include "bulla/result.h"

namespace bulla::x509 {

// DER Name of text such as "CN=Alice Lovelace,O=Example,C=DE": the last RDN first, "+" between
// the attributes of one, "\" before a character that would end a value, or before two hexadecimal
// digits. Types by the short names that names are shown with, in any
// case. Empty text is the empty Name.
// Errors: io.usage, for a value too that is longer than RFC 5280 A.1 lets it be.
Result<Bytes> write_name(std::string_view text);

// The Name without the attributes of a type. Errors: asn1.… for what is no Name.
Result<Bytes> without_attribute(ByteView name_der, const Oid& type);

// The Name of one commonName. Errors: io.usage for what cannot stand in one.
Result<Bytes> write_common_name(std::string_view name);

}  // namespace bulla::x509
