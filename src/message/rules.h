// What a profile's rules say of one algorithm or key (bulla/policy.h).
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/policy.h"
#include "cms/recipient_info.h"
#include "x509/path_finder.h"

namespace bulla {

// An empty list allows everything.
template <typename T>
bool is_allowed(const std::vector<T>& list, const T& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// The policy in the terms of paths.
x509::RevocationPolicy revocation_policy(Revocation revocation);

// Which way a key of this kind gets a content key; nothing for keys that only sign. An RSA key
// may have others.
std::optional<KeyManagement> key_management(KeyKind kind);
std::optional<KeyManagement> key_management(const cms::RecipientInfo& recipient);
KeyManagement key_management(const TransportScheme& scheme);

// What is wrong with the key: "RSA 1024 is shorter than 2048 bits", or nothing.
std::string short_key(const AlgorithmRules& rules, const Certificate& certificate);

// What the rules do not allow of a signature; empty if all is well.
std::string refused_signature(const AlgorithmRules& rules, const SignatureScheme& scheme,
                              std::optional<Digest> content_digest);

}  // namespace bulla
