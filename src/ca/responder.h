// The answers of a CA about its certificates (OCSP, RFC 6960): it signs them itself.
#pragma once

#include <functional>
#include <optional>

#include "ca/certificate_writer.h"
#include "store/authority_table.h"

namespace bulla::ca {

// What was issued with this serial number (octets of the INTEGER), if anything was.
using FindIssued = std::function<Result<std::optional<store::Issued>>(ByteView serial)>;

struct Window {
  Time this_update;
  Time next_update;
};

struct Answered {
  Bytes response;  // DER OCSPResponse
  std::size_t good = 0;
  std::size_t revoked = 0;
  std::size_t unknown = 0;
  std::string refused = {};  // why there is no status in it; else empty
};

// The answer to an OCSPRequest about certificates of this root, with the nonce of the request
// (RFC 9654 2.1). A request that cannot be read, and one about another CA's certificates, get an
// answer too: malformedRequest, unauthorized (RFC 6960 2.3). Errors: those of `find_issued` and of
// PrivateKey::sign().
Result<Answered> answer_request(const Issuer& issuer, const Certificate& root, ByteView request,
                                const Window& window, const FindIssued& find_issued);

}  // namespace bulla::ca
