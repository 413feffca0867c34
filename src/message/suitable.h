// Whether a certificate serves for what it shall be used for at this time (RFC 8550 4.4.2, 4.4.4).
// What does not change with time is said first.
#pragma once

#include "bulla/certificate.h"

namespace bulla {

// To encrypt mail to. Errors: enc.key-usage, enc.expired-recipient, crypto.unknown-algorithm,
// crypto.unavailable.
Result<void> check_recipient(const Certificate& certificate, Time at);

// The dates alone. Errors: cert.expired, cert.not-yet-valid.
Result<void> check_validity(const Certificate& certificate, Time at);

// For signatures, whatever they are for. Errors: cert.key-usage, cert.expired,
// cert.not-yet-valid.
Result<void> check_signatures(const Certificate& certificate, Time at);

// To sign mail with. Errors: those of check_signatures(), cert.extended-key-usage.
Result<void> check_signer(const Certificate& certificate, Time at);

}  // namespace bulla
