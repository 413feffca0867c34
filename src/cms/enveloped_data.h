// The parts of EnvelopedData and AuthEnvelopedData that stand around the content
// (RFC 5652 6.1, RFC 5083 2.1).
#pragma once

#include "cms/recipient_info.h"

namespace bulla::cms {

// The certificates of an OriginatorInfo that can be read; they are never trusted.
std::vector<Certificate> read_originator_info(asn1::Reader& in, const Limits& limits);

// SET OF RecipientInfo. Limits::recipients counts each RecipientEncryptedKey.
std::vector<RecipientInfo> read_recipient_infos(asn1::Reader& in, const Limits& limits);

}  // namespace bulla::cms
