#include "mime/parser.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/try.h"
#include "mime/kernels.h"

namespace bulla::mime {

std::string usable_boundary(const ContentType& type) {
  auto boundary = type.get("boundary");
  const auto& conflicts = type.parameters.conflicts();
  if (!boundary || std::find(conflicts.begin(), conflicts.end(), "boundary") != conflicts.end()) {
    return {};
  }
  std::string_view text = *boundary;
  text = text.substr(0, text.find_last_not_of(" \t") + 1);
  bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return control ? std::string() : std::string(text);
}

BodyPlan plan_body(const ContentType& type, TransferEncoding encoding) {
  if (type.type != "multipart" || !is_identity(encoding)) return {};
  std::string boundary = usable_boundary(type);
  if (boundary.empty()) return {};
  return {.kind = BodyPlan::Kind::Multipart, .boundary = std::move(boundary)};
}

BodyPlan plan_body(const Header& header) {
  return plan_body(header.content_type(), header.transfer_encoding());
}

Result<void> EntityParser::push(ByteView chunk) {
  while (!chunk.empty()) {
    switch (state_) {
      case State::InHeader:
        chunk = TRY(push_header(chunk));
        break;
      case State::InLeaf:
        offset_ += chunk.size();
        return handler_.on_body(chunk);
      case State::InEpilogue:
        offset_ += chunk.size();
        return handler_.on_epilogue(chunk);
      case State::InPreamble:
      case State::InPart:
        chunk = TRY(push_multipart(chunk));
        break;
    }
  }
  return {};
}

Result<void> EntityParser::finish() {
  if (state_ == State::InHeader) TRY_VOID(end_header());
  if (state_ == State::InLeaf || state_ == State::InEpilogue) return {};
  // A delimiter may end with the input instead of with a line end.
  bool whole = step_ == Step::After || step_ == Step::Padding || step_ == Step::FinalCr;
  if (whole) {
    TRY_VOID(accept());
  } else {
    TRY_VOID(reject());
  }
  unclosed_ = state_ != State::InEpilogue;
  return state_ == State::InPart ? handler_.on_part_end() : Result<void>{};
}

// Collects lines up to the empty one; returns what belongs to the body.
Result<ByteView> EntityParser::push_header(ByteView chunk) {
  while (!chunk.empty()) {
    const void* found = std::memchr(chunk.data(), '\n', chunk.size());
    std::size_t size = chunk.size();
    if (found != nullptr) {
      size = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - chunk.data()) + 1;
    }
    if (header_.size() + size > limits_.header_bytes) {
      return failure(Rule::LimitHeader, offset_, std::to_string(limits_.header_bytes));
    }
    append(header_, chunk.first(size));
    offset_ += size;
    chunk = chunk.subspan(size);
    if (found == nullptr) break;
    std::string_view line = as_text(header_).substr(line_start_);
    line_start_ = header_.size();
    if (line == "\n" || line == "\r\n") {
      TRY_VOID(end_header());
      break;
    }
  }
  return chunk;
}

Result<void> EntityParser::end_header() {
  Header header = TRY(Header::parse(header_, limits_, offset_ - header_.size()));
  header_ = Bytes();
  body_offset_ = offset_;
  state_ = State::InLeaf;
  BodyPlan plan = TRY(handler_.on_header(header));
  if (plan.kind == BodyPlan::Kind::Leaf) return {};
  CHECK(!plan.boundary.empty());
  boundary_ = std::move(plan.boundary);
  state_ = State::InPreamble;
  step_ = Step::LineStart;
  return {};
}

Result<ByteView> EntityParser::push_multipart(ByteView chunk) {
  if (step_ != Step::None) return extend_candidate(chunk);
  std::size_t start = candidate_start(chunk);
  TRY_VOID(content(chunk.first(start)));
  offset_ += start;
  if (start == chunk.size()) return ByteView();
  step_ = chunk[start] == '\r' ? Step::Cr : Step::LineStart;
  held_.push_back(chunk[start]);
  ++offset_;
  return chunk.subspan(start + 1);
}

// Where the first line end stands that may belong to a delimiter; size() if there is none.
std::size_t EntityParser::candidate_start(ByteView chunk) const {
  std::size_t at = 0;
  for (;;) {
    at += kernels::find_dash_line(chunk.subspan(at));
    if (at >= chunk.size() || !surely_no_delimiter(chunk.subspan(at + 1))) break;
    ++at;
  }
  if (at >= chunk.size()) {
    // Only the end of the chunk can still become one: [CR] LF ["-"], or CR.
    at = chunk.size();
    if (at > 1 && chunk[at - 1] == '-' && chunk[at - 2] == '\n')
      at -= 2;
    else if (chunk[at - 1] == '\n')
      at -= 1;
    else if (chunk[at - 1] == '\r')
      return at - 1;
    else
      return at;
  }
  return at > 0 && chunk[at - 1] == '\r' ? at - 1 : at;
}

// Whether the line, which begins with "--", is seen to be no delimiter without being copied.
bool EntityParser::surely_no_delimiter(ByteView line) const {
  std::size_t size = std::min(line.size() - 2, boundary_.size());
  return std::memcmp(line.data() + 2, boundary_.data(), size) != 0;
}

Result<ByteView> EntityParser::extend_candidate(ByteView chunk) {
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    Answer answer = step(chunk[i]);
    if (answer == Answer::Reject) {
      TRY_VOID(reject());
      return chunk.subspan(i);
    }
    held_.push_back(chunk[i]);
    ++offset_;
    if (answer == Answer::Accept) {
      TRY_VOID(accept());
      return chunk.subspan(i + 1);
    }
  }
  return ByteView();
}

// delimiter         := CRLF "--" boundary
// close-delimiter   := delimiter "--"
// transport-padding := *LWSP-char
EntityParser::Answer EntityParser::step(std::uint8_t octet) {
  switch (step_) {
    case Step::Cr:
      step_ = Step::LineStart;
      return octet == '\n' ? Answer::More : Answer::Reject;
    case Step::LineStart:
      step_ = Step::Dash;
      return octet == '-' ? Answer::More : Answer::Reject;
    case Step::Dash:
      step_ = Step::Boundary;
      matched_ = 0;
      return octet == '-' ? Answer::More : Answer::Reject;
    case Step::Boundary:
      if (octet != static_cast<std::uint8_t>(boundary_[matched_])) return Answer::Reject;
      if (++matched_ == boundary_.size()) step_ = Step::After;
      return Answer::More;
    default:
      return step_after_boundary(octet);
  }
}

EntityParser::Answer EntityParser::step_after_boundary(std::uint8_t octet) {
  if (step_ == Step::FinalCr) return octet == '\n' ? Answer::Accept : Answer::Reject;
  if (step_ == Step::CloseDash) {
    if (octet != '-') return Answer::Reject;
    closing_ = true;
    step_ = Step::Padding;
    return Answer::More;
  }
  if (octet == '\n') return Answer::Accept;
  if (octet == '\r') {
    step_ = Step::FinalCr;
    return Answer::More;
  }
  if (step_ == Step::After && octet == '-') {
    step_ = Step::CloseDash;
    return Answer::More;
  }
  step_ = Step::Padding;
  bool blank = octet == ' ' || octet == '\t';
  return blank && ++padding_ <= kMaxPadding ? Answer::More : Answer::Reject;
}

// The candidate was none: it is content.
Result<void> EntityParser::reject() {
  step_ = Step::None;
  closing_ = false;
  padding_ = 0;
  Bytes octets;
  octets.swap(held_);
  Result<void> passed = content(octets);
  octets.clear();
  held_.swap(octets);
  return passed;
}

Result<void> EntityParser::accept() {
  Delimiter kind = closing_ ? Delimiter::Close : Delimiter::Open;
  if (state_ == State::InPart) TRY_VOID(handler_.on_part_end());
  TRY_VOID(handler_.on_delimiter(held_, kind));
  held_.clear();
  padding_ = 0;
  if (kind == Delimiter::Close) {
    state_ = State::InEpilogue;
    step_ = Step::None;
    return {};
  }
  if (++parts_ > limits_.mime_parts) {
    return failure(Rule::LimitMimeParts, offset_, std::to_string(limits_.mime_parts));
  }
  state_ = State::InPart;
  step_ = Step::LineStart;
  return handler_.on_part_begin(offset_);
}

Result<void> EntityParser::content(ByteView octets) {
  if (octets.empty()) return {};
  return state_ == State::InPart ? handler_.on_part(octets) : handler_.on_preamble(octets);
}

}  // namespace bulla::mime
