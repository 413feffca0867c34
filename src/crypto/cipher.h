// Content encryption and decryption of octets that come in chunks.
//
// CBC pads as RFC 5652 6.3; the decryptor holds back the last block and checks
// all of its padding in constant time. AEAD: the tag is compared in finish(), and
// a decryptor that has not seen its tag compared has failed (T-23). What update()
// gives out before finish() is not yet authentic: whoever takes it must not
// release it (Sink).
#pragma once

#include <functional>
#include <memory>

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"

namespace bulla::crypto {

// Takes the octets that come out. The view is valid during the call.
using Output = std::function<Result<void>(ByteView)>;

class Encryptor {
 public:
  // REQUIRES: key and iv have the sizes of the table. `aad` is for AEAD.
  // AES-CCM wants to know how much comes before it begins (ALG-63), so the plaintext is held until
  // finish(): up to max_held octets, then limit.size.
  static Result<Encryptor> create(ContentCipher cipher, ByteView key, ByteView iv,
                                  ByteView aad = {},
                                  std::size_t max_held = Limits().ccm_content_bytes);
  Encryptor(Encryptor&&) noexcept;
  Encryptor& operator=(Encryptor&&) noexcept;
  ~Encryptor();

  [[nodiscard]] Result<void> update(ByteView plaintext, const Output& output);
  // The padding block, if any. Then tag() is the 16-octet AEAD tag, or empty.
  [[nodiscard]] Result<void> finish(const Output& output);
  ByteView tag() const;

 private:
  struct Inner;
  explicit Encryptor(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

class Decryptor {
 public:
  // Every failure of a Decryptor after its creation is Rule::EncFailed, but for
  // those of `output`, and limit.size for more than max_held octets under AES-CCM, which
  // are held until finish(). A GCM nonce has 1 to 64 octets (ALG-61), one of CCM 7 to 13,
  // an IV its size; else enc.bad-parameters.
  static Result<Decryptor> create(ContentCipher cipher, ByteView key, ByteView iv,
                                  std::size_t max_held = Limits().ccm_content_bytes);
  Decryptor(Decryptor&&) noexcept;
  Decryptor& operator=(Decryptor&&) noexcept;
  ~Decryptor();

  [[nodiscard]] Result<void> update(ByteView ciphertext, const Output& output);
  // AEAD: compares the tag of at least 12 octets. CBC: checks the padding;
  // REQUIRES: then tag and aad are empty.
  //
  // In AuthEnvelopedData the attributes that are the AAD come after the content
  // (RFC 5083 2.1). GHASH is linear: with a AAD blocks, c ciphertext blocks and
  // H = E(0), the tag is the one without AAD XOR PA(H) H^(c+1) XOR (lenA ‖ 0) H,
  // so the AAD can be given here and the content still decrypts in one pass. Poly1305
  // allows the same.
  [[nodiscard]] Result<void> finish(ByteView tag, ByteView aad, const Output& output);

  struct Inner;

 private:
  explicit Decryptor(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace bulla::crypto
