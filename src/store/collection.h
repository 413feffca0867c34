// Collection: certificates and identities by address, wherever they are kept.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/choice.h"
#include "store/identity.h"

namespace bulla::store {

class Collection {
 public:
  virtual ~Collection() = default;

  // All certificates for exactly this address (CERT-14), in any order.
  virtual Result<std::vector<Certificate>> find_certificates(const std::string& address) const = 0;

  // All identities for exactly this address, in any order. A key may be opened only when it is
  // used (store/locked_key.h).
  virtual Result<std::vector<Identity>> find_identities(const std::string& address,
                                                        const KeyAccess& access) const = 0;
};

using Collections = std::span<const Collection* const>;

// The certificates for the address, the one to use first. Errors: key.unknown-address.
Result<std::vector<Candidate>> find_candidates(Collections collections, const Wish& wish);

// The first of them, whatever it lacks. Errors: the same.
Result<Certificate> find_recipient(Collections collections, const Wish& wish);

// The identities for the address, the newest first. Errors: key.unknown-address.
Result<std::vector<Identity>> find_identities(Collections collections, const std::string& address,
                                              const KeyAccess& access);

// Whether the key usage allows to encrypt to it.
bool may_encrypt(const Certificate& certificate);

}  // namespace bulla::store
