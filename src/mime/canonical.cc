#include "mime/canonical.h"

#include <cstring>

#include "base/try.h"
#include "mime/kernels.h"

namespace bulla::mime {
namespace {

constexpr std::uint8_t kCrlf[] = {'\r', '\n'};

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
  if (bytes.empty()) return {};
  std::size_t start = 0;
  bool bare_lf = bytes[0] == '\n' && !after_cr_;
  if (after_cr_ && bytes[0] != '\n') saw_.bare_cr = true;
  after_cr_ = bytes.back() == '\r';
  for (std::size_t at = 0;;) {
    if (bare_lf) {
      saw_.bare_lf = true;
      TRY_VOID(pass(bytes.subspan(start, at - start)));
      TRY_VOID(next().write(kCrlf));
      start = at + 1;
    }
    at += kernels::find_uneven_line_end(bytes.subspan(at));
    if (at >= bytes.size()) return pass(bytes.subspan(start));
    bare_lf = bytes[at] == '\n';
    if (!bare_lf) saw_.bare_cr = true;
  }
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
  Bytes out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const void* found = std::memchr(bytes.data(), '\r', bytes.size());
    std::size_t end =
        found == nullptr
            ? bytes.size()
            : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data());
    append(out, bytes.first(end));
    bytes = bytes.subspan(end);
    if (bytes.empty()) break;
    if (bytes.size() == 1 || bytes[1] != '\n') out.push_back('\r');
    bytes = bytes.subspan(1);
  }
  return out.empty() ? Result<void>{} : next().write(out);
}

Result<void> CrlfToLf::flush() {
  if (!held_cr_) return {};
  held_cr_ = false;
  return next().write(as_bytes("\r"));
}

}  // namespace bulla::mime
