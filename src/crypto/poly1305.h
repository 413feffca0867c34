// Poly1305 over ciphertext whose additional data is known only afterwards.
//
// authAttrs stand behind the content in AuthEnvelopedData (RFC 5083 2.1), and RFC 8439
// 2.8 authenticates them first. Poly1305 is a polynomial in r, so the part of the
// additional data is added at the end, times the power of r for the ciphertext.
#pragma once

#include <array>

#include "bulla/bytes.h"

namespace bulla::crypto {

class Poly1305 {
 public:
  using Key = std::array<std::uint8_t, 32>;  // r ‖ s (RFC 8439 2.5)
  using Tag = std::array<std::uint8_t, 16>;
  // An element of GF(2^130 - 5) in limbs of 26 bits, the lowest first.
  using Element = std::array<std::uint32_t, 5>;

  explicit Poly1305(const Key& key);
  ~Poly1305();
  Poly1305(const Poly1305&) = delete;
  Poly1305& operator=(const Poly1305&) = delete;

  void update(ByteView ciphertext);
  // The tag as AEAD_CHACHA20_POLY1305 has it (RFC 8439 2.8). In constant time but for the
  // lengths. Called once.
  Tag finish(ByteView aad);

 private:
  Element r_{};
  std::array<std::uint8_t, 16> s_{};
  Element sum_{};
  std::array<std::uint8_t, 16> rest_{};  // of a block that is not whole yet
  std::uint64_t size_ = 0;
};

}  // namespace bulla::crypto
