// The key identifier of RFC 5280 4.2.1.2 (1), computed.
#pragma once

#include "bulla/bytes.h"
#include "bulla/certificate.h"
#include "bulla/result.h"

namespace bulla::x509 {

// The octets in the BIT STRING of a SubjectPublicKeyInfo.
Result<ByteView> subject_public_key(ByteView spki);

// SHA-1 of the octets in the BIT STRING of a SubjectPublicKeyInfo: how a bare key is
// recognised where a message names its recipient by key identifier.
Result<Bytes> key_identifier(ByteView spki);

// Whether a message that names a certificate by this identifier means this one: its
// subjectKeyIdentifier, or the computed one where it has none.
bool has_key_identifier(const Certificate& certificate, ByteView identifier);

}  // namespace bulla::x509
