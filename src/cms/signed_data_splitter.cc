#include "cms/signed_data_splitter.h"

#include <algorithm>
#include <array>

#include "asn1/writer.h"
#include "base/try.h"
#include "cms/enclosing.h"

namespace bulla::cms {
namespace {

using asn1::Tag;

// An encoder that streams has two: pieces of one size, and the last; one that is fed in
// chunks of any size has no layout worth to be kept.
constexpr std::size_t kMaxRuns = 256;
constexpr std::size_t kMaxBetween = 256;

// The headers around eContent: ContentInfo with its type; [0]; SignedData with version and
// digestAlgorithms; EncapsulatedContentInfo with eContentType.
Result<std::array<Enclosing, 4>> around_content(Walk& walk) {
  std::array<Enclosing, 4> around;
  constexpr std::array<std::size_t, 4> kBehind = {1, 0, 2, 1};
  for (std::size_t i = 0; i < around.size(); ++i) {
    around[i] = TRY(Enclosing::read(walk, kBehind[i]));
  }
  return around;
}

// eContent [0] EXPLICIT OCTET STRING, before its octets.
Bytes explicit_header(std::uint64_t size) {
  Bytes inner = asn1::encode_header(Tag::OctetString, size);
  Bytes header = asn1::encode_header(asn1::constructed(0), inner.size() + size);
  append(header, inner);
  return header;
}

Bytes encode(const std::vector<SignerInfo>& signers) {
  return asn1::encode([&](asn1::Writer& out) {
    for (const SignerInfo& signer : signers) signer.write(out);
  });
}

}  // namespace

// The octets behind the content may be the same and mean something else: where the message ends
// is said in front of it.
bool SplitSignedData::has_same_signatures(const SplitSignedData& other) const {
  return header.version == other.header.version &&
         header.digest_algorithms == other.header.digest_algorithms &&
         header.content_type == other.header.content_type && behind == other.behind &&
         tail.certificates == other.tail.certificates && tail.crls == other.tail.crls &&
         tail.other_revocation == other.tail.other_revocation &&
         encode(tail.signers) == encode(other.tail.signers);
}

Result<Bytes> SplitSignedData::detached(const Limits& limits) const {
  Walk walk(before, limits);
  auto around = TRY(around_content(walk));
  Bytes result = resized(around, -static_cast<std::int64_t>(encoded_size));
  append(result, behind);
  return result;
}

Result<Bytes> SplitSignedData::before_content(std::uint64_t size, const Limits& limits) const {
  Walk walk(before, limits);
  auto around = TRY(around_content(walk));
  Bytes content_header = explicit_header(size);
  Bytes result = resized(around, static_cast<std::int64_t>(content_header.size() + size));
  append(result, content_header);
  return result;
}

SignedDataSplitter::SignedDataSplitter(crypto::Output content, const Limits& limits)
    : output_(std::move(content)), limits_(limits), parser_(*this, limits_) {}

// The parser reads everything first: what is taken here is well-formed.
Result<void> SignedDataSplitter::push(ByteView chunk) {
  TRY_VOID(parser_.push(chunk));
  if (state_ != State::Before) return take(chunk);
  append(parts_.before, chunk);
  return is_known_ ? find_content() : Result<void>();
}

Result<void> SignedDataSplitter::finish() {
  TRY_VOID(parser_.finish());
  parts_.encoded_size = parts_.has_content ? offset_ : 0;
  return {};
}

Result<void> SignedDataSplitter::content_info(const Oid& content_type) {
  if (content_type == kSignedData) return {};
  return failure(Rule::PolicyAbsent, 0,
                 "the outermost layer is " + describe_content_type(content_type));
}

Result<void> SignedDataSplitter::signed_data(const SignedHeader& header) {
  parts_.header = header;
  is_known_ = true;
  return {};
}

Result<void> SignedDataSplitter::signed_tail(SignedTail tail) {
  parts_.tail = std::move(tail);
  return {};
}

// Divides what came so far at the end of eContentType.
Result<void> SignedDataSplitter::find_content() {
  Walk walk(parts_.before, limits_);
  auto around = TRY(around_content(walk));
  // The certificates have the tag of eContent.
  const Enclosing& info = around.back();
  bool is_complete = info.header.length && *info.header.length == info.behind.size();
  Bytes rest = to_bytes(walk.rest());
  parts_.before.resize(parts_.before.size() - rest.size());
  state_ = is_complete ? State::Behind : State::Header;
  return take(rest);
}

Result<void> SignedDataSplitter::take(ByteView octets) {
  while (!octets.empty()) {
    if (state_ == State::Behind) {
      // The parser bounds what is in the message; blanks behind it have no bound there.
      if (parts_.behind.size() + octets.size() > limits_.signed_data_tail + (64u << 10)) {
        return failure(Rule::LimitSize);
      }
      append(parts_.behind, octets);
      return {};
    }
    if (state_ == State::Piece) {
      auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size()));
      TRY_VOID(output_(octets.first(count)));
      octets = octets.subspan(count);
      offset_ += count;
      left_ -= count;
      if (left_ == 0) close_finished();
      continue;
    }
    TRY_VOID(take_header(octets));
  }
  return {};
}

Result<void> SignedDataSplitter::take_header(ByteView& octets) {
  bool is_first = offset_ == 0 && element_header_.empty();
  if (is_first && octets[0] != static_cast<std::uint8_t>(asn1::constructed(0))) {
    state_ = State::Behind;
    return {};
  }
  if (is_first) {
    parts_.has_content = true;
    parts_.layout.emplace();
  }
  element_header_.push_back(octets[0]);
  octets = octets.subspan(1);
  ++offset_;
  return act_on_header();
}

// What has come of a header may be all of it.
Result<void> SignedDataSplitter::act_on_header() {
  auto header = asn1::read_header(element_header_);
  if (!header && header.error().rule == Rule::Asn1Truncated) return {};
  if (!header) return tl::unexpected<Error>(std::move(header).error());
  append(between_, element_header_);
  element_header_.clear();
  // Empty pieces and elements inside each other could go on for ever.
  if (between_.size() > kMaxBetween) {
    parts_.layout.reset();
    between_.clear();
  }
  if (header->tag == Tag::EndOfContents) {
    if (open_.empty()) return failure(Rule::Asn1UnexpectedTag);
    open_.pop_back();
    close_finished();
    return {};
  }
  bool is_octets = header->tag == Tag::OctetString || header->tag == Tag::ConstructedOctetString;
  if (!open_.empty() && !is_octets) return failure(Rule::CmsNotOctetString);
  if (asn1::is_constructed(header->tag)) {
    open_.push_back({!header->length, offset_ + header->length.value_or(0)});
    close_finished();
    return {};
  }
  left_ = header->length.value_or(0);
  note_piece(left_);
  state_ = State::Piece;
  if (left_ == 0) close_finished();
  return {};
}

// A piece or an element has ended, and with it perhaps those around it.
void SignedDataSplitter::close_finished() {
  state_ = State::Header;
  while (!open_.empty() && !open_.back().indefinite && open_.back().end == offset_) {
    open_.pop_back();
  }
  if (!open_.empty()) return;
  state_ = State::Behind;
  if (parts_.layout) parts_.layout->behind = between_;
}

void SignedDataSplitter::note_piece(std::uint64_t size) {
  Bytes before = std::exchange(between_, {});
  parts_.content_size += size;
  if (!parts_.layout) return;
  auto& runs = parts_.layout->runs;
  if (!runs.empty() && runs.back().size == size && runs.back().before == before) {
    ++runs.back().count;
  } else if (runs.size() < kMaxRuns) {
    runs.push_back({.before = std::move(before), .size = size, .count = 1});
  } else {
    parts_.layout.reset();
  }
}

}  // namespace bulla::cms
