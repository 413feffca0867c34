// Content-Transfer-Encoding: one decoder for all of them.
//
//   auto decoder = make_transfer_decoder(header.transfer_encoding(), next);
//   TRY_VOID(decoder->write(body));
//   TRY_VOID(decoder->finish());
#pragma once

#include <cstdint>
#include <memory>

#include "mime/content_type.h"
#include "mime/filter.h"

namespace bulla::mime {

class TransferDecoder : public Filter {
 public:
  using Filter::Filter;

  // What was in the body that the encoding does not have: octets outside the alphabet,
  // escapes that are none, data after the padding. 0 for 7bit, 8bit and binary.
  virtual std::uint64_t malformed() const { return 0; }
};

// 7bit, 8bit, binary and Unknown pass octets on as they are: what an unknown encoding means
// is opaque (RFC 2045 6.4), which the caller reports (mime.unknown-encoding).
std::unique_ptr<TransferDecoder> make_transfer_decoder(TransferEncoding encoding, Sink& next);

}  // namespace bulla::mime
