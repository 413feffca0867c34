#include "bulla/oid.h"

#include <algorithm>

namespace bulla {
namespace {

bool is_well_formed(ByteView contents) {
  if (contents.empty() || (contents.back() & 0x80) != 0) return false;
  bool at_start = true;
  for (std::uint8_t octet : contents) {
    if (at_start && octet == 0x80) return false;  // a leading zero group is not minimal
    at_start = (octet & 0x80) == 0;
  }
  return true;
}

}  // namespace

std::optional<Oid> Oid::from_der(ByteView contents) {
  if (contents.size() > kMaxBytes || !is_well_formed(contents)) return std::nullopt;
  Oid oid;
  std::copy(contents.begin(), contents.end(), oid.bytes_.begin());
  oid.size_ = static_cast<std::uint8_t>(contents.size());
  return oid;
}

std::string Oid::to_string() const {
  std::string text;
  std::uint64_t arc = 0;
  for (std::uint8_t octet : der()) {
    if (arc > (UINT64_MAX >> 7)) return "0x" + to_hex(der());
    arc = (arc << 7) | (octet & 0x7f);
    if ((octet & 0x80) != 0) continue;
    if (text.empty()) {
      std::uint64_t first = std::min<std::uint64_t>(arc / 40, 2);
      text = std::to_string(first) + "." + std::to_string(arc - 40 * first);
    } else {
      text += "." + std::to_string(arc);
    }
    arc = 0;
  }
  return text;
}

}  // namespace bulla
