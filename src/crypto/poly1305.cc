#include "crypto/poly1305.h"

#include <algorithm>

namespace bulla::crypto {
namespace {

using Element = Poly1305::Element;
using Block = std::array<std::uint8_t, 16>;

constexpr std::uint32_t kLimb = (1u << 26) - 1;

std::uint32_t load32(const std::uint8_t* from) {
  return std::uint32_t{from[0]} | std::uint32_t{from[1]} << 8 | std::uint32_t{from[2]} << 16 |
         std::uint32_t{from[3]} << 24;
}

void store32(std::uint32_t value, std::uint8_t* to) {
  for (int i = 0; i < 4; ++i, value >>= 8) to[i] = static_cast<std::uint8_t>(value);
}

// Sixteen octets as a number, the lowest first, and `high` times 2^128.
Element load(const std::uint8_t* from, std::uint32_t high) {
  return {load32(from) & kLimb, (load32(from + 3) >> 2) & kLimb, (load32(from + 6) >> 4) & kLimb,
          (load32(from + 9) >> 6) & kLimb, (load32(from + 12) >> 8) | high << 24};
}

Element add(const Element& a, const Element& b) {
  Element sum;
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = a[i] + b[i];
  return sum;
}

// Modulo 2^130 - 5, whose multiple 2^130 is 5: limbs that pass the top come back times 5.
// Limbs may have 28 bits; the product's have 26, but the second one little more.
Element multiply(const Element& a, const Element& b) {
  std::array<std::uint64_t, 5> product{};
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t k = 0; k < 5; ++k) {
      std::uint64_t term = std::uint64_t{a[i]} * b[k];
      product[(i + k) % 5] += i + k < 5 ? term : 5 * term;
    }
  }
  Element result;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    product[i] += carry;
    result[i] = static_cast<std::uint32_t>(product[i]) & kLimb;
    carry = product[i] >> 26;
  }
  std::uint64_t low = result[0] + 5 * carry;
  result[0] = static_cast<std::uint32_t>(low) & kLimb;
  result[1] += static_cast<std::uint32_t>(low >> 26);
  return result;
}

Element power(Element base, std::uint64_t exponent) {
  Element result{1, 0, 0, 0, 0};
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = multiply(result, base);
    base = multiply(base, base);
  }
  return result;
}

// One block more: RFC 8439 2.5 sets the bit above it.
void absorb(Element& sum, const std::uint8_t* block, const Element& r) {
  sum = multiply(add(sum, load(block, 1)), r);
}

// RFC 8439 2.8 fills the last block up with zeros.
void absorb_rest(Element& sum, ByteView rest, const Element& r) {
  if (rest.empty()) return;
  Block block{};
  std::copy(rest.begin(), rest.end(), block.begin());
  absorb(sum, block.data(), r);
}

// The number modulo 2^130 - 5 and then modulo 2^128, in four words.
std::array<std::uint32_t, 4> reduce(Element h) {
  for (int round = 0; round < 2; ++round) {
    std::uint32_t carry = 0;
    for (std::uint32_t& limb : h) {
      limb += carry;
      carry = limb >> 26;
      limb &= kLimb;
    }
    h[0] += 5 * carry;
  }
  Element less = h;  // h - (2^130 - 5), if that is not negative
  std::uint32_t carry = 5;
  for (std::uint32_t& limb : less) {
    limb += carry;
    carry = limb >> 26;
    limb &= kLimb;
  }
  std::uint32_t mask = 0u - carry;
  for (std::size_t i = 0; i < h.size(); ++i) h[i] = (less[i] & mask) | (h[i] & ~mask);
  return {h[0] | h[1] << 26, h[1] >> 6 | h[2] << 20, h[2] >> 12 | h[3] << 14,
          h[3] >> 18 | h[4] << 8};
}

}  // namespace

Poly1305::Poly1305(const Key& key) {
  Block r;
  std::copy_n(key.begin(), r.size(), r.begin());
  for (std::size_t i : {3, 7, 11, 15}) r[i] &= 0x0f;  // RFC 8439 2.5: r is clamped
  for (std::size_t i : {4, 8, 12}) r[i] &= 0xfc;
  r_ = load(r.data(), 0);
  std::copy_n(key.begin() + 16, s_.size(), s_.begin());
  wipe(r);
}

Poly1305::~Poly1305() {
  wipe({reinterpret_cast<std::uint8_t*>(r_.data()), sizeof r_});
  wipe(s_);
}

void Poly1305::update(ByteView ciphertext) {
  std::size_t held = size_ % rest_.size();
  size_ += ciphertext.size();
  if (held != 0) {
    std::size_t taken = std::min(rest_.size() - held, ciphertext.size());
    std::copy_n(ciphertext.begin(), taken, rest_.begin() + static_cast<std::ptrdiff_t>(held));
    ciphertext = ciphertext.subspan(taken);
    if (held + taken < rest_.size()) return;
    absorb(sum_, rest_.data(), r_);
  }
  for (; ciphertext.size() >= rest_.size(); ciphertext = ciphertext.subspan(rest_.size())) {
    absorb(sum_, ciphertext.data(), r_);
  }
  std::copy(ciphertext.begin(), ciphertext.end(), rest_.begin());
}

Poly1305::Tag Poly1305::finish(ByteView aad) {
  absorb_rest(sum_, ByteView(rest_).first(size_ % rest_.size()), r_);
  Element front{};
  std::size_t whole = aad.size() - aad.size() % 16;
  for (std::size_t i = 0; i < whole; i += 16) absorb(front, aad.data() + i, r_);
  absorb_rest(front, aad.subspan(whole), r_);
  Element sum = add(sum_, multiply(front, power(r_, size_ / 16 + (size_ % 16 != 0 ? 1 : 0))));
  Block lengths;
  for (std::size_t i = 0; i < 8; ++i) {
    lengths[i] = static_cast<std::uint8_t>(std::uint64_t{aad.size()} >> (8 * i));
    lengths[i + 8] = static_cast<std::uint8_t>(size_ >> (8 * i));
  }
  absorb(sum, lengths.data(), r_);
  std::array<std::uint32_t, 4> words = reduce(sum);
  Tag tag;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    carry += std::uint64_t{words[i]} + load32(s_.data() + 4 * i);
    store32(static_cast<std::uint32_t>(carry), tag.data() + 4 * i);
    carry >>= 32;
  }
  return tag;
}

}  // namespace bulla::crypto
