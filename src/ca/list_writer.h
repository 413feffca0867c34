// Writes the list of what a CA has revoked (CRL, RFC 5280 5).
#pragma once

#include <vector>

#include "ca/certificate_writer.h"
#include "store/authority_table.h"

namespace bulla::ca {

struct ListOptions {
  std::int64_t number = 0;  // greater than that of the list before
  Time this_update;
  Time next_update;
};

// DER CertificateList of everything that was ever revoked, expired or not: signatures of before
// are judged by it. Errors: those of PrivateKey::sign().
Result<Bytes> write_list(const Issuer& issuer, const Certificate& root,
                         const std::vector<store::Issued>& revoked, const ListOptions& options);

}  // namespace bulla::ca
