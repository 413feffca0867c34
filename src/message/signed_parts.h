// SignedParts: the two parts of a multipart/signed (RFC 1847 2.1, RFC 8551 3.5.3).
//
// The first one is hashed in canonical form, the second one is a signature over those
// digests. Whoever parses the first part gets it from the same parser.
#pragma once

#include "message/opening.h"
#include "mime/smime_type.h"

namespace bulla {

class SignedParts {
 public:
  SignedParts(Opening& opening, const mime::SmimeType& type, std::string place, Scope scope);
  ~SignedParts();

  [[nodiscard]] Result<void> part_begin(std::uint64_t offset);
  [[nodiscard]] Result<void> part(ByteView raw);
  [[nodiscard]] Result<void> part_end();
  // The multipart has ended; Closed if its last delimiter was there.
  enum class Ending { Closed, Unclosed };
  void finish(Ending ending);

 private:
  class Signature;

  void announce(const mime::SmimeType& type);
  Result<void> guard(Result<void> result);

  Opening& opening_;
  std::string place_;
  Scope scope_;
  LayerRecord& record_;
  std::unique_ptr<Signature> signature_;
  unsigned index_ = 0;  // of the part, from 1
};

}  // namespace bulla
