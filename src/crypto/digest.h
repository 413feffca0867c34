// Hasher: a message digest over octets that come in chunks.
#pragma once

#include <memory>

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::crypto {

class Hasher {
 public:
  // Fails with crypto.unavailable if libcrypto has no such digest.
  static Result<Hasher> create(Digest digest);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  Digest digest() const;
  void update(ByteView bytes);
  // The digest of what came so far. Called once; the Hasher is then spent.
  Bytes finish();
  // A second Hasher with the same state.
  Hasher clone() const;

 private:
  struct Inner;
  explicit Hasher(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

// Octets of output.
std::size_t digest_size(Digest digest);
// SHAKE: an extendable-output function, of which a digest is the beginning (RFC 8702 3.1).
bool is_extendable(Digest digest);

// The digest of octets at hand.
Result<Bytes> hash(Digest digest, ByteView bytes);

}  // namespace bulla::crypto
