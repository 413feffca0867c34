// Countersignatures (RFC 5652 11.4): SignerInfos, as unsigned attributes, that sign the
// signature value of the SignerInfo around them.
#pragma once

#include "cms/verify.h"
#include "cms/writer.h"

namespace bulla::cms {

// Those of one signer. A value that is no SignerInfo is passed over and counted.
struct Countersignatures {
  std::vector<SignerInfo> signers;
  std::size_t malformed = 0;
};
Countersignatures read_countersignatures(const SignerInfo& signer, const Limits& limits);

// As check_signer(). The content is `signature`; there is no content type and no list of
// digests.
SignerCheck check_countersigner(const SignerInfo& countersigner, ByteView signature,
                                const std::vector<Certificate>& candidates, const Limits& limits);

// Signs `signature`, with signer.attributes and those that RFC 2634 1.3.4 leaves to a
// countersigner: messageDigest, signingTime and signingCertificateV2 (CMS-42, CMS-44).
Result<SignerInfo> make_countersignature(const Signer& signer, ByteView signature);

// Adds a further value. One attribute holds them all: some readers look at the first alone.
void add_unsigned_value(SignerInfo& signer, const Oid& type, Bytes value);

}  // namespace bulla::cms
