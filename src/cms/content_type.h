// CMS content types and the OIDs of attributes (RFC 5652 14, RFC 8551 A).
#pragma once

#include <string>
#include <string_view>

#include "bulla/oid.h"

namespace bulla::cms {

enum class ContentType {
  Data,
  SignedData,
  EnvelopedData,
  SignedAndEnvelopedData,  // PKCS #7 alone
  DigestedData,
  EncryptedData,
  AuthenticatedData,
  CompressedData,
  AuthEnvelopedData,
  Receipt,
  TstInfo,
  ContentInfo,  // id-ct-contentInfo: CMS inside CMS, by its own name
  Other,
};

ContentType content_type(const Oid& oid);
// Whether its content is encrypted and read here.
bool encrypts(const Oid& oid);
// Whether its content can be had or checked with a recipient's key alone.
bool needs_key(const Oid& oid);
// "signed-data" …, as in JSON and text; "other" for the rest.
std::string_view name(ContentType type);
// The name, or the dotted OID of a type that has none here.
std::string describe_content_type(const Oid& oid);

// RFC 5652 14, RFC 2315 14 (CMS-02); those under 9.16.1 are of RFC 5652, RFC 3274, RFC 5083,
// RFC 2634 and RFC 3161 (CMS-03).
inline constexpr Oid kData = Oid::of("1.2.840.113549.1.7.1");
inline constexpr Oid kSignedData = Oid::of("1.2.840.113549.1.7.2");
inline constexpr Oid kEnvelopedData = Oid::of("1.2.840.113549.1.7.3");
inline constexpr Oid kSignedAndEnvelopedData = Oid::of("1.2.840.113549.1.7.4");
inline constexpr Oid kDigestedData = Oid::of("1.2.840.113549.1.7.5");
inline constexpr Oid kEncryptedData = Oid::of("1.2.840.113549.1.7.6");
inline constexpr Oid kReceipt = Oid::of("1.2.840.113549.1.9.16.1.1");
inline constexpr Oid kAuthenticatedData = Oid::of("1.2.840.113549.1.9.16.1.2");
inline constexpr Oid kTstInfo = Oid::of("1.2.840.113549.1.9.16.1.4");
inline constexpr Oid kContentInfoType = Oid::of("1.2.840.113549.1.9.16.1.6");
inline constexpr Oid kCompressedData = Oid::of("1.2.840.113549.1.9.16.1.9");
inline constexpr Oid kAuthEnvelopedData = Oid::of("1.2.840.113549.1.9.16.1.23");
inline constexpr Oid kZlibCompress = Oid::of("1.2.840.113549.1.9.16.3.8");

// Attributes: RFC 5652 11, RFC 8551 A, RFC 6211 (ATTR-01); RFC 2634, RFC 5035 (ATTR-02).
inline constexpr Oid kContentTypeAttribute = Oid::of("1.2.840.113549.1.9.3");
inline constexpr Oid kMessageDigest = Oid::of("1.2.840.113549.1.9.4");
inline constexpr Oid kSigningTime = Oid::of("1.2.840.113549.1.9.5");
inline constexpr Oid kCountersignature = Oid::of("1.2.840.113549.1.9.6");
inline constexpr Oid kSmimeCapabilities = Oid::of("1.2.840.113549.1.9.15");
inline constexpr Oid kAlgorithmProtection = Oid::of("1.2.840.113549.1.9.52");
inline constexpr Oid kReceiptRequest = Oid::of("1.2.840.113549.1.9.16.2.1");
inline constexpr Oid kSecurityLabel = Oid::of("1.2.840.113549.1.9.16.2.2");
inline constexpr Oid kMlExpandHistory = Oid::of("1.2.840.113549.1.9.16.2.3");
inline constexpr Oid kContentHint = Oid::of("1.2.840.113549.1.9.16.2.4");
inline constexpr Oid kMsgSigDigest = Oid::of("1.2.840.113549.1.9.16.2.5");
inline constexpr Oid kContentIdentifier = Oid::of("1.2.840.113549.1.9.16.2.7");
inline constexpr Oid kEquivalentLabels = Oid::of("1.2.840.113549.1.9.16.2.9");
inline constexpr Oid kContentReference = Oid::of("1.2.840.113549.1.9.16.2.10");
inline constexpr Oid kEncryptionKeyPreference = Oid::of("1.2.840.113549.1.9.16.2.11");
inline constexpr Oid kSigningCertificate = Oid::of("1.2.840.113549.1.9.16.2.12");
inline constexpr Oid kTimeStampToken = Oid::of("1.2.840.113549.1.9.16.2.14");
inline constexpr Oid kSigningCertificateV2 = Oid::of("1.2.840.113549.1.9.16.2.47");

}  // namespace bulla::cms
