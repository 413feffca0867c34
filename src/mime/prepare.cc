#include "mime/prepare.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/text.h"
#include "base/try.h"
#include "mime/base64.h"
#include "mime/canonical.h"
#include "mime/kernels.h"
#include "mime/line_filters.h"
#include "mime/parser.h"
#include "mime/prepare_header.h"
#include "mime/quoted_printable.h"

namespace bulla::mime {
namespace {

// What the first octets of a leaf tell about it.
struct Survey {
  bool nul = false;
  bool dirty = false;  // not safe for transport as it is
};

bool is_safe_line(std::string_view line) {
  return line.size() <= kMaxLineOctets && !line.ends_with(' ') && !line.ends_with('\t') &&
         !line.starts_with("From ") && line.find('\r') == line.npos;
}

// A window that is not the whole leaf may cut a line in two; then its end says nothing.
Survey survey(ByteView window, bool whole) {
  std::string_view text = as_text(window);
  Survey result;
  result.nul = text.find('\0') != text.npos;
  result.dirty = kernels::find_not_seven_bit(window) < window.size();
  for (std::size_t start = 0; start < text.size() && !result.dirty;) {
    std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view line = text.substr(start, end - start);
    if (end < text.size()) {
      if (line.ends_with('\r')) line.remove_suffix(1);
    } else if (!whole) {
      line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    }
    result.dirty = !is_safe_line(line);
    start = end + 1;
  }
  return result;
}

bool is_text(const ContentType& type) { return type.type == "text" || type.type == "message"; }

// UTF-16 and UTF-32 text has no octets that are line ends.
bool is_wide_text(const ContentType& type) {
  std::string charset = lower(type.get("charset").value_or(""));
  return charset.starts_with("utf-16") || charset.starts_with("utf-32") ||
         charset.starts_with("iso-10646");
}

bool holds_message(const ContentType& type) {
  return type.type == "message" && (type.subtype == "rfc822" || type.subtype == "global");
}

// Protected already: its octets are signed, or are for a program that checks them.
bool is_sealed(const ContentType& type) {
  return type.is("multipart", "signed") || type.is("multipart", "encrypted");
}

// Filters in a row, the last of which writes to a Sink.
class Chain {
 public:
  bool empty() const { return filters_.empty(); }
  // Puts a filter before those that are there. Filter takes its next first.
  template <typename Filter, typename... Arguments>
  void prepend(Sink& tail, Arguments... arguments) {
    filters_.push_back(std::make_unique<Filter>(first(tail), arguments...));
  }
  Sink& first(Sink& tail) { return filters_.empty() ? tail : *filters_.back(); }
  Result<void> end(Sink& tail) {
    Result<void> done = first(tail).finish();
    filters_.clear();
    return done;
  }

 private:
  std::vector<std::unique_ptr<Sink>> filters_;
};

}  // namespace

// Writes to the next sink, which stays open when a leaf's filters end.
class Preparer::Tail final : public Sink {
 public:
  explicit Tail(Sink& next) : next_(next) {}
  Result<void> write(ByteView bytes) override {
    return bytes.empty() ? Result<void>{} : next_.write(bytes);
  }
  Result<void> finish() override { return {}; }

 private:
  Sink& next_;
};

// One entity. Octets of what is inside go to the level below it, so calls nest as deep as
// levels do: Limits::mime_depth.
class Preparer::Level final : public EntityHandler {
 public:
  Level(Preparer& owner, std::uint64_t offset)
      : owner_(owner), depth_(owner.levels_.size()), parser_(*this, owner.limits_, offset) {}

  EntityParser& parser() { return parser_; }

  Result<BodyPlan> on_header(const Header& header) override;
  Result<void> on_body(ByteView octets) override;
  Result<void> on_preamble(ByteView octets) override { return around_parts(octets); }
  Result<void> on_epilogue(ByteView octets) override { return around_parts(octets); }
  Result<void> on_part_begin(std::uint64_t offset) override { return owner_.open_level(offset); }
  Result<void> on_part(ByteView octets) override { return child().push(octets); }
  Result<void> on_part_end() override { return owner_.close_level(depth_ + 1); }
  Result<void> on_delimiter(ByteView raw, Delimiter kind) override;

  Result<void> finish();

 private:
  enum class Body : std::uint8_t { Window, Direct, Message, Parts };

  bool seven_bit() const { return owner_.mode_ == PrepareMode::SevenBit; }
  Sink& tail() { return *owner_.tail_; }
  EntityParser& child() { return owner_.levels_[depth_ + 1]->parser(); }

  Result<BodyPlan> plan_multipart();
  Result<void> begin_leaf();
  void begin_sealed();
  void begin_encoded_leaf();
  bool starts_with_window() const;
  Result<void> decide(bool whole);
  Result<void> decide_binary(const Survey& seen, bool whole);
  Result<void> pass_leaf(bool whole);
  Result<void> encode_leaf(const Survey& seen);
  Result<void> write_header(std::optional<TransferEncoding> encoding);
  std::optional<TransferEncoding> seven_bit_label() const;
  Result<void> around_parts(ByteView octets);

  Preparer& owner_;
  std::size_t depth_;
  EntityParser parser_;
  Header header_;
  ContentType type_;
  TransferEncoding encoding_ = TransferEncoding::SevenBit;
  std::string boundary_;
  Body body_ = Body::Direct;
  Bytes window_;
  Chain chain_;
};

Result<BodyPlan> Preparer::Level::on_header(const Header& header) {
  if (!header.duplicates().empty()) {
    return failure(Rule::MimeDuplicateField, header.offset(), header.duplicates()[0]);
  }
  header_ = header;
  type_ = header.content_type();
  encoding_ = header.transfer_encoding();
  if (is_sealed(type_) && is_identity(encoding_)) {
    begin_sealed();
    TRY_VOID(write_header(std::nullopt));
    return BodyPlan{};
  }
  if (type_.type == "multipart") return plan_multipart();
  if (holds_message(type_) && is_identity(encoding_)) {
    body_ = Body::Message;
    TRY_VOID(write_header(seven_bit_label()));
    TRY_VOID(owner_.open_level(parser_.body_offset()));
    return BodyPlan{};
  }
  TRY_VOID(begin_leaf());
  return BodyPlan{};
}

Result<BodyPlan> Preparer::Level::plan_multipart() {
  if (!is_identity(encoding_)) return failure(Rule::MimeEncodedMultipart, header_.offset());
  BodyPlan plan = plan_body(type_, encoding_);
  ByteView boundary = as_bytes(plan.boundary);
  // "--" before and after it.
  bool usable = !boundary.empty() && boundary.size() <= kMaxLineOctets - 4 &&
                kernels::find_not_seven_bit(boundary) == boundary.size();
  if (!usable) return failure(Rule::MimeNoBoundary, header_.offset());
  body_ = Body::Parts;
  boundary_ = plan.boundary;
  TRY_VOID(write_header(seven_bit_label()));
  return plan;
}

// 8bit and binary are no longer true once every leaf is 7-bit.
std::optional<TransferEncoding> Preparer::Level::seven_bit_label() const {
  bool wrong = seven_bit() && is_identity(encoding_) && encoding_ != TransferEncoding::SevenBit;
  return wrong ? std::optional(TransferEncoding::SevenBit) : std::nullopt;
}

Result<void> Preparer::Level::write_header(std::optional<TransferEncoding> encoding) {
  std::string text = TRY(prepare_header(header_, owner_.mode_, encoding));
  return tail().write(as_bytes(text));
}

void Preparer::Level::begin_sealed() {
  if (seven_bit()) {
    chain_.prepend<SevenBitGuard>(tail(), Rule::MimeNotSevenBit, parser_.body_offset());
  }
  // What has CR LF is left alone in binary mode: a bare LF may be data of a signed part.
  if (seven_bit() || header_.line_ends() != LineEnds::Crlf) chain_.prepend<Canonicalizer>(tail());
}

Result<void> Preparer::Level::begin_leaf() {
  if (starts_with_window()) {
    body_ = Body::Window;
    return {};
  }
  TRY_VOID(write_header(std::nullopt));
  begin_encoded_leaf();
  return {};
}

// Whether what to do depends on the octets and not on the header alone.
bool Preparer::Level::starts_with_window() const {
  if (!is_identity(encoding_)) return false;
  return seven_bit() || header_.find("Content-Transfer-Encoding") == nullptr;
}

void Preparer::Level::begin_encoded_leaf() {
  if (!seven_bit()) {
    bool data = encoding_ == TransferEncoding::Binary && (!is_text(type_) || is_wide_text(type_));
    if (!data) chain_.prepend<Canonicalizer>(tail());
    return;
  }
  if (encoding_ == TransferEncoding::QuotedPrintable) {
    chain_.prepend<QuotedPrintableEncoder>(tail(), QuotedPrintableEncoder::Input::Encoded);
    return;
  }
  if (encoding_ == TransferEncoding::Base64) {
    chain_.prepend<LineScrubber>(tail(), LineScrubber::Unsafe::Drop);
  } else {
    chain_.prepend<SevenBitGuard>(tail(), Rule::MimeUnknownEncoding, parser_.body_offset());
  }
  chain_.prepend<Canonicalizer>(tail());
}

Result<void> Preparer::Level::on_body(ByteView octets) {
  if (body_ == Body::Message) return child().push(octets);
  if (body_ == Body::Window) {
    std::size_t more = std::min(octets.size(), kWindow - window_.size());
    append(window_, octets.first(more));
    octets = octets.subspan(more);
    if (octets.empty()) return {};
    TRY_VOID(decide(false));
  }
  return chain_.first(tail()).write(octets);
}

// Chooses how the leaf goes, `whole` if the window has all of it, and sends the window.
Result<void> Preparer::Level::decide(bool whole) {
  Survey seen = survey(window_, whole);
  body_ = Body::Direct;
  bool declared = header_.find("Content-Transfer-Encoding") != nullptr;
  bool promised = declared && encoding_ == TransferEncoding::SevenBit;
  if (!seven_bit()) {
    TRY_VOID(decide_binary(seen, whole));
  } else if (!seen.dirty && (whole || promised)) {
    TRY_VOID(pass_leaf(whole));
  } else {
    TRY_VOID(encode_leaf(seen));
  }
  Result<void> written = chain_.first(tail()).write(window_);
  window_ = Bytes();
  return written;
}

// A leaf without a declaration: text, or what is seen to be lines, gets CR LF; the rest is
// labelled as what it is.
Result<void> Preparer::Level::decide_binary(const Survey& seen, bool whole) {
  bool lines = (is_text(type_) && !seen.nul) || (whole && !seen.dirty);
  if (!lines) return write_header(TransferEncoding::Binary);
  chain_.prepend<Canonicalizer>(tail());
  return write_header(std::nullopt);
}

Result<void> Preparer::Level::pass_leaf(bool whole) {
  if (!whole) {
    chain_.prepend<SevenBitGuard>(tail(), Rule::MimeNotSevenBit, parser_.body_offset());
  }
  chain_.prepend<Canonicalizer>(tail());
  return write_header(seven_bit_label());
}

Result<void> Preparer::Level::encode_leaf(const Survey& seen) {
  bool text = is_text(type_) && !is_wide_text(type_);
  if (text && !seen.nul) {
    chain_.prepend<QuotedPrintableEncoder>(tail());
    return write_header(TransferEncoding::QuotedPrintable);
  }
  LastLine last = depth_ == 0 ? LastLine::Ended : LastLine::Open;
  chain_.prepend<Base64Encoder>(tail(),
                                EncoderOptions{.line_break = LineBreak::Crlf, .last_line = last});
  if (text) chain_.prepend<Canonicalizer>(tail());
  return write_header(TransferEncoding::Base64);
}

Result<void> Preparer::Level::around_parts(ByteView octets) {
  if (chain_.empty()) {
    if (seven_bit()) chain_.prepend<LineScrubber>(tail(), LineScrubber::Unsafe::Replace);
    chain_.prepend<Canonicalizer>(tail());
  }
  return chain_.first(tail()).write(octets);
}

// Written anew: without padding, which relays may strip, and with CR LF.
Result<void> Preparer::Level::on_delimiter(ByteView raw, Delimiter kind) {
  TRY_VOID(chain_.end(tail()));
  std::string_view text = as_text(raw);
  std::string line = text.starts_with("--") ? "--" : "\r\n--";
  line += boundary_;
  if (kind == Delimiter::Close) line += "--";
  if (text.ends_with('\n')) line += "\r\n";
  return tail().write(as_bytes(line));
}

Result<void> Preparer::Level::finish() {
  TRY_VOID(parser_.finish());
  if (body_ == Body::Message) return owner_.close_level(depth_ + 1);
  if (body_ == Body::Window) TRY_VOID(decide(true));
  return chain_.end(tail());
}

Preparer::Preparer(Sink& next, PrepareMode mode, const Limits& limits)
    : Filter(next), mode_(mode), limits_(limits), tail_(std::make_unique<Tail>(next)) {
  levels_.push_back(std::make_unique<Level>(*this, 0));
}

Preparer::~Preparer() = default;

Result<void> Preparer::write(ByteView bytes) { return levels_[0]->parser().push(bytes); }

Result<void> Preparer::flush() { return close_level(0); }

Result<void> Preparer::open_level(std::uint64_t offset) {
  if (levels_.size() >= limits_.mime_depth) {
    return failure(Rule::LimitMimeDepth, offset, std::to_string(limits_.mime_depth));
  }
  levels_.push_back(std::make_unique<Level>(*this, offset));
  return {};
}

// Ends a level; the ones inside it end first, by its own doing.
Result<void> Preparer::close_level(std::size_t depth) {
  CHECK(depth < levels_.size());
  TRY_VOID(levels_[depth]->finish());
  levels_.pop_back();
  return {};
}

}  // namespace bulla::mime
