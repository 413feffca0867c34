// What `cert import` and `key import` are given, read and ready to be kept.
#pragma once

#include "cli/store_options.h"
#include "store/store.h"

namespace bulla::cli {

struct Reading {
  store::Import asked;      // what files hold
  store::Import harvested;  // what mails with valid signatures bring
  // Files of a folder that hold nothing of use, values of LDIF that are no certificates.
  std::vector<Error> passed_over;
  std::size_t left_keys = 0;  // private keys in files of `cert import`
};

// Certificates: PEM, DER, certs-only CMS, PKCS #12, LDIF, mail that is signed or holds
// certificates, a folder of these, or the fingerprint of one that is held. Errors: those of the
// files, and store.unproven for a mail whose signature is not valid.
Result<Reading> read_certificates(const StoreOptions& options, const store::Store& store);

// Keys with their certificates: PEM, PKCS #12, or DER. A key gets the passphrase that opened
// its PKCS #12 file, a new one, or none if the options say so. Errors: those of the files,
// key.no-private-key, store.plain-key.
Result<Reading> read_keys(const StoreOptions& options);

// How a private key that has no passphrase is kept.
struct NewPassphrase {
  std::optional<std::string> file;  // else it is asked for
  StoreOptions::Plain plain = StoreOptions::Plain::Refuse;
};
// A PrivateKeyInfo as the store takes it. `called` is what a person is told of it: "the key in
// alice.pem". Errors: store.plain-key, those of the file.
Result<store::KeyRow> lock_key(const PrivateKey& key, ByteView pkcs8, const std::string& called,
                               const NewPassphrase& passphrase);

// The certificate or the fingerprint that a word means: all of a file, or those in the store
// for an address or a fingerprint (or the beginning of one). Errors: store.unknown, those of
// the file.
Result<std::vector<store::CertificateRow>> find_what(const store::Store& store,
                                                     const std::string& what);

// The keys that a word means: those of the certificates that find_what() gives, those that were
// made for the address, or those with the fingerprint. Each once. Errors: store.unknown.
Result<std::vector<store::KeyRow>> find_keys(const store::Store& store, const std::string& what);
// The one among them. Errors: store.unknown, store.ambiguous.
Result<store::KeyRow> find_key(const store::Store& store, const std::string& what);

// Whether the word is eight to 64 hexadecimal digits; colons between them are allowed.
std::optional<std::string> read_fingerprint(std::string_view word);

}  // namespace bulla::cli
