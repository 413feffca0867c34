// The public key of a certificate, made once for all copies of it.
#pragma once

#include "bulla/certificate.h"
#include "crypto/public_key.h"

namespace bulla::x509 {

// As crypto::PublicKey::parse(). Limits other than the usual ones make it anew.
Result<crypto::PublicKey> public_key(const Certificate& certificate, const Limits& limits = {});

}  // namespace bulla::x509
