// DirectoryStore: certificates, identities and roots in a folder, by mail address.
//
//   trust/        roots, PEM or DER
//   certs/        certificates of other people
//   identities/   keys with their certificates, one person a file
//
// The names of the files do not matter, except that a PKCS #12 file, whose certificates
// may be encrypted, is found by its name: ADDRESS.p12. Everything is read when it is
// asked for; a person's own store has tens of files. It stands beside the database of the same
// folder (store/store.h), which remembers, finds quickly, and can be written to.
#pragma once

#include <string>
#include <vector>

#include "store/collection.h"

namespace bulla::store {

class DirectoryStore final : public Collection {
 public:
  // An empty name is an empty store.
  explicit DirectoryStore(std::string folder) : folder_(std::move(folder)) {}

  // Files that cannot be read are left out.
  std::vector<Certificate> roots() const;
  std::vector<Certificate> certificates() const;

  // Whoever has an identity can be written to as well.
  Result<std::vector<Certificate>> find_certificates(const std::string& address) const override;

  // Errors: those of load_identity_file().
  Result<std::vector<Identity>> find_identities(const std::string& address,
                                                const KeyAccess& access) const override;

 private:
  std::string folder_;
};

}  // namespace bulla::store
