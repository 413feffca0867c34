// Headers around an element that changes its size, and nothing else.
#pragma once

#include <span>

#include "asn1/ber.h"

namespace bulla::cms {

// Walks over encoded elements, whatever their lengths look like.
class Walk {
 public:
  Walk(ByteView octets, const Limits& limits) : rest_(octets), limits_(limits) {}

  // False at the end, and at the end-of-contents of an indefinite length.
  bool more() const { return !rest_.empty() && !next_is(asn1::Tag::EndOfContents); }
  bool next_is(asn1::Tag tag) const {
    return !rest_.empty() && rest_[0] == static_cast<std::uint8_t>(tag);
  }
  ByteView rest() const { return rest_; }

  Result<ByteView> element();
  // Goes inside the next element.
  Result<asn1::BerHeader> enter();

 private:
  ByteView rest_;
  const Limits& limits_;
};

// The elements inside one that is complete.
Result<std::vector<Bytes>> elements_inside(ByteView element, const Limits& limits);

// An element around what changes: its header, and what stands behind that, before the next.
struct Enclosing {
  asn1::BerHeader header;
  ByteView raw;
  ByteView behind;

  // The next element's header, and `elements` complete elements behind it.
  static Result<Enclosing> read(Walk& walk, std::size_t elements);
};

// All of that again, outermost first, for an innermost element with `more` octets of contents.
// Lengths that are indefinite stay so.
Bytes resized(std::span<const Enclosing> elements, std::int64_t more);

}  // namespace bulla::cms
