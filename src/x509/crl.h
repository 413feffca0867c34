// Crl: a certificate revocation list (RFC 5280 5), as far as it must be known before
// libcrypto looks into it.
#pragma once

#include <optional>

#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"
#include "bulla/time.h"

namespace bulla::x509 {

struct Crl {
  ByteView der;
  ByteView issuer;  // Name, as it stands
  Time this_update;
  std::optional<Time> next_update;
  bool is_delta = false;

  // Views into `der`. The list of the revoked is measured and not read, so that a
  // large list costs nothing here. Errors: asn1.…, limit.size.
  static Result<Crl> parse(ByteView der, const Limits& limits = {});
};

}  // namespace bulla::x509
