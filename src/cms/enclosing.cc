#include "cms/enclosing.h"

#include "asn1/writer.h"
#include "base/try.h"

namespace bulla::cms {

Result<ByteView> Walk::element() {
  std::size_t size = TRY(asn1::element_size(rest_, limits_));
  ByteView element = rest_.first(size);
  rest_ = rest_.subspan(size);
  return element;
}

Result<asn1::BerHeader> Walk::enter() {
  asn1::BerHeader header = TRY(asn1::read_header(rest_));
  rest_ = rest_.subspan(header.size);
  return header;
}

Result<std::vector<Bytes>> elements_inside(ByteView element, const Limits& limits) {
  Walk walk(element, limits);
  TRY(walk.enter());
  std::vector<Bytes> elements;
  while (walk.more()) elements.push_back(to_bytes(TRY(walk.element())));
  return elements;
}

Result<Enclosing> Enclosing::read(Walk& walk, std::size_t elements) {
  Enclosing result;
  ByteView start = walk.rest();
  result.header = TRY(walk.enter());
  result.raw = start.first(result.header.size);
  ByteView behind = walk.rest();
  for (std::size_t i = 0; i < elements; ++i) TRY(walk.element());
  result.behind = behind.first(behind.size() - walk.rest().size());
  return result;
}

Bytes resized(std::span<const Enclosing> elements, std::int64_t more) {
  Bytes written;
  for (std::size_t i = elements.size(); i-- > 0;) {
    const Enclosing& element = elements[i];
    Bytes header = to_bytes(element.raw);
    if (element.header.length) {
      // Modulo 2^64, for a length may lie: then the parser fails before anything is finished.
      std::uint64_t length = *element.header.length + static_cast<std::uint64_t>(more);
      header = asn1::encode_header(element.header.tag, length);
    }
    more +=
        static_cast<std::int64_t>(header.size()) - static_cast<std::int64_t>(element.raw.size());
    append(header, element.behind);
    written.insert(written.begin(), header.begin(), header.end());
  }
  return written;
}

}  // namespace bulla::cms
