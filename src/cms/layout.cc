#include "cms/layout.h"

#include "cms/content_type.h"

namespace bulla::cms {
namespace {

using asn1::BerAction;
using asn1::Tag;

constexpr auto kCapture = BerAction::Capture;
constexpr auto kDescend = BerAction::Descend;
constexpr auto kStream = BerAction::Stream;

constexpr Field kMessage[] = {
    {Slot::ContentInfo, Tag::Sequence, kDescend, Need::Required, Layout::ContentInfo},
};

// ContentInfo ::= SEQUENCE {
//     contentType  OBJECT IDENTIFIER,
//     content  [0] EXPLICIT ANY DEFINED BY contentType }
constexpr Field kContentInfo[] = {
    {Slot::ContentType, Tag::ObjectIdentifier, kCapture},
    {Slot::Content, asn1::constructed(0), kDescend, Need::Required, Layout::Content},
};
constexpr Field kContent[] = {
    {Slot::Structure, Tag::Sequence, kDescend},
};

// SignedData ::= SEQUENCE {
//     version           CMSVersion,
//     digestAlgorithms  DigestAlgorithmIdentifiers,
//     encapContentInfo  EncapsulatedContentInfo,
//     certificates  [0] IMPLICIT CertificateSet OPTIONAL,
//     crls          [1] IMPLICIT RevocationInfoChoices OPTIONAL,
//     signerInfos       SignerInfos }
constexpr Field kSignedDataFields[] = {
    {Slot::Version, Tag::Integer, kCapture},
    {Slot::DigestAlgorithms, Tag::Set, kCapture},
    {Slot::SignedContentInfo, Tag::Sequence, kDescend, Need::Required, Layout::SignedContentInfo},
    {Slot::Certificates, asn1::constructed(0), kCapture, Need::Optional},
    {Slot::Crls, asn1::constructed(1), kCapture, Need::Optional},
    {Slot::SignerInfos, Tag::Set, kCapture},
};

// EncapsulatedContentInfo ::= SEQUENCE {
//     eContentType  ContentType,
//     eContent  [0] EXPLICIT OCTET STRING OPTIONAL }
constexpr Field kSignedContentInfo[] = {
    {Slot::SignedContentType, Tag::ObjectIdentifier, kCapture},
    {Slot::ExplicitOctets, asn1::constructed(0), kDescend, Need::Optional, Layout::SignedContent},
};
constexpr Field kCompressedContentInfo[] = {
    {Slot::CompressedContentType, Tag::ObjectIdentifier, kCapture},
    {Slot::ExplicitOctets, asn1::constructed(0), kDescend, Need::Optional,
     Layout::CompressedContent},
};
constexpr Field kExplicitContent[] = {
    {Slot::Octets, Tag::OctetString, kStream, Need::Required, Layout::Message,
     Tag::ConstructedOctetString},
};

// EnvelopedData ::= SEQUENCE {
//     version               CMSVersion,
//     originatorInfo    [0] IMPLICIT OriginatorInfo OPTIONAL,
//     recipientInfos        RecipientInfos,
//     encryptedContentInfo  EncryptedContentInfo,
//     unprotectedAttrs  [1] IMPLICIT UnprotectedAttributes OPTIONAL }  -- CMS-45
constexpr Field kEnvelopedDataFields[] = {
    {Slot::Version, Tag::Integer, kCapture},
    {Slot::OriginatorInfo, asn1::constructed(0), kCapture, Need::Optional},
    {Slot::RecipientInfos, Tag::Set, kCapture},
    {Slot::EncryptedContentInfo, Tag::Sequence, kDescend, Need::Required,
     Layout::EncryptedContentInfo},
    {Slot::UnprotectedAttrs, asn1::constructed(1), kCapture, Need::Optional},
};

// SignedAndEnvelopedData ::= SEQUENCE {
//     version               Version,
//     recipientInfos        RecipientInfos,
//     digestAlgorithms      DigestAlgorithmIdentifiers,
//     encryptedContentInfo  EncryptedContentInfo,
//     certificates      [0] IMPLICIT ExtendedCertificatesAndCertificates OPTIONAL,
//     crls              [1] IMPLICIT CertificateRevocationLists OPTIONAL,
//     signerInfos           SignerInfos }  -- RFC 2315 11.1, CMS-40
constexpr Field kSignedAndEnvelopedDataFields[] = {
    {Slot::Version, Tag::Integer, kCapture},
    {Slot::RecipientInfos, Tag::Set, kCapture},
    {Slot::DigestAlgorithms, Tag::Set, kCapture},
    {Slot::EncryptedContentInfo, Tag::Sequence, kDescend, Need::Required,
     Layout::EncryptedContentInfo},
    {Slot::Certificates, asn1::constructed(0), kCapture, Need::Optional},
    {Slot::Crls, asn1::constructed(1), kCapture, Need::Optional},
    {Slot::SignerInfos, Tag::Set, kCapture},
};

// AuthEnvelopedData ::= SEQUENCE {
//     version                   CMSVersion,
//     originatorInfo        [0] IMPLICIT OriginatorInfo OPTIONAL,
//     recipientInfos            RecipientInfos,
//     authEncryptedContentInfo  EncryptedContentInfo,
//     authAttrs             [1] IMPLICIT AuthAttributes OPTIONAL,
//     mac                       MessageAuthenticationCode,
//     unauthAttrs           [2] IMPLICIT UnauthAttributes OPTIONAL }  -- CMS-62; mac: CMS-66
constexpr Field kAuthEnvelopedDataFields[] = {
    {Slot::Version, Tag::Integer, kCapture},
    {Slot::OriginatorInfo, asn1::constructed(0), kCapture, Need::Optional},
    {Slot::RecipientInfos, Tag::Set, kCapture},
    {Slot::EncryptedContentInfo, Tag::Sequence, kDescend, Need::Required,
     Layout::EncryptedContentInfo},
    {Slot::AuthAttrs, asn1::constructed(1), kCapture, Need::Optional},
    {Slot::Mac, Tag::OctetString, kCapture, Need::Required, Layout::Message,
     Tag::ConstructedOctetString},
    {Slot::UnprotectedAttrs, asn1::constructed(2), kCapture, Need::Optional},
};

// EncryptedData ::= SEQUENCE {
//     version               CMSVersion,
//     encryptedContentInfo  EncryptedContentInfo,
//     unprotectedAttrs  [1] IMPLICIT UnprotectedAttributes OPTIONAL }  -- CMS-73
constexpr Field kEncryptedDataFields[] = {
    {Slot::Version, Tag::Integer, kCapture},
    {Slot::EncryptedContentInfo, Tag::Sequence, kDescend, Need::Required,
     Layout::EncryptedContentInfo},
    {Slot::UnprotectedAttrs, asn1::constructed(1), kCapture, Need::Optional},
};

// DigestedData ::= SEQUENCE {
//     version           CMSVersion,
//     digestAlgorithm   DigestAlgorithmIdentifier,
//     encapContentInfo  EncapsulatedContentInfo,
//     digest            Digest }  -- OCTET STRING
constexpr Field kDigestedDataFields[] = {
    {Slot::Version, Tag::Integer, kCapture},
    {Slot::DigestAlgorithm, Tag::Sequence, kCapture},
    {Slot::DigestedContentInfo, Tag::Sequence, kDescend, Need::Required,
     Layout::DigestedContentInfo},
    {Slot::DigestValue, Tag::OctetString, kCapture, Need::Required, Layout::Message,
     Tag::ConstructedOctetString},
};
constexpr Field kDigestedContentInfo[] = {
    {Slot::DigestedContentType, Tag::ObjectIdentifier, kCapture},
    {Slot::ExplicitOctets, asn1::constructed(0), kDescend, Need::Optional, Layout::DigestedContent},
};

// AuthenticatedData ::= SEQUENCE {
//     version               CMSVersion,
//     originatorInfo    [0] IMPLICIT OriginatorInfo OPTIONAL,
//     recipientInfos        RecipientInfos,
//     macAlgorithm          MessageAuthenticationCodeAlgorithm,
//     digestAlgorithm   [1] DigestAlgorithmIdentifier OPTIONAL,
//     encapContentInfo      EncapsulatedContentInfo,
//     authAttrs         [2] IMPLICIT AuthAttributes OPTIONAL,
//     mac                   MessageAuthenticationCode,
//     unauthAttrs       [3] IMPLICIT UnauthAttributes OPTIONAL }
constexpr Field kAuthenticatedDataFields[] = {
    {Slot::Version, Tag::Integer, kCapture},
    {Slot::OriginatorInfo, asn1::constructed(0), kCapture, Need::Optional},
    {Slot::RecipientInfos, Tag::Set, kCapture},
    {Slot::MacAlgorithm, Tag::Sequence, kCapture},
    {Slot::MacDigestAlgorithm, asn1::constructed(1), kCapture, Need::Optional},
    {Slot::AuthenticatedContentInfo, Tag::Sequence, kDescend, Need::Required,
     Layout::AuthenticatedContentInfo},
    {Slot::AuthAttrs, asn1::constructed(2), kCapture, Need::Optional},
    {Slot::Mac, Tag::OctetString, kCapture, Need::Required, Layout::Message,
     Tag::ConstructedOctetString},
    {Slot::UnprotectedAttrs, asn1::constructed(3), kCapture, Need::Optional},
};
constexpr Field kAuthenticatedContentInfo[] = {
    {Slot::AuthenticatedContentType, Tag::ObjectIdentifier, kCapture},
    {Slot::ExplicitOctets, asn1::constructed(0), kDescend, Need::Optional,
     Layout::AuthenticatedContent},
};

// EncryptedContentInfo ::= SEQUENCE {
//     contentType                 ContentType,
//     contentEncryptionAlgorithm  ContentEncryptionAlgorithmIdentifier,
//     encryptedContent        [0] IMPLICIT EncryptedContent OPTIONAL }
constexpr Field kEncryptedContentInfo[] = {
    {Slot::EncryptedContentType, Tag::ObjectIdentifier, kCapture},
    {Slot::ContentEncryptionAlgorithm, Tag::Sequence, kCapture},
    {Slot::Octets, asn1::primitive(0), kStream, Need::Optional, Layout::Message,
     asn1::constructed(0)},
};

// CompressedData ::= SEQUENCE {
//     version               CMSVersion,
//     compressionAlgorithm  CompressionAlgorithmIdentifier,
//     encapContentInfo      EncapsulatedContentInfo }
constexpr Field kCompressedDataFields[] = {
    {Slot::Version, Tag::Integer, kCapture},
    {Slot::CompressionAlgorithm, Tag::Sequence, kCapture},
    {Slot::CompressedContentInfo, Tag::Sequence, kDescend, Need::Required,
     Layout::CompressedContentInfo},
};

}  // namespace

std::span<const Field> fields(Layout layout) {
  switch (layout) {
    case Layout::Message:
      return kMessage;
    case Layout::ContentInfo:
      return kContentInfo;
    case Layout::Content:
      return kContent;
    case Layout::SignedData:
      return kSignedDataFields;
    case Layout::SignedContentInfo:
      return kSignedContentInfo;
    case Layout::CompressedContentInfo:
      return kCompressedContentInfo;
    case Layout::SignedContent:
    case Layout::CompressedContent:
    case Layout::DigestedContent:
    case Layout::AuthenticatedContent:
      return kExplicitContent;
    case Layout::AuthenticatedData:
      return kAuthenticatedDataFields;
    case Layout::AuthenticatedContentInfo:
      return kAuthenticatedContentInfo;
    case Layout::EncryptedData:
      return kEncryptedDataFields;
    case Layout::DigestedData:
      return kDigestedDataFields;
    case Layout::DigestedContentInfo:
      return kDigestedContentInfo;
    case Layout::EnvelopedData:
      return kEnvelopedDataFields;
    case Layout::AuthEnvelopedData:
      return kAuthEnvelopedDataFields;
    case Layout::SignedAndEnvelopedData:
      return kSignedAndEnvelopedDataFields;
    case Layout::EncryptedContentInfo:
      return kEncryptedContentInfo;
    case Layout::CompressedData:
      return kCompressedDataFields;
  }
  return {};
}

std::optional<Layout> structure(const Oid& content_type) {
  switch (cms::content_type(content_type)) {
    case ContentType::SignedData:
      return Layout::SignedData;
    case ContentType::EnvelopedData:
      return Layout::EnvelopedData;
    case ContentType::AuthEnvelopedData:
      return Layout::AuthEnvelopedData;
    case ContentType::CompressedData:
      return Layout::CompressedData;
    case ContentType::EncryptedData:
      return Layout::EncryptedData;
    case ContentType::DigestedData:
      return Layout::DigestedData;
    case ContentType::AuthenticatedData:
      return Layout::AuthenticatedData;
    case ContentType::SignedAndEnvelopedData:
      return Layout::SignedAndEnvelopedData;
    default:
      return std::nullopt;
  }
}

}  // namespace bulla::cms
