#include "mime/quoted_printable.h"

#include <algorithm>

#include "base/try.h"
#include "mime/kernels.h"

namespace bulla::mime {
namespace {

constexpr std::size_t kMaxColumns = 75;   // and "=" makes 76
constexpr std::size_t kMaxEncoded = 990;  // an encoded line is broken only before SMTP's 998
// Blanks at the end of a line that are kept for judging it; SMTP lines have 998 octets.
constexpr std::size_t kMaxBlanks = 1000;
constexpr std::size_t kOutSize = 16u << 10;
constexpr char kHex[] = "0123456789ABCDEF";

int hex_value(std::uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  int small = c | 0x20;
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

bool is_blank(std::uint8_t octet) { return octet == ' ' || octet == '\t'; }

// Octets at the start that stand for themselves wherever they are: printable ASCII but "=", and
// spaces with such a one after them, so none of these is at the end of a line.
std::size_t plain_run(ByteView bytes) {
  std::size_t size = kernels::find_not_literal(bytes);
  while (size > 0 && bytes[size - 1] == ' ') --size;
  return size;
}

}  // namespace

Result<void> QuotedPrintableEncoder::write(ByteView bytes) {
  while (!bytes.empty()) {
    std::size_t size = put_plain(bytes);
    if (size == 0) {
      take(bytes[0]);
      size = 1;
    }
    bytes = bytes.subspan(size);
    if (out_.size() >= kOutSize) TRY_VOID(pass());
  }
  return pass();
}

// Puts the octets that stand for themselves on the line, as far as they fit; 0 where each
// has to be looked at: at the start of a line, and after what may stand at its end.
std::size_t QuotedPrintableEncoder::put_plain(ByteView bytes) {
  std::size_t limit = input_ == Input::Data ? kMaxColumns : kMaxEncoded;
  bool looked_at = !held_.empty() || in_escape_ > 0 || from_ == column_ || column_ >= limit;
  // "From" is followed by its blank: from_ is 4 in column 4, which is looked at.
  if (looked_at) return 0;
  std::size_t size = plain_run(bytes.first(std::min(bytes.size(), limit - column_)));
  append(out_, bytes.first(size));
  column_ += size;
  return size;
}

Result<void> QuotedPrintableEncoder::flush() {
  if (!held_.empty() && held_.back() == '\r') {
    held_.pop_back();
    for (std::uint8_t blank : held_) put(blank);
    put_escaped('\r');
  } else if (!held_.empty()) {
    end_line();
  }
  held_.clear();
  column_ = 0;
  from_ = 0;
  in_escape_ = 0;
  return pass();
}

void QuotedPrintableEncoder::take(std::uint8_t octet) {
  if (octet == '\n') {
    if (!held_.empty() && held_.back() == '\r') held_.pop_back();
    end_line();
    put_line_break();
    return;
  }
  bool after_cr = !held_.empty() && held_.back() == '\r';
  bool joins = is_blank(octet) && !after_cr && held_.size() < kMaxBlanks;
  if (!joins && !held_.empty() && (octet != '\r' || after_cr)) {
    if (after_cr) held_.pop_back();
    for (std::uint8_t blank : held_) put(blank);
    held_.clear();
    if (after_cr) put_escaped('\r');
    joins = is_blank(octet);
  }
  if (joins || octet == '\r') {
    held_.push_back(octet);
  } else {
    put(octet);
  }
}

// Writes the held blanks so that nobody strips them: in Data the last one is escaped; in
// Encoded they mean nothing and go.
void QuotedPrintableEncoder::end_line() {
  if (input_ == Input::Data && !held_.empty()) {
    std::uint8_t last = held_.back();
    held_.pop_back();
    for (std::uint8_t blank : held_) put(blank);
    put_escaped(last);
  }
  held_.clear();
}

void QuotedPrintableEncoder::put_line_break() {
  if (line_break_ == LineBreak::Crlf) out_.push_back('\r');
  out_.push_back('\n');
  column_ = 0;
  from_ = 0;
  in_escape_ = 0;
}

void QuotedPrintableEncoder::put(std::uint8_t octet) {
  bool plain = (octet > 0x20 && octet < 0x7f) || is_blank(octet);
  if (input_ == Input::Data && octet == '=') plain = false;
  if (!plain) return put_escaped(octet);
  bool is_equals = input_ == Input::Encoded && octet == '=';
  make_room(is_equals ? 3 : 1);
  if (column_ == 0 && octet == '.') return put_escaped(octet);
  if (octet == ' ' && from_ == 4 && column_ == 4) return put_escaped(octet);
  put_literal(octet);
  if (is_equals) in_escape_ = 2;
}

void QuotedPrintableEncoder::put_literal(std::uint8_t octet) {
  constexpr std::string_view kFrom = "From";
  bool goes_on =
      from_ == column_ && from_ < kFrom.size() && octet == static_cast<std::uint8_t>(kFrom[from_]);
  if (goes_on) ++from_;
  if (in_escape_ > 0) --in_escape_;
  out_.push_back(octet);
  ++column_;
}

void QuotedPrintableEncoder::put_escaped(std::uint8_t octet) {
  in_escape_ = 0;
  make_room(3);
  out_.insert(out_.end(), {'=', static_cast<std::uint8_t>(kHex[octet >> 4]),
                           static_cast<std::uint8_t>(kHex[octet & 15])});
  column_ += 3;
}

// Breaks the line softly if it would become too long; never inside an escape.
void QuotedPrintableEncoder::make_room(std::size_t columns) {
  std::size_t limit = input_ == Input::Data ? kMaxColumns : kMaxEncoded;
  if (column_ + columns <= limit || in_escape_ > 0) return;
  out_.push_back('=');
  put_line_break();
}

Result<void> QuotedPrintableEncoder::pass() {
  if (out_.empty()) return {};
  Result<void> written = next().write(out_);
  out_.clear();
  return written;
}

Result<void> QuotedPrintableDecoder::write(ByteView bytes) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    std::size_t plain = state_ == State::Text
                            ? plain_run(bytes.subspan(i, std::min(bytes.size() - i, kOutSize)))
                            : 0;
    append(out_, bytes.subspan(i, plain));
    i += plain;
    if (plain == 0 && take(bytes[i])) ++i;
    if (out_.size() < kOutSize) continue;
    TRY_VOID(next().write(out_));
    out_.clear();
  }
  if (out_.empty()) return {};
  Result<void> written = next().write(out_);
  out_.clear();
  return written;
}

// False if the octet is to be given again, in another state.
bool QuotedPrintableDecoder::take(std::uint8_t octet) {
  switch (state_) {
    case State::Text:
      if (octet == '=' || is_blank(octet)) {
        state_ = octet == '=' ? State::Equals : State::Blanks;
        held_.push_back(octet);
        return true;
      }
      if (octet >= 0x80) ++malformed_;
      out_.push_back(octet);
      return true;
    case State::Blanks:
      if (is_blank(octet) && held_.size() < kMaxBlanks) {
        held_.push_back(octet);
        return true;
      }
      if (octet == '\r') {
        held_.push_back(octet);
        state_ = State::BlanksCr;
        return true;
      }
      if (octet == '\n') held_.clear();
      release();
      return false;
    case State::BlanksCr:
      if (octet == '\n') held_ = {'\r'};
      release();
      return false;
    default:
      return take_in_escape(octet);
  }
}

// hex-octet := "=" 2(DIGIT / "A" … "F"); a soft line break is "=" *blank line-end.
bool QuotedPrintableDecoder::take_in_escape(std::uint8_t octet) {
  if (state_ == State::Digit && hex_value(octet) >= 0) {
    out_.push_back(static_cast<std::uint8_t>(hex_value(held_[1]) * 16 + hex_value(octet)));
    held_.clear();
    state_ = State::Text;
    return true;
  }
  bool line_end = octet == '\n' && state_ != State::Digit;
  if (line_end) {
    held_.clear();
    state_ = State::Text;
    return true;
  }
  State then = State::Text;
  bool open = state_ == State::Equals || state_ == State::SoftBlanks;
  if (state_ == State::Equals && hex_value(octet) >= 0) then = State::Digit;
  if (open && is_blank(octet) && held_.size() < kMaxBlanks) then = State::SoftBlanks;
  if (open && octet == '\r') then = State::SoftCr;
  if (then == State::Text) {
    ++malformed_;
    release();
    return false;
  }
  state_ = then;
  held_.push_back(octet);
  return true;
}

void QuotedPrintableDecoder::release() {
  append(out_, held_);
  held_.clear();
  state_ = State::Text;
}

Result<void> QuotedPrintableDecoder::flush() {
  // The end of the data ends the line; a lone "=" there is a soft break.
  bool blanks = state_ == State::Blanks;
  bool soft = state_ == State::Equals || state_ == State::SoftBlanks || state_ == State::SoftCr;
  if (state_ == State::Digit) ++malformed_;
  if (blanks || soft) held_.clear();
  release();
  if (out_.empty()) return {};
  Result<void> written = next().write(out_);
  out_.clear();
  return written;
}

}  // namespace bulla::mime
