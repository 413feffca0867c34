// Where a certificate says that more is to be had: its issuer's certificate, lists, a responder.
//
// Whoever made the certificate chose these names and URLs. Nothing here follows them.
#pragma once

#include <string>
#include <vector>

#include "bulla/certificate.h"

namespace bulla::x509 {

// The URLs of authorityInfoAccess (RFC 5280 4.2.2.1), as they stand, in their order.
std::vector<std::string> issuer_urls(const Certificate& certificate);
std::vector<std::string> responder_urls(const Certificate& certificate);

// Those of cRLDistributionPoints (RFC 5280 4.2.1.13), and of freshestCRL (4.2.1.15).
std::vector<std::string> list_urls(const Certificate& certificate);
std::vector<std::string> delta_urls(const Certificate& certificate);

// Names of who may issue lists about the certificate: its issuer, and whom it names.
std::vector<Bytes> list_issuers(const Certificate& certificate);

}  // namespace bulla::x509
