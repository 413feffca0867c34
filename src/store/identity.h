// Identities, recipients and roots from files.
//
//   auto mine = load_identity_file("alice.p12", ask);
//   auto signer = choose_signer(*mine, now);
//
// Everything that a message must not decide is decided here: which certificate belongs
// to a key (the same SubjectPublicKeyInfo, nothing else), and which of several is used.
#pragma once

#include <string>
#include <vector>

#include "bulla/seal.h"
#include "bulla/trust.h"
#include "store/key_file.h"

namespace bulla::store {

// A PEM file with keys and certificates, a PKCS #12 file, or a bare private key in PEM or
// DER. One Identity for each pair of key and certificate, the newest certificate first,
// and one for each key without a certificate. Errors: io.…, key.no-private-key,
// key.mismatch, key.passphrase-needed, key.bad-passphrase, key.unreadable.
Result<std::vector<Identity>> load_identity_file(const std::string& path, const AskPassphrase& ask);

// The same for the octets of a file; `path` is what `ask` is told.
Result<std::vector<Identity>> read_identities(ByteView file, const std::string& path,
                                              const AskPassphrase& ask);

// The identities that keys and certificates make. `path` is for errors.
Result<std::vector<Identity>> pair_keys(const std::vector<PrivateKeyPtr>& keys,
                                        const std::vector<Certificate>& certificates,
                                        const std::string& path);

// Gives bare keys the certificates from elsewhere that belong to them.
std::vector<Identity> add_certificates(std::vector<Identity> identities,
                                       const std::vector<Certificate>& certificates);

// The identity to sign with, as rank() says (store/choice.h). Errors: key.no-certificate.
Result<Identity> choose_signer(const std::vector<Identity>& identities, Time at);

// All certificates of a file, as load_certificates() reads them.
Result<std::vector<Certificate>> load_certificate_file(const std::string& path);

// The recipient in a certificate file: the first that is no CA, or the only one. All of the file
// are its chain.
Result<RecipientChoice> load_recipient_file(const std::string& path);

// The certificates of a file, or of all files of a folder that hold any.
Result<std::vector<Certificate>> load_roots(const std::string& path);

// The DER CertificateLists of a file: PEM ("X509 CRL") or DER.
Result<std::vector<Bytes>> load_crl_file(const std::string& path);

}  // namespace bulla::store
