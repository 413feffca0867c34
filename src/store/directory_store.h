// DirectoryStore: certificates, identities and roots in a folder, by mail address.
//
//   trust/        roots, PEM or DER
//   certs/        certificates of other people
//   identities/   keys with their certificates, one person a file
//
// The names of the files do not matter, except that a PKCS #12 file, whose certificates
// may be encrypted, is found by its name: ADDRESS.p12. Everything is read when it is
// asked for; a person's own store has tens of files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/identity.h"

namespace bulla::store {

class DirectoryStore {
 public:
  // An empty name is an empty store.
  explicit DirectoryStore(std::string folder) : folder_(std::move(folder)) {}

  // Files that cannot be read are left out.
  std::vector<Certificate> roots() const;
  std::vector<Certificate> certificates() const;

  // The certificate to encrypt to: for exactly this address (CERT-14), allowed to
  // encrypt, valid at the time if there is one, and of those the newest. Errors:
  // key.unknown-address.
  Result<Certificate> find_recipient(const std::string& address, Time at) const;

  // The identities for exactly this address, the newest first. Errors:
  // key.unknown-address, and those of load_identity_file().
  Result<std::vector<Identity>> find_identities(const std::string& address,
                                                const AskPassphrase& ask) const;

 private:
  std::string folder_;
};

// The certificate to encrypt to among these, or nothing.
std::optional<Certificate> choose_recipient(const std::vector<Certificate>& certificates,
                                            const std::string& address, Time at);

}  // namespace bulla::store
