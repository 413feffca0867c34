// Writes the extensions of RFC 5280 4.2.1 that certificates for mail have, and what asks for them.
#pragma once

#include <string>
#include <vector>

#include "asn1/writer.h"
#include "bulla/key.h"
#include "x509/extensions.h"

namespace bulla::x509 {

enum class Criticality : std::uint8_t { NonCritical, Critical };

void write_extension(asn1::Writer& out, const Oid& oid, Criticality criticality, ByteView value);

// subjectAltName of these mail addresses, UTF-8. Errors: io.usage for what is no address.
Result<Bytes> write_alternative_name(const std::vector<std::string>& addresses);
// Without a subject it is all that names somebody (RFC 5280 4.2.1.6).
Criticality alternative_name_criticality(ByteView subject);

// KeyUsage of all that such a key can do in mail.
Bytes usual_key_usage(KeyKind kind);

// AuthorityKeyIdentifier of a key identifier alone.
Bytes write_authority_key_identifier(ByteView identifier);

// ExtKeyUsageSyntax of one purpose.
Bytes write_purpose(const Oid& purpose);

}  // namespace bulla::x509
