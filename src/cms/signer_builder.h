// What one signer adds to a SignedData.
#pragma once

#include "cms/signer_info.h"
#include "cms/writer.h"

namespace bulla::cms {

// Whether this signer can sign at all, before any content is read. Errors:
// cert.key-usage, crypto.unknown-algorithm, crypto.unavailable.
// REQUIRES: key and certificate are there.
Result<void> check_signer_input(const Signer& signer);

// The name of the certificate in `sid`. A certificate without key identifier is named
// by issuer and serial number.
EntityIdentifier signer_name(const Signer& signer);

// Signs content whose digest under signer.scheme.digest is `content_digest`. Without a content
// type it is a countersignature, with the attributes of one (CMS-42, CMS-44).
Result<SignerInfo> make_signer_info(const Signer& signer, const std::optional<Oid>& content_type,
                                    ByteView content_digest);

}  // namespace bulla::cms
