// A CA for a team: makes itself, and issues certificates for mail to who asks.
//
// It certifies the addresses that its operator names, and never what a request says of itself.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "ca/certificate_writer.h"
#include "store/authority_table.h"
#include "x509/certification_request.h"

namespace bulla::ca {

struct AuthorityOptions {
  Bytes name;  // DER Name
  Validity validity;
};
// Errors: those of PrivateKey::sign(), ca.refused for what no CA for mail looks like.
Result<Certificate> make_root(const Issuer& issuer, const AuthorityOptions& options);

struct IssueOptions {
  std::vector<std::string> addresses;  // whose they are, the operator has seen to
  Bytes subject;                       // DER Name, may be the empty one
  Time at;
  std::chrono::seconds lifetime{0};  // no certificate ends after its CA
};
// Errors: ca.refused with the reason; those of CertificationRequest::proves_possession() and of
// PrivateKey::sign().
Result<Certificate> issue(const Issuer& issuer, const store::Authority& authority,
                          const x509::CertificationRequest& request, const IssueOptions& options);

}  // namespace bulla::ca
