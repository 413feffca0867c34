// The private keys that a pkcs11: URI names, with the certificates of the token that belong to
// them.
//
// Thread safety: may be called from several threads.
#pragma once

#include "bulla/trust.h"
#include "store/key_file.h"
#include "token/access.h"

namespace bulla::token {

// One Identity for each pair of key and certificate, as load_identity_file() gives them. A key
// without either a certificate or a public key object beside it is an RSA key, or cannot be used.
// Errors: key.token-uri, those of Session::open(), crypto.unavailable.
Result<std::vector<Identity>> load_identities(std::string_view uri, const Access& access,
                                              const store::AskPassphrase& ask);

}  // namespace bulla::token
