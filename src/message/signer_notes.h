// What who seals a message should hear of its signers. Warnings: nothing is refused.
#pragma once

#include "bulla/seal.h"
#include "mime/header.h"

namespace bulla {

// Keys below kShortRsaBits, which readers may take for weak (ALG-68): sig.weak-key-accepted.
Findings note_short_keys(const Recipe& recipe);

// A From for which no signer's certificate is, so that readers cannot tell that the author signed
// (RFC 8550 3, CERT-10): address.from-differs or address.none-in-certificate. A signer who is the
// Sender may sign for others.
Findings note_senders(const Recipe& recipe, const mime::Header& header);

}  // namespace bulla
