// LDIF: entries as directories write them out, and changes of entries (RFC 2849); of these the
// certificates.
//
// Taken are the values of userCertificate and cACertificate (RFC 4523 2.1, 2.2) and of
// userSMIMECertificate (RFC 2798 2.8: a signed message, of which the certificates count and the
// signature does not), with ";binary" or without. What a change takes away is not taken. A value
// that stands at a URL is left where it is: nothing is opened or fetched because a file says so.
#pragma once

#include <vector>

#include "bulla/certificate.h"

namespace bulla::store {

// Whether the first line that says something is "version:" or "dn:".
bool is_ldif(ByteView file);

struct LdifContents {
  std::vector<Certificate> certificates;  // each once, in the order of the file
  // Values of these attributes of which nothing could be taken: key.ldif-url, and why one is no
  // certificate. The offset is that of their line.
  std::vector<Error> passed_over;
};

// Errors: key.bad-ldif at the offset of the line; limit.certificates for more than ten thousand
// certificates, or a thousand values that are none.
Result<LdifContents> read_ldif(ByteView file, const Limits& limits = {});

}  // namespace bulla::store
