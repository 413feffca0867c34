#include "mime/canonical.h"

#include <algorithm>
#include <cstring>

#include "base/try.h"
#include "mime/kernels.h"

namespace bulla::mime {
namespace {

// Input of one conversion. It gives at most twice as much; both stay in the second cache.
constexpr std::size_t kBlock = 64u << 10;
// Clean octets before the first bare LF that are worth a write of their own.
constexpr std::size_t kWorthPassing = 4u << 10;

bool has_lf(ByteView bytes) {
  return !bytes.empty() && std::memchr(bytes.data(), '\n', bytes.size()) != nullptr;
}

}  // namespace

// Passes on octets in which each LF has its CR before it.
Result<void> Canonicalizer::pass(ByteView bytes) {
  if (bytes.empty()) return {};
  if (!saw_.crlf) saw_.crlf = has_lf(bytes);
  return next().write(bytes);
}

Result<void> Canonicalizer::write(ByteView bytes) {
  while (!bytes.empty()) {
    std::size_t clean = clean_run(bytes);
    if (clean == bytes.size() || clean >= kWorthPassing) {
      after_cr_ = bytes[clean - 1] == '\r';
      TRY_VOID(pass(bytes.first(clean)));
      bytes = bytes.subspan(clean);
    } else {
      ByteView block = bytes.first(std::min(bytes.size(), kBlock));
      TRY_VOID(convert(block));
      bytes = bytes.subspan(block.size());
    }
  }
  return {};
}

// Octets before the first bare LF. REQUIRES: bytes are not empty.
std::size_t Canonicalizer::clean_run(ByteView bytes) {
  if (bytes[0] == '\n' && !after_cr_) return 0;
  if (after_cr_ && bytes[0] != '\n') saw_.bare_cr = true;
  std::size_t at = 0;
  if (!saw_.bare_cr) {
    at = kernels::find_uneven_line_end(bytes);
    if (at == bytes.size() || bytes[at] == '\n') return at;
    saw_.bare_cr = true;
  }
  return at + kernels::find_bare_lf(bytes.subspan(at));
}

// Passes on octets among which bare LFs are.
Result<void> Canonicalizer::convert(ByteView bytes) {
  if (out_.size() < 2 * bytes.size()) out_.resize(2 * bytes.size());
  kernels::Converted seen = kernels::lf_to_crlf(bytes, after_cr_ ? '\r' : '\0', out_);
  saw_.bare_lf = true;
  saw_.crlf |= seen.crlf;
  saw_.bare_cr |= seen.bare_cr;
  after_cr_ = bytes.back() == '\r';
  return next().write(ByteView(out_).first(seen.written));
}

Result<void> Canonicalizer::flush() {
  if (after_cr_) saw_.bare_cr = true;
  after_cr_ = false;
  return {};
}

Result<void> CrlfToLf::write(ByteView bytes) {
  if (bytes.empty()) return {};
  if (held_cr_ && bytes[0] != '\n') {
    TRY_VOID(next().write(as_bytes("\r")));
  }
  held_cr_ = bytes.back() == '\r';
  if (held_cr_) bytes = bytes.first(bytes.size() - 1);
  while (!bytes.empty()) {
    if (std::memchr(bytes.data(), '\r', bytes.size()) == nullptr) return next().write(bytes);
    ByteView block = bytes.first(std::min(bytes.size(), kBlock));
    // A line end is not cut in two.
    bool cut = block.size() > 1 && block.back() == '\r' && block.size() < bytes.size();
    if (cut) block = block.first(block.size() - 1);
    if (out_.size() < block.size()) out_.resize(block.size());
    std::size_t size = kernels::crlf_to_lf(block, out_);
    TRY_VOID(next().write(ByteView(out_).first(size)));
    bytes = bytes.subspan(block.size());
  }
  return {};
}

Result<void> CrlfToLf::flush() {
  if (!held_cr_) return {};
  held_cr_ = false;
  return next().write(as_bytes("\r"));
}

}  // namespace bulla::mime
