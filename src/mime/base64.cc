#include "mime/base64.h"

#include <algorithm>
#include <cstring>

#include "base/try.h"

namespace bulla::mime {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kLineOctets = 57;  // 76 digits
constexpr std::size_t kOutSize = 48u << 10;
constexpr std::uint32_t kNoDigit = 1u << 31;

// Two digits for each value of twelve bits.
struct Pair {
  char digits[2];
};
constexpr std::array<Pair, 4096> make_pairs() {
  std::array<Pair, 4096> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = {{kAlphabet[i >> 6], kAlphabet[i & 63]}};
  }
  return table;
}
constexpr std::array<Pair, 4096> kPairs = make_pairs();

// For each of the four places in a group, a digit's value where the group has it.
using DigitTable = std::array<std::array<std::uint32_t, 256>, 4>;
constexpr DigitTable make_digits() {
  DigitTable table{};
  for (auto& place : table) {
    for (auto& value : place) value = kNoDigit;
  }
  for (std::uint32_t i = 0; i < 64; ++i) {
    for (std::size_t place = 0; place < 4; ++place) {
      table[place][static_cast<unsigned char>(kAlphabet[i])] = i << (18 - 6 * place);
    }
  }
  return table;
}
constexpr DigitTable kDigits = make_digits();

void encode_group(const std::uint8_t* in, std::uint8_t* out) {
  std::uint32_t value = in[0] * 65536u + in[1] * 256u + in[2];
  std::memcpy(out, kPairs.data() + (value >> 12), 2);
  std::memcpy(out + 2, kPairs.data() + (value & 4095), 2);
}

// Appends the digits and the padding; returns the new end.
std::uint8_t* encode(ByteView in, std::uint8_t* out) {
  std::size_t i = 0;
  for (; i + 3 <= in.size(); i += 3, out += 4) encode_group(in.data() + i, out);
  if (i == in.size()) return out;
  std::uint8_t last[3] = {in[i], i + 1 < in.size() ? in[i + 1] : std::uint8_t{0}, 0};
  encode_group(last, out);
  out[3] = '=';
  if (i + 1 == in.size()) out[2] = '=';
  return out + 4;
}

void put_three(std::uint32_t group, std::uint8_t* out) {
  out[0] = static_cast<std::uint8_t>(group >> 16);
  out[1] = static_cast<std::uint8_t>(group >> 8);
  out[2] = static_cast<std::uint8_t>(group);
}

struct Progress {
  std::size_t read = 0;
  std::size_t written = 0;
};

// Decodes whole groups, and skips the line ends between them, until something else comes.
// REQUIRES: room for one octet more than what is written.
Progress decode_groups(ByteView in, std::uint8_t* out, std::size_t room) {
  const std::uint8_t* p = in.data();
  const std::uint8_t* end = p + in.size();
  std::uint8_t* start = out;
  const std::uint8_t* full = out + room;
  while (end - p >= 4 && full - out >= 3) {
    std::uint32_t group = kDigits[0][p[0]] | kDigits[1][p[1]] | kDigits[2][p[2]] | kDigits[3][p[3]];
    if ((group & kNoDigit) == 0) {
      const std::uint8_t octets[4] = {static_cast<std::uint8_t>(group >> 16),
                                      static_cast<std::uint8_t>(group >> 8),
                                      static_cast<std::uint8_t>(group), 0};
      std::memcpy(out, octets, 4);
      out += 3;
      p += 4;
    } else if (p[0] == '\n' || p[0] == '\r') {
      ++p;
    } else {
      break;
    }
  }
  return {static_cast<std::size_t>(p - in.data()), static_cast<std::size_t>(out - start)};
}

}  // namespace

std::string base64(ByteView bytes) {
  std::string result((bytes.size() + 2) / 3 * 4, '=');
  encode(bytes, reinterpret_cast<std::uint8_t*>(result.data()));
  return result;
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
  constexpr std::size_t kBlock = kLineOctets * 512;
  while (bytes.size() >= kLineOctets) {
    std::size_t whole = std::min(bytes.size() / kLineOctets * kLineOctets, kBlock);
    TRY_VOID(write_lines(bytes.first(whole)));
    bytes = bytes.subspan(whole);
  }
  append(pending_, bytes);
  return {};
}

// Lines of 57 octets; the last may be shorter. A line end stands between lines.
Result<void> Base64Encoder::write_lines(ByteView octets) {
  std::size_t lines = (octets.size() + kLineOctets - 1) / kLineOctets;
  if (out_.size() < lines * 78 + 2) out_.resize(lines * 78 + 2);
  std::uint8_t* end = out_.data();
  while (!octets.empty()) {
    if (open_line_) end = std::copy(line_break().begin(), line_break().end(), end);
    std::size_t size = std::min(octets.size(), kLineOctets);
    end = encode(octets.first(size), end);
    octets = octets.subspan(size);
    open_line_ = true;
  }
  return next().write(ByteView(out_.data(), end));
}

Result<void> Base64Encoder::flush() {
  if (!pending_.empty()) TRY_VOID(write_lines(pending_));
  pending_.clear();
  bool ended = open_line_ && options_.last_line == LastLine::Ended;
  open_line_ = false;
  return ended ? next().write(as_bytes(line_break())) : Result<void>{};
}

Result<void> Base64Decoder::write(ByteView bytes) {
  offset_ += bytes.size();
  out_.resize(kOutSize + 1);
  while (!bytes.empty()) {
    if (kOutSize - used_ < 3) TRY_VOID(pass());
    if (digits_ == 0 && !ended_) {
      Progress done = decode_groups(bytes, out_.data() + used_, kOutSize - used_);
      used_ += done.written;
      bytes = bytes.subspan(done.read);
      if (bytes.empty() || kOutSize - used_ < 3) continue;
    }
    take(bytes[0]);
    bytes = bytes.subspan(1);
  }
  return pass();
}

// One octet of what decode_groups() does not take.
void Base64Decoder::take(std::uint8_t octet) {
  if (octet == '\n' || octet == '\r' || octet == ' ' || octet == '\t') return;
  std::uint32_t digit = kDigits[3][octet];
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
  put_three(group_, out_.data() + used_);
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
    out_.resize(kOutSize + 1);
    put_three(group, out_.data() + used_);
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
