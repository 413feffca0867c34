// convert(): a signed mail as multipart/signed or as application/pkcs7-mime, whichever it was
// before, with the same signature.
//
//   auto done = bulla::convert(in, out, bulla::Sign::Form::Opaque, {});
//
// Nothing is signed again: the signer's octets, signatures and certificates move from one place
// to the other as they are, and what verified before verifies after. How the message was
// written is recorded in its header (X-Bulla-Wrapping, docs/decisions), so that converting it
// back gives the body that it had, octet for octet. A record that gives another body than it says,
// or a mail with another content or signature, is not followed: mime.not-restorable.
//
// Constant memory; the input is read several times. Thread safety: the function has no state.
#pragma once

#include "bulla/seal.h"
#include "bulla/stream.h"

namespace bulla {

struct ConvertOptions {
  Limits limits = {};
  // Threads for writing, as in SealOptions.
  const Workers* workers = nullptr;
};

// A message that has this form already comes out unchanged. Nothing exists at `out` unless
// everything succeeded. REQUIRES: in.rewind() can. Errors: policy.absent if the
// outermost layer is no signature; mime.not-an-entity for bare CMS and for content that is no
// MIME entity; cms.content-type for content that is not id-data; mime.not-seven-bit
// for content that mail cannot carry outside of base64; mime.mixed-line-ends where it is not known
// which line ends were signed; those of malformed input.
[[nodiscard]] Result<SealReport> convert(Source& in, Sink& out, Sign::Form to,
                                         const ConvertOptions& options);

}  // namespace bulla
