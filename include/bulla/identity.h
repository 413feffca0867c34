// Identities from key files, by their octets.
//
//   auto mine = bulla::load_identities(octets_of("alice.p12"), as_bytes("passphrase"));
//   if (mine) sign.signers = {{.identity = mine->front(), .digest = {}}};
//
// Thread safety: a function of its arguments.
#pragma once

#include <vector>

#include "bulla/trust.h"

namespace bulla {

// Reads PEM with keys and certificates in any order, PKCS #12 (RFC 7292), or one DER
// private key. One Identity for each pair of key and certificate, the newest certificate
// first, with the file's other certificates as its chain; and one for each key without
// a certificate. The passphrase serves everything in the file that is encrypted.
// Errors: key.no-private-key, key.mismatch, key.passphrase-needed, key.bad-passphrase,
// key.unreadable, crypto.bad-key, crypto.unavailable.
[[nodiscard]] Result<std::vector<Identity>> load_identities(ByteView file,
                                                            ByteView passphrase = {});

}  // namespace bulla
