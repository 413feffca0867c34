#include "cms/authenticated_data.h"

#include "base/try.h"
#include "crypto/algorithm_table.h"

namespace bulla::cms {
namespace {

// The one value of an attribute that is there once; nothing for anything else.
std::optional<ByteView> only_value(const std::vector<Attribute>& attributes, const Oid& type) {
  const Attribute* found = nullptr;
  for (const Attribute& attribute : attributes) {
    if (attribute.type != type) continue;
    if (found != nullptr) return std::nullopt;
    found = &attribute;
  }
  if (found == nullptr || found->values.size() != 1) return std::nullopt;
  return found->values[0];
}

// CMSAlgorithmProtection, if it is there, names the algorithms that the message has (ATTR-47).
//
// CMSAlgorithmProtection ::= SEQUENCE {
//     digestAlgorithm         DigestAlgorithmIdentifier,
//     signatureAlgorithm  [1] SignatureAlgorithmIdentifier OPTIONAL,
//     macAlgorithm        [2] MessageAuthenticationCodeAlgorithm OPTIONAL } (RFC 6211 2)
bool protection_fits(const AuthenticatedHeader& header, const EnvelopedTail& tail) {
  if (find(tail.auth_attrs, kAlgorithmProtection) == nullptr) return true;
  auto value = only_value(tail.auth_attrs, kAlgorithmProtection);
  if (!value) return false;
  auto fits = asn1::decode(*value, [&](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    auto digest = crypto::read_digest(asn1::AlgorithmIdentifier::read(seq));
    auto mac = crypto::read_hmac(asn1::AlgorithmIdentifier::read(seq, asn1::constructed(2)));
    return digest && digest == crypto::read_digest(*header.digest_algorithm) && mac &&
           mac == crypto::read_hmac(header.mac_algorithm);
  });
  return fits && *fits;
}

// authAttrs have content-type and message-digest, once each, and both fit (RFC 5652 9.1, 9.2).
bool attributes_fit(const AuthenticatedHeader& header, const EnvelopedTail& tail,
                    ByteView content_digest) {
  auto type = only_value(tail.auth_attrs, kContentTypeAttribute);
  auto digest = only_value(tail.auth_attrs, kMessageDigest);
  if (!type || !digest) return false;
  auto oid = asn1::decode(*type, [](asn1::Reader& in) { return in.oid(); });
  auto value = asn1::decode(*digest, [](asn1::Reader& in) { return to_bytes(in.octet_string()); });
  return oid && *oid == header.common.content_type && value &&
         equal_constant_time(*value, content_digest) && protection_fits(header, tail);
}

}  // namespace

Result<Digest> check_mac_algorithm(const AuthenticatedHeader& header) {
  if (auto digest = crypto::read_hmac(header.mac_algorithm)) return *digest;
  return failure(Rule::CryptoUnknownAlgorithm, 0, header.mac_algorithm.algorithm.to_string());
}

Result<ContentKey> recover_mac_key(const AuthenticatedHeader& header, const KeySource& keys,
                                   const Limits& limits, OldForms old_forms) {
  Digest digest = TRY(check_mac_algorithm(header));
  return recover_key(header.common, crypto::digest_size(digest), keys, limits, old_forms);
}

Result<MacVerifier> MacVerifier::create(const AuthenticatedHeader& header, const ContentKey& key) {
  Digest digest = TRY(check_mac_algorithm(header));
  MacVerifier verifier(TRY(crypto::Hmac::create(digest, key.key.view())));
  if (header.digest_algorithm) {
    auto content_digest = crypto::read_digest(*header.digest_algorithm);
    if (!content_digest) {
      return failure(Rule::CryptoUnknownAlgorithm, 0,
                     header.digest_algorithm->algorithm.to_string());
    }
    verifier.hasher_ = TRY(crypto::Hasher::create(*content_digest));
  }
  return verifier;
}

Result<void> MacVerifier::update(ByteView content) {
  if (!hasher_) return hmac_.update(content);
  hasher_->update(content);
  return {};
}

// digestAlgorithm is there exactly if authAttrs are (RFC 5652 9.1). Everything is computed, then
// everything compared: what was wrong is not told.
Result<void> MacVerifier::finish(const AuthenticatedHeader& header, const EnvelopedTail& tail) {
  bool fits = hasher_.has_value() == !tail.auth_attrs_der.empty();
  if (hasher_) {
    fits = attributes_fit(header, tail, hasher_->finish()) && fits;
    TRY_VOID(hmac_.update(tail.auth_attrs_der));
  }
  Bytes mac = TRY(hmac_.finish());
  fits = equal_constant_time(mac, tail.mac) && fits;
  return fits ? Result<void>() : failure(Rule::EncFailed);
}

}  // namespace bulla::cms
