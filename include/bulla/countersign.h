// countersign: a signature over the signatures of a message (RFC 5652 11.4), such as a notary
// adds.
//
//   auto done = bulla::countersign(in, out, {{.identity = notary}}, {.at = now});
//
// What it signs is the signature, not the content: it says that the signature was there.
// The content is neither read nor changed, and its octets pass through. One pass, constant
// memory; nothing exists at `out` unless everything succeeded.
//
// Thread safety: the function has no state.
#pragma once

#include <vector>

#include "bulla/seal.h"

namespace bulla {

struct CountersignOptions {
  Time at = {};                           // that certificates are judged at
  std::optional<Time> signing_time = {};  // else `at`
  Limits limits = {};
};

// Writes the message in the form in which it came, each signature of its outermost layer
// countersigned by each of these, whose certificates are put into the message. Errors:
// policy.absent if that layer is no signature; sig.none if nobody signed; those of seal() for
// signers, and those of malformed input; cms.… where something in the SignedData could not be
// kept.
[[nodiscard]] Result<SealReport> countersign(Source& in, Sink& out,
                                             const std::vector<SignerChoice>& signers,
                                             const CountersignOptions& options);

}  // namespace bulla
