#include <algorithm>

#include "asn1/ber.h"
#include "asn1/writer.h"
#include "base/try.h"

namespace bulla::asn1 {
namespace {

// One pass over the element, writing each header again when its contents are known.
class Transcoder {
 public:
  Transcoder(ByteView element, const Limits& limits, std::uint64_t base_offset)
      : element_(element), limits_(limits), base_offset_(base_offset) {}

  Result<Bytes> run() {
    do {
      TRY_VOID(step());
      close_finished();
    } while (!open_.empty());
    if (position_ != element_.size()) return failure(Rule::Asn1TrailingData, offset());
    return std::move(out_);
  }

 private:
  struct Open {
    Tag tag;
    bool indefinite;
    bool joined;           // a part of a constructed OCTET STRING: no header of its own
    std::size_t end;       // in element_: of the contents, or, if indefinite, of what is around
    std::size_t contents;  // start of the contents in out_
  };

  std::uint64_t offset() const { return base_offset_ + position_; }

  Result<void> step() {
    std::size_t available = open_.empty() ? element_.size() : open_.back().end;
    if (++elements_ > limits_.der_elements) return failure(Rule::LimitElements, offset());
    BerHeader header =
        TRY(read_header(element_.subspan(position_, available - position_), offset()));
    bool in_string = !open_.empty() && open_.back().tag == Tag::ConstructedOctetString;
    if (header.tag == Tag::EndOfContents) return end_of_contents(header);
    if (in_string && header.tag != Tag::OctetString && header.tag != Tag::ConstructedOctetString) {
      return failure(Rule::Asn1UnexpectedTag, offset());
    }
    position_ += header.size;
    if (header.length && *header.length > available - position_) {
      return failure(Rule::Asn1Truncated, offset());
    }
    if (is_constructed(header.tag)) return open(header, in_string, available);
    ByteView contents = element_.subspan(position_, static_cast<std::size_t>(*header.length));
    if (!in_string) append(out_, encode_header(header.tag, contents.size()));
    append(out_, contents);
    position_ += contents.size();
    return {};
  }

  Result<void> open(const BerHeader& header, bool in_string, std::size_t available) {
    if (open_.size() >= limits_.der_depth) return failure(Rule::LimitDepth, offset());
    // What is inside an indefinite length still ends where the definite ones around it do.
    std::size_t end = available;
    if (header.length) end = position_ + static_cast<std::size_t>(*header.length);
    open_.push_back({header.tag, !header.length, in_string, end, out_.size()});
    return {};
  }

  Result<void> end_of_contents(const BerHeader& header) {
    bool expected = !open_.empty() && open_.back().indefinite && header.length == 0u;
    if (!expected) return failure(Rule::Asn1UnexpectedTag, offset());
    position_ += header.size;
    close();
    return {};
  }

  void close_finished() {
    while (!open_.empty() && !open_.back().indefinite && open_.back().end == position_) close();
  }

  void close() {
    Open element = open_.back();
    open_.pop_back();
    if (element.joined) return;
    Tag tag = element.tag == Tag::ConstructedOctetString ? Tag::OctetString : element.tag;
    Bytes header = encode_header(tag, out_.size() - element.contents);
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(element.contents), header.begin(),
                header.end());
  }

  ByteView element_;
  const Limits& limits_;
  std::uint64_t base_offset_;
  std::size_t position_ = 0;
  std::size_t elements_ = 0;
  std::vector<Open> open_;
  Bytes out_;
};

}  // namespace

// Tag and length octets (X.690 8.1.2, 8.1.3).
Result<BerHeader> read_header(ByteView data, std::uint64_t offset) {
  if (data.size() < 2) return failure(Rule::Asn1Truncated, offset);
  auto tag = static_cast<Tag>(data[0]);
  if (is_high(tag)) return failure(Rule::Asn1UnexpectedTag, offset);
  std::uint8_t first = data[1];
  if (first < 0x80) return BerHeader{tag, 2, first};
  if (first == 0x80) {
    if (!is_constructed(tag)) return failure(Rule::Asn1BadLength, offset);
    return BerHeader{tag, 2, std::nullopt};
  }
  std::size_t octets = first & 0x7fu;
  if (octets > 8) return failure(Rule::Asn1BadLength, offset);
  if (data.size() < 2 + octets) return failure(Rule::Asn1Truncated, offset);
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < octets; ++i) length = (length << 8) | data[2 + i];
  return BerHeader{tag, 2 + octets, length};
}

Result<std::size_t> element_size(ByteView data, const Limits& limits) {
  std::size_t position = 0;
  std::size_t open = 0;  // elements with indefinite lengths
  for (std::size_t elements = 0; elements < limits.der_elements; ++elements) {
    BerHeader header = TRY(read_header(data.subspan(position), position));
    position += header.size;
    if (header.length && *header.length > data.size() - position) {
      return failure(Rule::Asn1Truncated, position);
    }
    position += static_cast<std::size_t>(header.length.value_or(0));
    bool is_end = header.tag == Tag::EndOfContents;
    if (is_end && (open == 0 || header.length != 0u)) {
      return failure(Rule::Asn1UnexpectedTag, position);
    }
    if (!header.length) ++open;
    if (is_end) --open;
    if (open == 0) return position;
  }
  return failure(Rule::LimitElements, position);
}

Result<Bytes> to_der(ByteView element, const Limits& limits, std::uint64_t base_offset) {
  return Transcoder(element, limits, base_offset).run();
}

}  // namespace bulla::asn1
