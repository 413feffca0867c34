// AuthenticatedData (RFC 5652 9): content with a MAC whose key each recipient gets.
//
// It proves that whoever wrote the content had the key, and every recipient has: it is no
// signature.
#pragma once

#include "cms/decrypt.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"

namespace bulla::cms {

struct MacAlgorithms {
  Digest hmac;                    // the key is as long as its digest
  std::optional<Digest> content;  // digestAlgorithm: of content that attributes stand for
};

// What the header names, before any key is used. Errors: crypto.unknown-algorithm,
// sig.broken-digest unless old forms are read.
Result<MacAlgorithms> check_mac_algorithms(const AuthenticatedHeader& header, OldForms old_forms);

// As recover_content_key(). Errors of check_mac_algorithms() too.
Result<ContentKey> recover_mac_key(const AuthenticatedHeader& header, const KeySource& keys,
                                   const Limits& limits, OldForms old_forms);

// Computes the MAC over the content, or over authAttrs, which then have the content's digest.
class MacVerifier {
 public:
  // Errors: crypto.unavailable.
  static Result<MacVerifier> create(const MacAlgorithms& algorithms, const ContentKey& key);
  [[nodiscard]] Result<void> update(ByteView content);
  // Errors: enc.failed, whatever does not fit.
  [[nodiscard]] Result<void> finish(const AuthenticatedHeader& header, const EnvelopedTail& tail,
                                    const Limits& limits);

 private:
  explicit MacVerifier(crypto::Hmac hmac) : hmac_(std::move(hmac)) {}

  crypto::Hmac hmac_;
  bool content_fits(const AuthenticatedHeader& header, const EnvelopedTail& tail,
                    const Limits& limits);

  std::optional<crypto::Hasher> hasher_;  // with digestAlgorithm
  Bytes beginning_;
  std::uint64_t size_ = 0;
};

}  // namespace bulla::cms
