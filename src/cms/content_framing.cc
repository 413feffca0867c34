#include "cms/content_framing.h"

#include <algorithm>
#include <array>

#include "asn1/writer.h"
#include "base/check.h"
#include "base/try.h"
#include "cms/writer.h"

namespace bulla::cms {
namespace {

constexpr std::array<std::uint8_t, 2> kEndOfContents = {0, 0};
constexpr std::uint8_t kIndefinite = 0x80;

void put_indefinite(Bytes& out, asn1::Tag tag) {
  out.push_back(static_cast<std::uint8_t>(tag));
  out.push_back(kIndefinite);
}

// An element's header in front of what is already known to stand inside.
void enclose(Bytes& inside, asn1::Tag tag, std::uint64_t size_behind) {
  Bytes header = asn1::encode_header(tag, inside.size() + size_behind);
  inside.insert(inside.begin(), header.begin(), header.end());
}

Bytes oid_element(const Oid& oid) {
  return asn1::encode([&](asn1::Writer& out) { out.oid(oid); });
}

// The elements that enclose explicit content, and implicit content, when streaming.
std::size_t open_elements(ContentFraming::Wrap wrap) {
  return wrap == ContentFraming::Wrap::Explicit ? 2 : 1;
}

}  // namespace

Result<void> ContentFraming::write(ByteView content) {
  if (state_ == State::Holding && content.size() <= kDerLimit - pending_.size()) {
    append(pending_, content);
    return {};
  }
  if (state_ == State::Holding) TRY_VOID(start_streaming());
  return stream(content);
}

Result<void> ContentFraming::start_streaming() {
  state_ = State::Streaming;
  Bytes prefix;
  put_indefinite(prefix, asn1::Tag::Sequence);
  append(prefix, oid_element(shape_.type));
  put_indefinite(prefix, asn1::constructed(0));
  put_indefinite(prefix, asn1::Tag::Sequence);
  append(prefix, shape_.header);
  put_indefinite(prefix, asn1::Tag::Sequence);
  append(prefix, shape_.content_header);
  put_indefinite(prefix, asn1::constructed(0));
  if (shape_.wrap == Wrap::Explicit) put_indefinite(prefix, asn1::Tag::ConstructedOctetString);
  TRY_VOID(output_(prefix));
  Bytes held = std::exchange(pending_, {});
  return stream(held);
}

Result<void> ContentFraming::stream(ByteView content) {
  while (!content.empty()) {
    if (pending_.empty() && content.size() >= kChunk) {
      TRY_VOID(put_chunk(content.first(kChunk)));
      content = content.subspan(kChunk);
      continue;
    }
    std::size_t count = std::min(kChunk - pending_.size(), content.size());
    append(pending_, content.first(count));
    content = content.subspan(count);
    if (pending_.size() < kChunk) continue;
    TRY_VOID(put_chunk(pending_));
    pending_.clear();
  }
  return {};
}

Result<void> ContentFraming::put_chunk(ByteView chunk) {
  TRY_VOID(output_(asn1::encode_header(asn1::Tag::OctetString, chunk.size())));
  return output_(chunk);
}

Result<void> ContentFraming::finish(ByteView tail) {
  if (state_ == State::Holding) {
    Bytes opening;
    auto tag = shape_.wrap == Wrap::Explicit ? asn1::Tag::OctetString : asn1::primitive(0);
    enclose(opening, tag, pending_.size());
    if (shape_.wrap == Wrap::Explicit) enclose(opening, asn1::constructed(0), pending_.size());
    TRY_VOID(output_(definite_prefix(opening, pending_.size(), tail.size())));
    TRY_VOID(output_(pending_));
    return output_(tail);
  }
  if (!pending_.empty()) TRY_VOID(put_chunk(pending_));
  // The content's own elements and the …Content; then …Data, [0] and ContentInfo.
  for (std::size_t i = 0; i <= open_elements(shape_.wrap); ++i) TRY_VOID(output_(kEndOfContents));
  TRY_VOID(output_(tail));
  for (int i = 0; i < 3; ++i) TRY_VOID(output_(kEndOfContents));
  return {};
}

Result<void> ContentFraming::finish_without_content(ByteView tail) {
  CHECK(state_ == State::Holding && pending_.empty());
  TRY_VOID(output_(definite_prefix({}, 0, tail.size())));
  return output_(tail);
}

// Everything up to the first content octet. `opening` is the headers of the content.
Bytes ContentFraming::definite_prefix(ByteView opening, std::size_t content_size,
                                      std::size_t tail_size) const {
  Bytes prefix = shape_.content_header;
  append(prefix, opening);
  enclose(prefix, asn1::Tag::Sequence, content_size);
  prefix.insert(prefix.begin(), shape_.header.begin(), shape_.header.end());
  enclose(prefix, asn1::Tag::Sequence, content_size + tail_size);
  enclose(prefix, asn1::constructed(0), content_size + tail_size);
  Bytes type = oid_element(shape_.type);
  prefix.insert(prefix.begin(), type.begin(), type.end());
  enclose(prefix, asn1::Tag::Sequence, content_size + tail_size);
  return prefix;
}

}  // namespace bulla::cms
