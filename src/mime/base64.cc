#include "mime/base64.h"

#include <algorithm>

#include "base/try.h"
#include "mime/base64_digits.h"
#include "mime/kernels.h"

namespace bulla::mime {
namespace {

constexpr std::size_t kLineOctets = kernels::kBase64LineOctets;
// A block of output stays in the processor's second cache, together with its input.
constexpr std::size_t kBlockLines = 1024;
constexpr std::size_t kOutSize = 48u << 10;

// Appends the digits and the padding; returns the new end.
std::uint8_t* encode(ByteView in, std::uint8_t* out) {
  std::size_t i = 0;
  for (; i + 3 <= in.size(); i += 3, out += 4) put_digits(in.data() + i, out);
  if (i == in.size()) return out;
  std::uint8_t last[3] = {in[i], i + 1 < in.size() ? in[i + 1] : std::uint8_t{0}, 0};
  put_digits(last, out);
  out[3] = '=';
  if (i + 1 == in.size()) out[2] = '=';
  return out + 4;
}

}  // namespace

std::string base64(ByteView bytes) {
  std::string result((bytes.size() + 2) / 3 * 4, '=');
  encode(bytes, reinterpret_cast<std::uint8_t*>(result.data()));
  return result;
}

LineBreak first_line_break(std::string_view text) {
  std::size_t end = text.find('\n');
  bool lf = end != text.npos && (end == 0 || text[end - 1] != '\r');
  return lf ? LineBreak::Lf : LineBreak::Crlf;
}

Result<void> Base64Encoder::write(ByteView bytes) {
  if (!pending_.empty()) {
    std::size_t more = std::min(bytes.size(), kLineOctets - pending_.size());
    append(pending_, bytes.first(more));
    bytes = bytes.subspan(more);
    if (pending_.size() == kLineOctets) {
      TRY_VOID(write_lines(pending_));
      pending_.clear();
    }
  }
  while (bytes.size() >= kLineOctets) {
    std::size_t lines = std::min(bytes.size() / kLineOctets, kBlockLines);
    TRY_VOID(write_lines(bytes.first(lines * kLineOctets)));
    bytes = bytes.subspan(lines * kLineOctets);
  }
  append(pending_, bytes);
  return {};
}

// Lines of 57 octets. A line end stands between lines: the one after the last line waits.
Result<void> Base64Encoder::write_lines(ByteView octets) {
  std::string_view end = line_break();
  std::size_t line_size = kernels::kBase64LineDigits + end.size();
  std::size_t size = octets.size() / kLineOctets * line_size;
  if (out_.size() < end.size() + size) out_.resize(end.size() + size);
  MutableByteView out(out_);
  std::copy(end.begin(), end.end(), out.begin());
  kernels::encode_base64_lines(octets, end, out.subspan(end.size()));
  // Without the line end before the lines, if none is due, and without the one after them.
  ByteView lines = out.first(size);
  if (!open_line_) lines = lines.subspan(end.size());
  open_line_ = true;
  return next().write(lines);
}

Result<void> Base64Encoder::flush() {
  std::string last;
  if (!pending_.empty()) {
    if (open_line_) last = line_break();
    last += base64(pending_);
    open_line_ = true;
    pending_.clear();
  }
  if (open_line_ && options_.last_line == LastLine::Ended) last += line_break();
  open_line_ = false;
  return last.empty() ? Result<void>{} : next().write(as_bytes(last));
}

Result<void> Base64Decoder::write(ByteView bytes) {
  offset_ += bytes.size();
  make_room(bytes.size());
  while (!bytes.empty()) {
    if (out_.size() - used_ < 3) TRY_VOID(pass());
    if (digits_ == 0 && !ended_) {
      kernels::Progress done = kernels::decode_base64(bytes, MutableByteView(out_).subspan(used_));
      used_ += done.written;
      bytes = bytes.subspan(done.read);
    }
    // What the kernel left, up to where it can go on.
    while (!bytes.empty() && out_.size() - used_ >= 3) {
      take(bytes[0]);
      bytes = bytes.subspan(1);
      bool clear = digits_ == 0 && !ended_;
      if (clear && !bytes.empty() && kDigitValues[3][bytes[0]] != kNoDigit) break;
    }
  }
  return pass();
}

// Makes place for what so many octets give, as far as one piece of output has it.
void Base64Decoder::make_room(std::size_t octets) {
  std::size_t size = std::min(octets / 4 * 3 + 4, kOutSize);
  if (out_.size() < size) out_.resize(size);
}

// One octet of what the kernel does not take.
void Base64Decoder::take(std::uint8_t octet) {
  if (is_base64_blank(octet)) return;
  std::uint32_t digit = kDigitValues[3][octet];
  if (ended_) {
    if (digit != kNoDigit || octet != '=')
      ++saw_.after_padding;
    else if (pads_ + digits_ >= 4)
      ++saw_.after_padding;
    else
      ++pads_;
    return;
  }
  if (octet == '=' && digits_ >= 2) {
    ended_ = true;
    pads_ = 1;
    return;
  }
  if (digit == kNoDigit) {
    ++saw_.foreign;
    return;
  }
  group_ = group_ << 6 | digit;
  if (++digits_ < 4) return;
  put_octets(group_, out_.data() + used_);
  used_ += 3;
  group_ = 0;
  digits_ = 0;
}

Result<void> Base64Decoder::pass() {
  if (used_ == 0) return {};
  std::size_t size = used_;
  used_ = 0;
  return next().write(ByteView(out_).first(size));
}

Result<void> Base64Decoder::flush() {
  if (digits_ == 1) return failure(Rule::MimeTruncatedBase64, offset_);
  if (digits_ >= 2) {
    std::uint32_t group = group_ << (6 * (4 - digits_));
    make_room(0);
    put_octets(group, out_.data() + used_);
    used_ += digits_ - 1;
    if (pads_ + digits_ < 4) saw_.missing_padding = true;
  }
  digits_ = 0;
  group_ = 0;
  pads_ = 0;
  ended_ = false;
  return pass();
}

}  // namespace bulla::mime
