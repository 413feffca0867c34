#include "mime/line_filters.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/try.h"
#include "mime/kernels.h"

namespace bulla::mime {
namespace {

constexpr std::size_t kOutSize = 16u << 10;
constexpr std::size_t kBreakAt = 990;

// Octets up to and with the first LF, or 0 if there is none.
std::size_t line_size(ByteView bytes) {
  if (bytes.empty()) return 0;
  const void* found = std::memchr(bytes.data(), '\n', bytes.size());
  if (found == nullptr) return 0;
  return static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data()) + 1;
}

// Octets up to and with the last LF, or 0 if there is none.
std::size_t last_line_end(ByteView bytes) { return as_text(bytes).rfind('\n') + 1; }

bool is_blank(std::uint8_t octet) { return octet == ' ' || octet == '\t'; }

// The octets before the first that is not safe. Looks only so far ahead that it is little work
// to look again, after a line that has to be changed.
ByteView safe_start(ByteView lines) {
  lines = lines.first(std::min(lines.size(), kOutSize));
  return lines.first(kernels::find_unsafe_in_lines(lines));
}

// Octets of the whole lines before the first that is too long.
std::size_t short_lines(ByteView lines) {
  for (std::size_t size = 0;;) {
    ByteView rest = lines.subspan(size);
    std::size_t more = last_line_end(rest.first(std::min(rest.size(), kBreakAt)));
    if (more == 0) return size;
    size += more;
  }
}

}  // namespace

Result<void> SevenBitGuard::write(ByteView bytes) {
  std::size_t bad = kernels::find_not_seven_bit(bytes);
  if (bad < bytes.size()) return failure(rule_, offset_ + bad);
  // Each step goes to the last line end that one line could have, over all lines before it.
  for (ByteView rest = bytes; !rest.empty();) {
    std::size_t most = kMaxLineOctets + 2 - column_;
    std::size_t end = last_line_end(rest.first(std::min(most, rest.size())));
    column_ = end == 0 ? column_ + rest.size() : 0;
    if (end == 0 && rest.size() >= most) return failure(rule_, offset_, "a line is too long");
    if (end == 0) break;
    rest = rest.subspan(end);
  }
  offset_ += bytes.size();
  return bytes.empty() ? Result<void>{} : next().write(bytes);
}

Result<void> SevenBitGuard::flush() {
  bool too_long = column_ > kMaxLineOctets;
  column_ = 0;
  return too_long ? failure(rule_, offset_, "a line is too long") : Result<void>{};
}

Result<void> LineScrubber::write(ByteView bytes) {
  while (!bytes.empty()) {
    bool at_line_start = column_ == 0 && held_.empty() && !held_cr_;
    std::size_t clean = at_line_start ? clean_lines(bytes) : 0;
    if (clean > 0) {
      TRY_VOID(pass());
      TRY_VOID(next().write(bytes.first(clean)));
      bytes = bytes.subspan(clean);
      continue;
    }
    std::size_t size = line_size(bytes);
    for (std::uint8_t octet : bytes.first(size == 0 ? bytes.size() : size)) {
      take(octet);
      if (out_.size() >= kOutSize) TRY_VOID(pass());
    }
    bytes = bytes.subspan(size == 0 ? bytes.size() : size);
  }
  return pass();
}

// Octets of the whole lines at the start that need no change.
std::size_t LineScrubber::clean_lines(ByteView bytes) const {
  std::size_t clean = 0;
  for (;;) {
    clean += short_lines(safe_start(bytes.subspan(clean)));
    // One that may need one.
    std::size_t size = line_size(bytes.subspan(clean));
    if (size == 0 || !is_clean(bytes.subspan(clean, size))) return clean;
    clean += size;
  }
}

bool LineScrubber::is_clean(ByteView line) const {
  if (line.size() < 2 || line.size() > kBreakAt || line[line.size() - 2] != '\r') return false;
  ByteView text = line.first(line.size() - 2);
  if (text.empty()) return true;
  return !is_blank(text.back()) && !as_text(text).starts_with("From ") &&
         kernels::find_not_seven_bit(text) == text.size() &&
         std::memchr(text.data(), '\r', text.size()) == nullptr;
}

void LineScrubber::take(std::uint8_t octet) {
  if (octet == '\n' || octet == '\r') {
    // Canonical text has a line end or a bare CR here; a bare CR is dropped.
    held_cr_ = octet == '\r';
    if (octet == '\r') return;
    held_.clear();
    out_.insert(out_.end(), {'\r', '\n'});
    column_ = 0;
    from_ = 0;
    return;
  }
  held_cr_ = false;
  if (is_blank(octet) && held_.size() < kBreakAt) {
    held_.push_back(octet);
    return;
  }
  for (std::uint8_t blank : held_) put(blank);
  held_.clear();
  put(octet);
}

void LineScrubber::put(std::uint8_t octet) {
  constexpr std::string_view kFrom = "From ";
  bool replace = unsafe_ == Unsafe::Replace;
  if (octet == 0 || octet >= 0x80) {
    if (!replace) return;
    octet = '?';
  }
  if (column_ >= kBreakAt) {
    out_.insert(out_.end(), {'\r', '\n'});
    column_ = 0;
    from_ = 0;
  }
  bool goes_on =
      from_ == column_ && from_ < kFrom.size() && octet == static_cast<std::uint8_t>(kFrom[from_]);
  if (goes_on) ++from_;
  if (goes_on && from_ == kFrom.size() && replace) octet = '?';
  out_.push_back(octet);
  ++column_;
}

Result<void> LineScrubber::pass() {
  if (out_.empty()) return {};
  Result<void> written = next().write(out_);
  out_.clear();
  return written;
}

Result<void> LineScrubber::flush() {
  held_.clear();
  held_cr_ = false;
  column_ = 0;
  from_ = 0;
  return pass();
}

}  // namespace bulla::mime
