#include "cms/authenticated_data.h"

#include <algorithm>

#include "base/try.h"
#include "cms/signed_attributes.h"
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

Result<MacAlgorithms> check_mac_algorithms(const AuthenticatedHeader& header, OldForms old_forms) {
  auto unknown = [](const asn1::AlgorithmIdentifier& algorithm) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, algorithm.algorithm.to_string());
  };
  auto hmac = crypto::read_hmac(header.mac_algorithm);
  if (!hmac) return unknown(header.mac_algorithm);
  MacAlgorithms algorithms{*hmac, std::nullopt};
  if (!header.digest_algorithm) return algorithms;
  algorithms.content = crypto::read_digest(*header.digest_algorithm);
  if (!algorithms.content) return unknown(*header.digest_algorithm);
  bool is_broken = crypto::row(*algorithms.content).standing == crypto::Standing::Broken;
  if (is_broken && old_forms == OldForms::Refuse) {
    return failure(Rule::SigBrokenDigest, 0, std::string(name(*algorithms.content)));
  }
  return algorithms;
}

Result<ContentKey> recover_mac_key(const AuthenticatedHeader& header, const KeySource& keys,
                                   const Limits& limits, OldForms old_forms) {
  MacAlgorithms algorithms = TRY(check_mac_algorithms(header, old_forms));
  return recover_key(header.common, crypto::digest_size(algorithms.hmac), keys, limits, old_forms);
}

Result<MacVerifier> MacVerifier::create(const MacAlgorithms& algorithms, const ContentKey& key) {
  MacVerifier verifier(TRY(crypto::Hmac::create(algorithms.hmac, key.key.view())));
  if (algorithms.content) verifier.hasher_ = TRY(crypto::Hasher::create(*algorithms.content));
  return verifier;
}

Result<void> MacVerifier::update(ByteView content) {
  size_ += content.size();
  if (hasher_) {
    hasher_->update(content);
    return {};
  }
  std::size_t room = kContentBeginning - beginning_.size();
  append(beginning_, content.first(std::min(room, content.size())));
  return hmac_.update(content);
}

// Attributes stand for the content, or must not be needed: without them the content is data
// (RFC 5652 9.1), and none that would be a MAC's attributes (T-16).
bool MacVerifier::content_fits(const AuthenticatedHeader& header, const EnvelopedTail& tail,
                               const Limits& limits) {
  if (hasher_) return attributes_fit(header, tail, hasher_->finish());
  bool is_whole = size_ == beginning_.size();
  return header.common.content_type == kData &&
         !(is_whole && is_set_of_attributes(beginning_, limits));
}

// digestAlgorithm is there exactly if authAttrs are (RFC 5652 9.1). Everything is computed, then
// everything compared: what was wrong is not told.
Result<void> MacVerifier::finish(const AuthenticatedHeader& header, const EnvelopedTail& tail,
                                 const Limits& limits) {
  bool fits = hasher_.has_value() == !tail.auth_attrs_der.empty();
  fits = content_fits(header, tail, limits) && fits;
  if (hasher_) TRY_VOID(hmac_.update(tail.auth_attrs_der));
  Bytes mac = TRY(hmac_.finish());
  fits = equal_constant_time(mac, tail.mac) && fits;
  return fits ? Result<void>() : failure(Rule::EncFailed);
}

}  // namespace bulla::cms
