#include <algorithm>

#include "asn1/ber.h"
#include "base/try.h"

namespace bulla::asn1 {

BerScanner::BerScanner(BerHandler& handler, const Limits& limits, std::size_t max_captured,
                       std::uint64_t base_offset)
    : handler_(handler), limits_(limits), max_captured_(max_captured), offset_(base_offset) {}

Result<void> BerScanner::push(ByteView chunk) {
  while (!chunk.empty()) {
    if (complete_) return failure(Rule::CmsTrailingData, offset_);
    if (mode_ == Mode::Header) {
      TRY_VOID(take_header(chunk));
    } else {
      TRY_VOID(take_contents(chunk));
    }
  }
  return {};
}

Result<void> BerScanner::finish() {
  if (!complete_) return failure(Rule::Asn1Truncated, offset_);
  return {};
}

// Collects a header octet by octet; a header has at most 10.
Result<void> BerScanner::take_header(ByteView& chunk) {
  if (header_.empty()) header_offset_ = offset_;
  header_.push_back(chunk[0]);
  chunk = chunk.subspan(1);
  ++offset_;
  if (TRY(parse_header())) header_.clear();
  return {};
}

// True if the header is complete and was acted on.
Result<bool> BerScanner::parse_header() {
  auto tag = static_cast<Tag>(header_[0]);
  if (is_high(tag)) return failure(Rule::Asn1UnexpectedTag, header_offset_);
  if (header_.size() < 2) return false;
  std::uint8_t first = header_[1];
  if (first < 0x80) {
    if (tag == Tag::EndOfContents) {
      if (first != 0) return failure(Rule::Asn1BadLength, header_offset_);
      TRY_VOID(end_of_contents());
      return true;
    }
    TRY_VOID(begin_element(tag, first));
    return true;
  }
  if (tag == Tag::EndOfContents) return failure(Rule::Asn1BadLength, header_offset_);
  if (first == 0x80) {
    if (!is_constructed(tag)) return failure(Rule::Asn1BadLength, header_offset_);
    TRY_VOID(begin_element(tag, std::nullopt));
    return true;
  }
  std::size_t octets = first & 0x7fu;
  if (octets > 8) return failure(Rule::Asn1BadLength, header_offset_);
  if (header_.size() < 2 + octets) return false;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < octets; ++i) length = (length << 8) | header_[2 + i];
  if (length > INT64_MAX) return failure(Rule::Asn1BadLength, header_offset_);
  TRY_VOID(begin_element(tag, length));
  return true;
}

Result<void> BerScanner::begin_element(Tag tag, std::optional<std::uint64_t> length) {
  bool outside = !open_.empty() && !open_.back().indefinite && length &&
                 *length > open_.back().end - std::min(open_.back().end, offset_);
  bool header_outside = !open_.empty() && !open_.back().indefinite && offset_ > open_.back().end;
  if (outside || header_outside) return failure(Rule::Asn1BadLength, header_offset_);
  started_ = true;
  Kind kind = open_.empty() ? Kind::Descended : open_.back().kind;
  if (kind == Kind::CapturePart) return begin_in_capture(length);
  if (kind == Kind::StreamPart) return begin_in_stream(tag, length);
  if (++elements_ > limits_.der_elements) return failure(Rule::LimitElements, header_offset_);
  BerAction action = TRY(handler_.begin(tag, length, header_offset_));
  return start(action, tag, length);
}

Result<void> BerScanner::start(BerAction action, Tag tag, std::optional<std::uint64_t> length) {
  if (action == BerAction::Capture) {
    capture_.clear();
    capture_offset_ = header_offset_;
    return begin_in_capture(length);
  }
  if (action == BerAction::Stream) {
    stream_depth_ = 0;
    if (is_constructed(tag)) return open(Kind::StreamPart, length);
    mode_ = Mode::Stream;
    left_ = length.value_or(0);
    if (left_ > 0) return {};
    mode_ = Mode::Header;
    TRY_VOID(handler_.stream_end());
    return close_finished();
  }
  if (!is_constructed(tag)) return failure(Rule::Asn1UnexpectedTag, header_offset_);
  return open(Kind::Descended, length);
}

// Inside a constructed OCTET STRING there are OCTET STRINGs alone (X.690 8.7.3).
Result<void> BerScanner::begin_in_stream(Tag tag, std::optional<std::uint64_t> length) {
  if (tag == Tag::ConstructedOctetString) {
    if (++stream_depth_ >= limits_.octet_string_depth) {
      return failure(Rule::LimitDepth, header_offset_);
    }
    return open(Kind::StreamPart, length);
  }
  if (tag != Tag::OctetString) return failure(Rule::Asn1UnexpectedTag, header_offset_);
  left_ = length.value_or(0);
  if (left_ == 0) return close_finished();
  mode_ = Mode::Stream;
  return {};
}

// A definite element is taken whole; of an indefinite one the elements inside
// are walked until its end-of-contents.
Result<void> BerScanner::begin_in_capture(std::optional<std::uint64_t> length) {
  if (++elements_ > limits_.der_elements) return failure(Rule::LimitElements, header_offset_);
  if (length && *length > max_captured_) return failure(Rule::LimitSize, header_offset_);
  TRY_VOID(keep(header_));
  if (!length) return open(Kind::CapturePart, length);
  left_ = *length;
  mode_ = Mode::Capture;
  if (left_ > 0) return {};
  mode_ = Mode::Header;
  return finish_capture();
}

Result<void> BerScanner::open(Kind kind, std::optional<std::uint64_t> length) {
  if (open_.size() >= limits_.der_depth) return failure(Rule::LimitDepth, header_offset_);
  open_.push_back({kind, !length, offset_ + length.value_or(0)});
  mode_ = Mode::Header;
  return close_finished();
}

Result<void> BerScanner::end_of_contents() {
  if (open_.empty() || !open_.back().indefinite) {
    return failure(Rule::Asn1UnexpectedTag, header_offset_);
  }
  Open element = open_.back();
  open_.pop_back();
  if (element.kind == Kind::CapturePart) {
    TRY_VOID(keep(header_));
    return finish_capture();
  }
  TRY_VOID(close(element));
  return close_finished();
}

// Tells the handler that `element`, no longer open, has ended.
Result<void> BerScanner::close(const Open& element) {
  if (element.kind == Kind::Descended) return handler_.leave(offset_);
  bool inner = !open_.empty() && open_.back().kind == Kind::StreamPart;
  if (!inner) return handler_.stream_end();
  --stream_depth_;
  return {};
}

// Closes the definite elements that end here.
Result<void> BerScanner::close_finished() {
  while (!open_.empty() && !open_.back().indefinite && open_.back().end == offset_) {
    Open element = open_.back();
    open_.pop_back();
    TRY_VOID(close(element));
  }
  if (open_.empty() && started_) complete_ = true;
  return {};
}

Result<void> BerScanner::take_contents(ByteView& chunk) {
  auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, chunk.size()));
  ByteView octets = chunk.first(count);
  chunk = chunk.subspan(count);
  offset_ += count;
  left_ -= count;
  if (mode_ == Mode::Capture) {
    TRY_VOID(keep(octets));
    if (left_ > 0) return {};
    mode_ = Mode::Header;
    return finish_capture();
  }
  TRY_VOID(handler_.stream(octets));
  if (left_ > 0) return {};
  mode_ = Mode::Header;
  bool part = !open_.empty() && open_.back().kind == Kind::StreamPart;
  if (!part) TRY_VOID(handler_.stream_end());
  return close_finished();
}

Result<void> BerScanner::keep(ByteView octets) {
  // 16: room for the header of the captured element itself.
  if (octets.size() > max_captured_ + 16 - std::min(capture_.size(), max_captured_ + 16)) {
    return failure(Rule::LimitSize, capture_offset_);
  }
  append(capture_, octets);
  return {};
}

// An element inside a capture has ended; if it was the captured one, reports it.
Result<void> BerScanner::finish_capture() {
  if (!open_.empty() && open_.back().kind == Kind::CapturePart) return {};
  TRY_VOID(handler_.captured(capture_, capture_offset_));
  capture_.clear();
  return close_finished();
}

}  // namespace bulla::asn1
