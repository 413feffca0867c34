// Oid: an OBJECT IDENTIFIER, held and compared as the octets of its DER contents.
//
//   constexpr Oid kData = Oid::of("1.2.840.113549.1.7.1");
//
// Comparing octets and not numbers leaves no room for arcs that overflow
// (CVE-2025-66030). Longer ones than kMaxBytes are malformed input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bulla/bytes.h"

namespace bulla {

class Oid {
 public:
  static constexpr std::size_t kMaxBytes = 39;  // the longest in use (PQC drafts) has 16

  constexpr Oid() = default;

  // From dotted decimal text. REQUIRES: well-formed and at most kMaxBytes.
  static consteval Oid of(std::string_view dotted);

  // From DER contents octets: base-128 arcs, each minimal and complete (X.690 8.19).
  static std::optional<Oid> from_der(ByteView contents);

  // Dotted decimal; arcs past 2^64-1 make the whole "0x" and hexadecimal.
  std::string to_string() const;

  // Valid as long as this Oid.
  constexpr ByteView der() const { return {bytes_.data(), size_}; }
  constexpr bool empty() const { return size_ == 0; }

  friend constexpr bool operator==(const Oid&, const Oid&) = default;
  friend constexpr auto operator<=>(const Oid&, const Oid&) = default;

 private:
  constexpr void push_arc(std::uint64_t arc);

  std::array<std::uint8_t, kMaxBytes> bytes_{};
  std::uint8_t size_ = 0;
};

constexpr void Oid::push_arc(std::uint64_t arc) {
  int groups = 1;
  for (std::uint64_t rest = arc >> 7; rest != 0; rest >>= 7) ++groups;
  for (int i = groups - 1; i >= 0; --i) {
    auto octet = static_cast<std::uint8_t>((arc >> (7 * i)) & 0x7f);
    bytes_.at(size_++) = static_cast<std::uint8_t>(octet | (i > 0 ? 0x80 : 0));
  }
}

consteval Oid Oid::of(std::string_view dotted) {
  Oid oid;
  std::uint64_t first = 0;
  std::uint64_t arc = 0;
  int index = 0;
  for (std::size_t i = 0; i <= dotted.size(); ++i) {
    if (i < dotted.size() && dotted[i] != '.') {
      arc = arc * 10 + static_cast<std::uint64_t>(dotted[i] - '0');
      continue;
    }
    if (index == 0) first = arc;
    if (index == 1) oid.push_arc(first * 40 + arc);
    if (index > 1) oid.push_arc(arc);
    arc = 0;
    ++index;
  }
  return oid;
}

}  // namespace bulla
