// The extensions of RFC 5280 4.2.1 that mail looks at, read from their extnValue.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "asn1/reader.h"
#include "bulla/certificate.h"
#include "bulla/oid.h"

namespace bulla::x509 {

inline constexpr Oid kSubjectKeyIdentifier = Oid::of("2.5.29.14");
inline constexpr Oid kKeyUsage = Oid::of("2.5.29.15");
inline constexpr Oid kSubjectAltName = Oid::of("2.5.29.17");
inline constexpr Oid kBasicConstraints = Oid::of("2.5.29.19");
inline constexpr Oid kCrlNumber = Oid::of("2.5.29.20");
inline constexpr Oid kDeltaCrlIndicator = Oid::of("2.5.29.27");
inline constexpr Oid kIssuingDistributionPoint = Oid::of("2.5.29.28");
inline constexpr Oid kCrlDistributionPoints = Oid::of("2.5.29.31");
inline constexpr Oid kCertificatePolicies = Oid::of("2.5.29.32");
inline constexpr Oid kPolicyMappings = Oid::of("2.5.29.33");
inline constexpr Oid kAuthorityKeyIdentifier = Oid::of("2.5.29.35");
inline constexpr Oid kExtendedKeyUsage = Oid::of("2.5.29.37");
inline constexpr Oid kFreshestCrl = Oid::of("2.5.29.46");
inline constexpr Oid kAuthorityInfoAccess = Oid::of("1.3.6.1.5.5.7.1.1");
inline constexpr Oid kOcsp = Oid::of("1.3.6.1.5.5.7.48.1");       // in authorityInfoAccess
inline constexpr Oid kCaIssuers = Oid::of("1.3.6.1.5.5.7.48.2");  // likewise
inline constexpr Oid kAnyExtendedKeyUsage = Oid::of("2.5.29.37.0");
inline constexpr Oid kEmailProtection = Oid::of("1.3.6.1.5.5.7.3.4");
inline constexpr Oid kTimeStamping = Oid::of("1.3.6.1.5.5.7.3.8");
inline constexpr Oid kSmtpUtf8Mailbox = Oid::of("1.3.6.1.5.5.7.8.9");
inline constexpr Oid kEmailAddress = Oid::of("1.2.840.113549.1.9.1");
inline constexpr Oid kCommonName = Oid::of("2.5.4.3");

// Extensions, under the tag that the caller has entered.
std::vector<CertificateExtension> read_extensions(asn1::Reader& in);

struct BasicConstraints {
  bool is_ca = false;
  std::optional<std::size_t> path_length;
};

// limit.elements for more policies or mappings than any CA states: what libcrypto does with
// them grows with their square, and 7,500 take it seconds (T-60).
Result<void> check_policy_count(ByteView value);

Result<BasicConstraints> read_basic_constraints(ByteView value);
Result<asn1::BitString> read_key_usage(ByteView value);
Result<std::vector<Oid>> read_extended_key_usage(ByteView value);
Result<ByteView> read_subject_key_identifier(ByteView value);
// keyIdentifier, if there is one.
Result<std::optional<ByteView>> read_authority_key_identifier(ByteView value);
// The mail addresses among the GeneralNames, in their order.
Result<std::vector<CertificateAddress>> read_mail_addresses(ByteView subject_alt_name);

}  // namespace bulla::x509
