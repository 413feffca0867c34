#include "crypto/ghash.h"

#include <algorithm>

namespace bulla::crypto {
namespace {

// An element of GF(2^128) in the bit order of SP 800-38D 6.3: bit 0 is the top bit of `high`.
struct Element {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};

std::uint64_t load(const std::uint8_t* from) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = (value << 8) | from[i];
  return value;
}

void store(std::uint64_t value, std::uint8_t* to) {
  for (int i = 7; i >= 0; --i, value >>= 8) to[i] = static_cast<std::uint8_t>(value);
}

Element add(Element a, Element b) { return {a.high ^ b.high, a.low ^ b.low}; }

// SP 800-38D 6.3, algorithm 1, with masks in place of branches.
Element multiply(Element x, Element y) {
  constexpr std::uint64_t kReduction = 0xe1ull << 56;
  Element product;
  for (unsigned i = 0; i < 128; ++i) {
    std::uint64_t word = i < 64 ? x.high : x.low;
    std::uint64_t use = 0 - ((word >> (63 - i % 64)) & 1);
    product.high ^= y.high & use;
    product.low ^= y.low & use;
    std::uint64_t carry = 0 - (y.low & 1);
    y.low = (y.low >> 1) | (y.high << 63);
    y.high = (y.high >> 1) ^ (kReduction & carry);
  }
  return product;
}

Element power(Element base, std::uint64_t exponent) {
  Element result{std::uint64_t{1} << 63, 0};
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = multiply(result, base);
    base = multiply(base, base);
  }
  return result;
}

// SP 800-38D 6.4, algorithm 2; the last block is filled up with zeros.
Element ghash(Element key, ByteView bytes) {
  Element sum;
  while (!bytes.empty()) {
    GhashBlock block{};
    std::size_t size = std::min(bytes.size(), block.size());
    std::copy_n(bytes.begin(), size, block.begin());
    sum = multiply(add(sum, {load(block.data()), load(block.data() + 8)}), key);
    bytes = bytes.subspan(size);
  }
  return sum;
}

}  // namespace

GhashBlock late_additional_data(const GhashBlock& hash_key, ByteView aad,
                                std::uint64_t ciphertext_size) {
  Element key{load(hash_key.data()), load(hash_key.data() + 8)};
  std::uint64_t blocks = ciphertext_size / 16 + (ciphertext_size % 16 != 0 ? 1 : 0);
  // The additional data's sum is multiplied once more for each block of ciphertext
  // and for the block of lengths; its own length is the first half of that block.
  Element data = multiply(ghash(key, aad), power(key, blocks + 1));
  Element length = multiply({std::uint64_t{aad.size()} * 8, 0}, key);
  Element sum = add(data, length);
  GhashBlock result;
  store(sum.high, result.data());
  store(sum.low, result.data() + 8);
  return result;
}

}  // namespace bulla::crypto
