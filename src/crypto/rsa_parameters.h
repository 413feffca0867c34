// The parameters that RSASSA-PSS and RSAES-OAEP share (RFC 4055).
#pragma once

#include <optional>

#include "asn1/reader.h"
#include "asn1/writer.h"
#include "bulla/algorithm.h"

namespace bulla::crypto {

// RSASSA-PSS-params, as a scheme. Also in the SubjectPublicKeyInfo of a PSS key.
SignatureScheme read_pss_parameters(asn1::Reader& in);
Bytes write_pss_parameters(const SignatureScheme& scheme);

// RSAES-OAEP-params, as a scheme.
TransportScheme read_oaep_parameters(asn1::Reader& in);
Bytes write_oaep_parameters(const TransportScheme& scheme);

}  // namespace bulla::crypto
