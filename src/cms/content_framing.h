// ContentFraming: the ContentInfo around content that comes in chunks.
//
//   ContentInfo   SEQUENCE { contentType, [0] EXPLICIT
//     …Data       SEQUENCE { header…,
//       …Content  SEQUENCE { content header…, the content OPTIONAL },
//                            tail… }}
//
// SignedData, EnvelopedData, AuthEnvelopedData and CompressedData all have this shape.
// Content of up to kDerLimit octets, as they stand in the message, is held back and
// written with definite lengths: the whole is then DER. At the first octet more, all
// that encloses content gets an indefinite length, and the content leaves in primitive
// OCTET STRINGs of kChunk octets: memory is constant from there on (CMS-06).
//
// Thread safety: one thread at a time.
#pragma once

#include "asn1/tag.h"
#include "bulla/oid.h"
#include "crypto/cipher.h"

namespace bulla::cms {

class ContentFraming {
 public:
  static constexpr std::size_t kChunk = 64u << 10;

  // eContent [0] EXPLICIT OCTET STRING, or encryptedContent [0] IMPLICIT OCTET STRING.
  enum class Wrap { Explicit, Implicit };

  struct Shape {
    Oid type;
    Bytes header;          // encoded elements in front of the …Content
    Bytes content_header;  // encoded elements in front of the content
    Wrap wrap = Wrap::Explicit;
  };

  ContentFraming(Shape shape, crypto::Output output)
      : shape_(std::move(shape)), output_(std::move(output)) {}

  [[nodiscard]] Result<void> write(ByteView content);
  // Ends the content. `tail` is the encoded elements behind the …Content.
  [[nodiscard]] Result<void> finish(ByteView tail);
  // Writes a message whose content is elsewhere. REQUIRES: no write() before.
  [[nodiscard]] Result<void> finish_without_content(ByteView tail);

 private:
  enum class State { Holding, Streaming };

  Result<void> start_streaming();
  Result<void> stream(ByteView content);
  Result<void> put_chunk(ByteView chunk);
  Bytes definite_prefix(ByteView opening, std::size_t content_size, std::size_t tail_size) const;

  Shape shape_;
  crypto::Output output_;
  State state_ = State::Holding;
  Bytes pending_;  // all of the content, or what is left for the next chunk
};

}  // namespace bulla::cms
