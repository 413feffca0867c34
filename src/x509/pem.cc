#include "x509/pem.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "base/try.h"

namespace bulla::x509 {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
// RFC 7468 writes 64; some programs write all on one line.
constexpr std::size_t kMaxLine = 1'024;
// The root certificates of the large programs together are some hundred.
constexpr std::size_t kMaxBlocks = 10'000;

// Takes lines off a text, however they end.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  bool more() const { return at_ < text_.size(); }
  // Where the line that next() gave last began.
  std::uint64_t offset() const { return start_; }

  std::string_view next() {
    start_ = at_;
    std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    std::string_view line = text_.substr(at_, end - at_);
    at_ = end;
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    return line;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
};

// The label in a line that begins with `start` and ends with dashes.
std::optional<std::string_view> boundary_label(std::string_view line, std::string_view start) {
  line = trim(line);
  if (line.size() < start.size() + kDashes.size()) return std::nullopt;
  if (line.substr(0, start.size()) != start) return std::nullopt;
  if (line.substr(line.size() - kDashes.size()) != kDashes) return std::nullopt;
  return line.substr(start.size(), line.size() - start.size() - kDashes.size());
}

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_base64_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}

int base64_value(char c) {
  static constexpr auto kValues = make_base64_values();
  return kValues[static_cast<unsigned char>(c)];
}

// base64 (RFC 4648 4) that comes in lines.
class Decoder {
 public:
  explicit Decoder(std::size_t max_bytes) : out_(max_bytes) {}

  bool line(std::string_view text) {
    while (pending_ == 0 && padding_ == 0 && text.size() >= 4 && take_group(text.data())) {
      text.remove_prefix(4);
    }
    return std::all_of(text.begin(), text.end(), [this](char c) { return take(c); });
  }

  // The octets, if the text was complete and its last bits are zero.
  std::optional<Secret> finish() {
    if (characters_ % 4 != 0 || (bits_ & ((1u << pending_) - 1)) != 0) return std::nullopt;
    out_.truncate(size_);
    return std::move(out_);
  }

 private:
  // Four digits at once; false, and nothing is taken, if one of them is something else.
  bool take_group(const char* digits) {
    int a = base64_value(digits[0]);
    int b = base64_value(digits[1]);
    int c = base64_value(digits[2]);
    int d = base64_value(digits[3]);
    if ((a | b | c | d) < 0) return false;
    std::uint8_t* out = out_.mutable_view().data() + size_;
    out[0] = static_cast<std::uint8_t>(a << 2 | b >> 4);
    out[1] = static_cast<std::uint8_t>(b << 4 | c >> 2);
    out[2] = static_cast<std::uint8_t>(c << 6 | d);
    size_ += 3;
    characters_ += 4;
    return true;
  }

  bool take(char c) {
    if (c == ' ' || c == '\t') return true;
    ++characters_;
    if (c == '=') {
      ++padding_;
      return padding_ <= 2 && (characters_ - 1) % 4 >= 2;
    }
    int value = base64_value(c);
    if (value < 0 || padding_ > 0) return false;
    bits_ = (bits_ << 6) | static_cast<unsigned>(value);
    pending_ += 6;
    if (pending_ < 8) return true;
    pending_ -= 8;
    out_.mutable_view()[size_++] = static_cast<std::uint8_t>(bits_ >> pending_);
    bits_ &= (1u << pending_) - 1;
    return true;
  }

  Secret out_;
  std::size_t size_ = 0;
  std::uint64_t characters_ = 0;
  unsigned padding_ = 0;
  unsigned bits_ = 0;
  unsigned pending_ = 0;
};

tl::unexpected<Error> bad_line(const Lines& lines, std::string_view line) {
  if (line.find(':') == std::string_view::npos) {
    return failure(Rule::KeyUnreadable, lines.offset(), "bad base64 in a PEM block");
  }
  bool encrypted = line.substr(0, 10) == "Proc-Type:" || line.substr(0, 9) == "DEK-Info:";
  if (!encrypted) return failure(Rule::KeyUnreadable, lines.offset(), "a header in a PEM block");
  return failure(Rule::KeyUnreadable, lines.offset(),
                 "encrypted in an old form; convert it with openssl pkcs8 -topk8");
}

// One block behind its BEGIN line. `max_bytes` is room enough for its contents.
Result<Secret> read_block(Lines& lines, std::string_view label, std::size_t max_bytes) {
  Decoder decoder(max_bytes);
  std::uint64_t begin = lines.offset();
  while (lines.more()) {
    std::string_view line = lines.next();
    if (auto end = boundary_label(line, kEnd)) {
      auto contents = decoder.finish();
      if (*end != label || !contents || contents->empty()) {
        return failure(Rule::KeyUnreadable, lines.offset(), "a PEM block ends badly");
      }
      return std::move(*contents);
    }
    if (line.size() > kMaxLine || !decoder.line(line)) return bad_line(lines, line);
  }
  return failure(Rule::KeyUnreadable, begin, "a PEM block has no end");
}

// How many octets the block that begins behind `from` can have: what stands before
// the next dash, which base64 has not.
std::size_t room_for_block(std::string_view text, std::size_t from) {
  std::size_t end = std::min(text.find('-', from), text.size());
  return (end - from) / 4 * 3 + 3;
}

}  // namespace

bool is_pem(ByteView file) {
  std::string_view text = as_text(file);
  for (std::size_t at = text.find(kBegin); at != text.npos; at = text.find(kBegin, at + 1)) {
    if (at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r') return true;
  }
  return false;
}

std::string write_pem(std::string_view label, ByteView contents) {
  constexpr std::size_t kLine = 64;
  std::size_t digits = (contents.size() + 2) / 3 * 4;
  std::string head = std::string(kBegin) + std::string(label) + std::string(kDashes) + "\n";
  std::string foot = std::string(kEnd) + std::string(label) + std::string(kDashes) + "\n";
  std::string text;
  // Never moved, so that no copy of a key is left behind.
  text.reserve(head.size() + digits + (digits + kLine - 1) / kLine + foot.size());
  text += head;
  std::size_t written = 0;
  for (std::size_t i = 0; i < contents.size(); i += 3) {
    ByteView group = contents.subspan(i, std::min<std::size_t>(3, contents.size() - i));
    unsigned bits = static_cast<unsigned>(group[0]) << 16;
    if (group.size() > 1) bits |= static_cast<unsigned>(group[1]) << 8;
    if (group.size() > 2) bits |= group[2];
    for (std::size_t digit = 0; digit < 4; ++digit) {
      text += digit <= group.size() ? kDigits[(bits >> (18 - 6 * digit)) & 0x3f] : '=';
    }
    written += 4;
    if (written % kLine == 0 && i + 3 < contents.size()) text += '\n';
  }
  return text += '\n' + foot;
}

Result<std::vector<PemBlock>> read_pem(ByteView file) {
  std::string_view text = as_text(file);
  std::vector<PemBlock> blocks;
  Lines lines(text);
  while (lines.more()) {
    std::string_view line = lines.next();
    auto label = boundary_label(line, kBegin);
    if (!label) continue;
    if (blocks.size() == kMaxBlocks) return failure(Rule::LimitCertificates, lines.offset());
    PemBlock block{.label = std::string(*label), .contents = Secret(), .offset = lines.offset()};
    block.contents =
        TRY(read_block(lines, block.label, room_for_block(text, lines.offset() + line.size())));
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace bulla::x509
