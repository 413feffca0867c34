// KeyUsage as a set (RFC 5280 4.2.1.3).
#pragma once

#include <cstdint>
#include <string>

#include "x509/lint_view.h"

namespace bulla::x509::lint {

using Usages = std::uint32_t;  // bit n of KeyUsage is 1 << n

inline constexpr Usages kBitDigitalSignature = 1u << 0;
inline constexpr Usages kBitNonRepudiation = 1u << 1;
inline constexpr Usages kBitKeyEncipherment = 1u << 2;
inline constexpr Usages kBitDataEncipherment = 1u << 3;
inline constexpr Usages kBitKeyAgreement = 1u << 4;
inline constexpr Usages kBitKeyCertSign = 1u << 5;
inline constexpr Usages kBitCrlSign = 1u << 6;
inline constexpr Usages kBitEncipherOnly = 1u << 7;
inline constexpr Usages kBitDecipherOnly = 1u << 8;
inline constexpr Usages kSigns = kBitDigitalSignature | kBitNonRepudiation;

// None without the extension.
Usages usages(const View& view);
// "digitalSignature, keyAgreement"
std::string usage_names(Usages set);

}  // namespace bulla::x509::lint
