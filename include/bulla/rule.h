// Rule: every reason that the library can give, by name.
//
// A rule has a stable slug (`sig.digest-mismatch`), which is printed, stands in JSON and is
// documented in docs/findings.md. It never changes its slug or its meaning; new ones are added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace bulla {

// What a rule does to a verdict when it is found.
enum class Severity : std::uint8_t {
  Note,           // information
  Warning,        // worth knowing; the verdict stands
  Indeterminate,  // printed as a warning; keeps the verdict from being valid
  Failure,        // the verdict is invalid
};

enum class Rule : std::uint16_t {
  // bugs and input/output
  Internal,
  IoRead,
  IoWrite,
  IoNoInput,
  IoCannotCreate,
  IoSameFile,
  IoTerminal,
  IoUsage,
  IoNetwork,
  // limits
  LimitDepth,
  LimitElements,
  LimitSize,
  LimitSigners,
  LimitRecipients,
  LimitCertificates,
  LimitCrls,
  LimitAttributes,
  LimitDigests,
  LimitLayers,
  LimitCompression,
  LimitMimeDepth,
  LimitMimeParts,
  LimitHeader,
  LimitIterations,
  // asn1
  Asn1Truncated,
  Asn1TrailingData,
  Asn1UnexpectedTag,
  Asn1BadLength,
  Asn1NotMinimal,
  Asn1BadInteger,
  Asn1BadBoolean,
  Asn1BadBitString,
  Asn1BadOid,
  Asn1BadTime,
  Asn1BadString,
  Asn1BadNull,
  // mime
  MimeMalformedHeader,
  MimeDuplicateField,
  MimeNoBoundary,
  MimeUnclosed,
  MimeBadBase64,
  MimeTruncatedBase64,
  MimeBadQuotedPrintable,
  MimeEncodedMultipart,
  MimeUnknownEncoding,
  MimeSignedParts,
  MimeSignedProtocol,
  MimeMicalg,
  MimeSmimeType,
  MimeLegacyType,
  MimeForeignProtocol,
  MimePartlyProtected,
  MimeErrantEncrypted,
  MimeMixedLineEnds,
  MimeNotAnEntity,
  MimeNotSevenBit,
  MimeNotRestorable,
  MimeCertificateRequest,
  // cms
  CmsContentType,
  CmsNoContent,
  CmsVersion,
  CmsDetachedWithoutContent,
  CmsContentTwice,
  CmsNotOctetString,
  CmsUnknownRecipientInfo,
  CmsUnknownCertificateKind,
  CmsBadCertificate,
  CmsBadCrl,
  CmsTrailingData,
  CmsExternalContent,
  CmsNoRecipients,
  CmsBadCompression,
  CmsUnprotectedAttributes,
  CmsDigestMismatch,
  CmsDigestOnly,
  // keys
  KeyNoneFits,
  KeyBadPassphrase,
  KeyPassphraseNeeded,
  KeyUnreadable,
  KeyNoPrivateKey,
  KeyNoCertificate,
  KeyMismatch,
  KeyUnknownAddress,
  KeyAmbiguous,
  // crypto
  CryptoUnavailable,
  CryptoUnknownAlgorithm,
  CryptoBadParameters,
  CryptoBadKey,
  CryptoSignFailed,
  CryptoEncryptFailed,
  CryptoRandom,
  // encryption
  EncFailed,
  EncUnauthenticated,
  EncSenderUnknown,
  EncWeakCipher,
  EncBrokenCipher,
  EncCipherPlace,
  EncCipherPlaceAccepted,
  EncShortTag,
  EncBadParameters,
  EncDuplicateRecipient,
  EncExpiredRecipient,
  EncKeyUsage,
  EncOldKdf,
  EncWeakKey,
  EncCapabilitiesTooWeak,
  EncNoCommonCipher,
  EncBeyondCapabilities,
  EncCapabilitiesUnproven,
  // signatures
  SigNone,
  SigDigestMismatch,
  SigBadSignature,
  SigNoCertificate,
  SigAmbiguousCertificate,
  SigUnknownAlgorithm,
  SigDigestNotAnnounced,
  SigAlgorithmMismatch,
  SigAlgorithmProtection,
  SigDigestNotListed,
  SigNoAttributes,
  SigNoAttributesRefused,
  SigAttributesNeeded,
  SigAttributesAsContent,
  SigAttributeMissing,
  SigAttributeRepeated,
  SigAttributeMalformed,
  SigAttributePlace,
  SigAttributesNotDer,
  SigContentTypeMismatch,
  SigCertificateAttribute,
  SigWeakDigest,
  SigWeakDigestAccepted,
  SigBrokenDigest,
  SigWeakKey,
  SigWeakKeyAccepted,
  SigTimeDiffers,
  SigTimeFuture,
  SigSeveralSigners,
  SigCountersignature,
  SigTimestamp,
  SigTimestampUntrusted,
  SigTimestampAhead,
  // certificates
  CertExpired,
  CertNotYetValid,
  CertKeyUsage,
  CertExtendedKeyUsage,
  CertMalformed,
  CertUnknownCritical,
  CertWeakKey,
  CertWeakDigest,
  // paths
  PathNoRoot,
  PathSelfSigned,
  PathBadSignature,
  PathNotCa,
  PathLength,
  PathNameConstraints,
  PathPolicy,
  PathInvalid,
  PathKeyUsage,
  PathExpired,
  PathBudget,
  // revocation
  RevocationRevoked,
  RevocationUnknown,
  RevocationNotChecked,
  RevocationStale,
  RevocationBadList,
  // addresses
  AddressFromDiffers,
  AddressSenderOnly,
  AddressNoneInCertificate,
  AddressNoFrom,
  AddressAmbiguous,
  AddressSubjectOnly,
  AddressNotChecked,
  // ess, header protection
  EssReceiptRequest,
  EssSecurityLabel,
  HpFromDiffers,
  HpFieldDiffers,
  HpFieldUnprotected,
  HpOuterDiffers,
  HpLegacyScheme,
  HpWrongMode,
  // policy, configuration
  PolicyAbsent,
  PolicyUnprotected,
  PolicyAlgorithm,
  ConfigBad,
  ConfigUnknownProfile,
};

struct RuleInfo {
  Rule rule;
  std::string_view slug;
  Severity severity;        // unless a policy says otherwise
  std::string_view source;  // RFC and section, or empty
  std::string_view text;    // one line, lower case, no full stop
  std::string_view advice;  // what to do about it, or empty
};

// The row of a rule. Valid for the life of the program.
const RuleInfo& info(Rule rule);

// All rules, in the order of the enumerators.
std::span<const RuleInfo> all_rules();

// The rule with this slug, if there is one.
std::optional<Rule> find_rule(std::string_view slug);

// "note", "warning" (for Indeterminate too) or "failure".
std::string_view severity_name(Severity severity);

}  // namespace bulla
