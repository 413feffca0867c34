#include "x509/idna.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text.h"

namespace bulla::x509 {
namespace {

constexpr std::size_t kMaxLabel = 63;    // RFC 1035 2.3.4
constexpr std::size_t kMaxDomain = 253;  // the same, in text form
// UTF-8 octets of a label: an A-label of 63 octets has at most 59 digits, and each
// code point takes at least one.
constexpr std::size_t kMaxLabelUtf8 = 4 * 59;

// RFC 3492 5
constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kTMin = 1;
constexpr std::uint32_t kTMax = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::uint32_t kInitialBias = 72;
constexpr std::uint32_t kInitialN = 128;

// REQUIRES: well-formed UTF-8.
std::vector<std::uint32_t> code_points(std::string_view text) {
  std::vector<std::uint32_t> result;
  for (char c : text) {
    auto octet = static_cast<std::uint8_t>(c);
    if ((octet & 0xc0) == 0x80) {
      result.back() = (result.back() << 6) | (octet & 0x3fu);
    } else {
      result.push_back(octet < 0x80   ? octet
                       : octet < 0xe0 ? octet & 0x1fu
                       : octet < 0xf0 ? octet & 0x0fu
                                      : octet & 0x07u);
    }
  }
  return result;
}

char digit(std::uint32_t value) {
  return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

// RFC 3492 6.1
std::uint32_t adapt(std::uint32_t delta, std::uint32_t count, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / count;
  std::uint32_t k = 0;
  for (; delta > ((kBase - kTMin) * kTMax) / 2; k += kBase) delta /= kBase - kTMin;
  return k + (kBase - kTMin + 1) * delta / (delta + kSkew);
}

void append_integer(std::string& to, std::uint32_t value, std::uint32_t bias) {
  for (std::uint32_t k = kBase;; k += kBase) {
    std::uint32_t threshold = k <= bias ? kTMin : k >= bias + kTMax ? kTMax : k - bias;
    if (value < threshold) break;
    to += digit(threshold + (value - threshold) % (kBase - threshold));
    value = (value - threshold) / (kBase - threshold);
  }
  to += digit(value);
}

// RFC 3492 6.3. No overflow: at most 236 code points below 2^21.
std::string punycode(const std::vector<std::uint32_t>& input) {
  std::string output;
  for (std::uint32_t c : input) {
    if (c < 0x80) output += static_cast<char>(c);
  }
  auto basic = static_cast<std::uint32_t>(output.size());
  std::uint32_t handled = basic;
  if (basic > 0) output += '-';
  std::uint32_t n = kInitialN;
  std::uint32_t delta = 0;
  std::uint32_t bias = kInitialBias;
  while (handled < input.size()) {
    std::uint32_t next = 0x110000;
    for (std::uint32_t c : input) {
      if (c >= n) next = std::min(next, c);
    }
    delta += (next - n) * (handled + 1);
    n = next;
    for (std::uint32_t c : input) {
      if (c < n) ++delta;
      if (c != n) continue;
      append_integer(output, delta, bias);
      bias = adapt(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return output;
}

bool is_domain_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::optional<std::string> label_to_ascii(std::string_view label) {
  if (label.empty() || label.size() > kMaxLabelUtf8) return std::nullopt;
  std::string folded = lower(label);
  auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  for (char c : folded) {
    if (is_ascii(c) && !is_domain_character(c)) return std::nullopt;
  }
  bool ascii = std::all_of(folded.begin(), folded.end(), is_ascii);
  std::string result = ascii ? folded : "xn--" + punycode(code_points(folded));
  if (result.size() > kMaxLabel) return std::nullopt;
  return result;
}

}  // namespace

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  if (domain.size() > 4 * kMaxDomain || !is_utf8(domain)) return std::nullopt;
  std::string result;
  for (std::string_view label : split(domain, '.')) {
    auto ascii = label_to_ascii(label);
    if (!ascii) return std::nullopt;
    if (!result.empty()) result += '.';
    result += *ascii;
  }
  if (result.size() > kMaxDomain) return std::nullopt;
  return result;
}

}  // namespace bulla::x509
