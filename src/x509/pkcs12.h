// PKCS #12 files (RFC 7292, RFC 9579): keys and certificates under one password.
//
// Read with the ASN.1 layer and libcrypto's primitives, never with its PKCS12_ parser
// (T-126, T-128). A file without MAC is refused: nothing would tell a wrong password
// from a file that was tampered with. Iterations are capped before any derivation
// (T-125).
#pragma once

#include <vector>

#include "bulla/certificate.h"
#include "bulla/key.h"
#include "bulla/limits.h"
#include "bulla/result.h"
#include "bulla/trust.h"

namespace bulla::x509 {

struct Pkcs12 {
  // The private keys, in their order, each with its certificate if the file has it;
  // the chain is all certificates that belong to no key.
  std::vector<Identity> identities;
  // The same keys as DER PrivateKeyInfo, for those who keep them.
  std::vector<Secret> private_key_infos;
  // Certificates that belong to no key.
  std::vector<Certificate> certificates;
};

// Whether the file looks like a PFX: SEQUENCE { INTEGER 3, … }.
bool is_pkcs12(ByteView file);

// The passphrase is UTF-8. An empty one is tried in both forms that programs write.
// Errors: key.bad-passphrase, key.unreadable (with a detail), limit.…,
// crypto.unavailable, and what the certificates and keys in it give.
Result<Pkcs12> load_pkcs12(ByteView file, ByteView passphrase, const Limits& limits = {});

}  // namespace bulla::x509
