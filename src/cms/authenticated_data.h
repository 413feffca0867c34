// AuthenticatedData (RFC 5652 9): content with a MAC whose key each recipient gets.
//
// It proves that whoever wrote the content had the key, and every recipient has: it is no
// signature.
#pragma once

#include "cms/decrypt.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"

namespace bulla::cms {

// The MAC that the header names, HMAC with the length of its digest as key. Errors:
// crypto.unknown-algorithm.
Result<Digest> check_mac_algorithm(const AuthenticatedHeader& header);

// As recover_content_key().
Result<ContentKey> recover_mac_key(const AuthenticatedHeader& header, const KeySource& keys,
                                   const Limits& limits, OldForms old_forms);

// Computes the MAC over the content, or over authAttrs, which then have the content's digest.
class MacVerifier {
 public:
  // Errors: crypto.unknown-algorithm, crypto.unavailable.
  static Result<MacVerifier> create(const AuthenticatedHeader& header, const ContentKey& key);
  [[nodiscard]] Result<void> update(ByteView content);
  // Errors: enc.failed, whatever does not fit.
  [[nodiscard]] Result<void> finish(const AuthenticatedHeader& header, const EnvelopedTail& tail);

 private:
  explicit MacVerifier(crypto::Hmac hmac) : hmac_(std::move(hmac)) {}

  crypto::Hmac hmac_;
  std::optional<crypto::Hasher> hasher_;  // with digestAlgorithm
};

}  // namespace bulla::cms
