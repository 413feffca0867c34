// HMAC (RFC 2104) over octets that come in chunks, and its identifiers.
#pragma once

#include <memory>
#include <optional>

#include "asn1/algorithm_identifier.h"
#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::crypto {

// hmacWithSHA1 to hmacWithSHA512 (RFC 8018 B.1.2), and hMAC-SHA1 of the IANA arc (KM-32),
// with no or NULL parameters.
std::optional<Digest> read_hmac(const asn1::AlgorithmIdentifier& algorithm);
// With NULL, as RFC 8018 B.1.2 writes it. REQUIRES: SHA-1 or SHA-2 without 512/t.
asn1::AlgorithmIdentifier hmac_identifier(Digest digest);
// "hmac-sha256"
std::string hmac_name(Digest digest);

class Hmac {
 public:
  // Errors: crypto.unavailable.
  static Result<Hmac> create(Digest digest, ByteView key);
  Hmac(Hmac&&) noexcept;
  ~Hmac();

  // Errors: crypto.unavailable, from libcrypto.
  [[nodiscard]] Result<void> update(ByteView bytes);
  // Called once; the Hmac is then spent.
  [[nodiscard]] Result<Bytes> finish();

 private:
  struct Inner;
  explicit Hmac(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

// Of octets at hand.
Result<Bytes> hmac(Digest digest, ByteView key, ByteView bytes);

}  // namespace bulla::crypto
