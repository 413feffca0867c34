#include "message/seal_pem.h"

#include <algorithm>

#include "base/try.h"

namespace bulla {
namespace {

// Of input in one line: 64 characters (RFC 7468 2).
constexpr std::size_t kLineOctets = 48;

}  // namespace

Result<void> PemEncoder::write(ByteView octets) {
  if (!started_) out_.append("-----BEGIN CMS-----").append(line_end_);
  started_ = true;
  if (!pending_.empty()) {
    std::size_t more = std::min(octets.size(), kLineOctets - pending_.size());
    append(pending_, octets.first(more));
    octets = octets.subspan(more);
    if (pending_.size() < kLineOctets) return pass();
    add_line(pending_);
    pending_.clear();
  }
  for (; octets.size() >= kLineOctets; octets = octets.subspan(kLineOctets)) {
    add_line(octets.first(kLineOctets));
  }
  append(pending_, octets);
  return pass();
}

Result<void> PemEncoder::flush() {
  TRY_VOID(write({}));
  if (!pending_.empty()) add_line(pending_);
  pending_.clear();
  out_.append("-----END CMS-----").append(line_end_);
  started_ = false;
  return pass();
}

void PemEncoder::add_line(ByteView octets) {
  out_ += mime::base64(octets);
  out_ += line_end_;
}

Result<void> PemEncoder::pass() {
  if (out_.empty()) return {};
  std::string ready = std::move(out_);
  out_.clear();
  return next().write(as_bytes(ready));
}

}  // namespace bulla
