// Helpers of the crypto tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "asn1/algorithm_identifier.h"
#include "bulla/bytes.h"
#include "bulla/result.h"
#include "crypto/cipher.h"
#include "hex.h"

namespace bulla::crypto {

inline asn1::AlgorithmIdentifier identifier(std::string_view hex) {
  return asn1::decode(from_hex(hex),
                      [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); })
      .value();
}

// SubjectPublicKeyInfo, or its private counterpart in PKCS #8.
inline Bytes pkcs8(const asn1::AlgorithmIdentifier& algorithm, ByteView private_key) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.integer(0);
    algorithm.write(seq);
    seq.octet_string(private_key);
  });
}

inline Bytes spki(const asn1::AlgorithmIdentifier& algorithm, ByteView public_key) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    algorithm.write(seq);
    seq.bit_string(public_key);
  });
}

// The rule with which it failed, or nothing.
template <typename T>
std::optional<Rule> rule_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().rule;
}

// Collects what comes out of a cipher.
struct Collected {
  Bytes bytes;
  Output output() {
    return [this](ByteView piece) -> Result<void> {
      append(bytes, piece);
      return {};
    };
  }
};

// Decrypts all of it, in pieces of `step` octets.
inline Result<Bytes> decrypt_all(ContentCipher cipher, ByteView key, ByteView iv,
                                 ByteView ciphertext, ByteView tag = {}, ByteView aad = {},
                                 std::size_t step = SIZE_MAX) {
  auto decryptor = Decryptor::create(cipher, key, iv);
  if (!decryptor) return tl::unexpected(decryptor.error());
  Collected collected;
  while (!ciphertext.empty()) {
    ByteView piece = ciphertext.first(std::min(step, ciphertext.size()));
    auto updated = decryptor->update(piece, collected.output());
    if (!updated) return tl::unexpected(updated.error());
    ciphertext = ciphertext.subspan(piece.size());
  }
  auto finished = decryptor->finish(tag, aad, collected.output());
  if (!finished) return tl::unexpected(finished.error());
  return collected.bytes;
}

struct Encrypted {
  Bytes ciphertext;
  Bytes tag;
};

inline Encrypted encrypt_all(ContentCipher cipher, ByteView key, ByteView iv, ByteView plaintext,
                             ByteView aad = {}, std::size_t step = SIZE_MAX) {
  Encryptor encryptor = Encryptor::create(cipher, key, iv, aad).value();
  Collected collected;
  while (!plaintext.empty()) {
    ByteView piece = plaintext.first(std::min(step, plaintext.size()));
    EXPECT_TRUE(encryptor.update(piece, collected.output()));
    plaintext = plaintext.subspan(piece.size());
  }
  EXPECT_TRUE(encryptor.finish(collected.output()));
  return {collected.bytes, to_bytes(encryptor.tag())};
}

}  // namespace bulla::crypto
