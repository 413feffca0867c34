// What an error of X509_verify_cert means in our rules.
#pragma once

#include <optional>

#include "bulla/rule.h"

namespace bulla::x509 {

enum class PathErrorKind {
  NoAnchor,  // the path does not end at a root
  Time,      // a certificate is outside its validity
  NoCrl,     // no usable list covers the certificate
  StaleCrl,  // a list is outside its validity
  BadCrl,    // a list cannot be used
  Revoked,
  UnknownKey,  // libcrypto cannot use the issuer's key
  BadSignature,
  Other,
};

struct PathError {
  PathErrorKind kind = PathErrorKind::Other;
  Rule rule = Rule::PathInvalid;
};

// `error` is one of X509_V_ERR_…; what is not known is path.invalid.
PathError classify(int error);

}  // namespace bulla::x509
