// The certificate as libcrypto's object, made once for all copies of it.
#pragma once

#include <openssl/x509.h>

#include "bulla/certificate.h"

namespace bulla::x509 {

// nullptr if libcrypto cannot read it. Lives as long as any copy of the certificate;
// libcrypto's functions on it may be called from several threads.
X509* libcrypto_certificate(const Certificate& certificate);

}  // namespace bulla::x509
