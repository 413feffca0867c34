// SEQUENCE { what is signed, AlgorithmIdentifier, BIT STRING }: the form that certificates, lists,
// requests and answers of responders have in common (RFC 5280 4.1.1, 5.1.1; RFC 2986 4.2; RFC 6960
// 4.2.1).
#pragma once

#include "bulla/key.h"

namespace bulla::x509 {

// Errors: those of PrivateKey::sign().
Result<Bytes> write_signed(const PrivateKey& key, const SignatureScheme& scheme,
                           ByteView to_be_signed);

}  // namespace bulla::x509
