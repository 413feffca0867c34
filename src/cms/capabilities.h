// SMIMECapabilities (RFC 8551 2.5.2): the list, and what it means in terms of our tables.
#pragma once

#include <vector>

#include "bulla/limits.h"
#include "cms/attribute.h"
#include "crypto/algorithm_table.h"

namespace bulla::cms {

// The certificate extension has the OID of the attribute (RFC 4262 2).
std::vector<Capability> read_capabilities(asn1::Reader& in);
// The DER of SMIMECapabilities, in the order of the list.
Bytes encode_capabilities(const std::vector<Capability>& capabilities);
Result<std::vector<Capability>> decode_capabilities(ByteView der, const Limits& limits = {});

// What is known here of a list, each group in the order of the list, preferred first.
struct StatedAlgorithms {
  std::vector<ContentCipher> ciphers;
  std::vector<SignatureScheme> signatures;  // algorithm and digest
  std::vector<TransportScheme> transports;
  std::vector<crypto::KeyAgreement> agreements;
  bool derives_content_keys = false;  // RFC 9709
};
StatedAlgorithms interpret(const std::vector<Capability>& capabilities);

}  // namespace bulla::cms
