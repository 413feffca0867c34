// The ASN.1 of a CMS message as tables, for a parser that sees one element at a time.
//
// A layout is the list of fields of one SEQUENCE (or explicit tag), in order. A field
// says which tags it may have, whether it may be absent, and what to do with it.
#pragma once

#include <optional>
#include <span>

#include "asn1/ber.h"
#include "bulla/oid.h"

namespace bulla::cms {

enum class Layout : std::uint8_t {
  Message,
  ContentInfo,
  Content,
  SignedData,
  SignedContentInfo,  // EncapsulatedContentInfo of SignedData
  SignedContent,
  EnvelopedData,
  AuthEnvelopedData,
  EncryptedContentInfo,
  CompressedData,
  CompressedContentInfo,  // EncapsulatedContentInfo of CompressedData
  CompressedContent,
  EncryptedData,
  DigestedData,
  DigestedContentInfo,  // EncapsulatedContentInfo of DigestedData
  DigestedContent,
  AuthenticatedData,
  AuthenticatedContentInfo,  // EncapsulatedContentInfo of AuthenticatedData
  AuthenticatedContent,
  SignedAndEnvelopedData,
};

// What a field is, wherever it stands.
enum class Slot : std::uint8_t {
  ContentInfo,
  ContentType,
  Content,
  Structure,  // what contentType says
  Version,
  DigestAlgorithms,
  SignedContentInfo,
  SignedContentType,
  Certificates,
  Crls,
  SignerInfos,
  OriginatorInfo,
  RecipientInfos,
  EncryptedContentInfo,
  EncryptedContentType,
  ContentEncryptionAlgorithm,
  CompressionAlgorithm,
  CompressedContentInfo,
  CompressedContentType,
  DigestAlgorithm,
  DigestedContentInfo,
  DigestedContentType,
  DigestValue,
  Octets,          // content
  ExplicitOctets,  // content under an explicit tag
  OtherContent,    // content of SignedData that is no OCTET STRING
  MacAlgorithm,
  MacDigestAlgorithm,
  AuthenticatedContentInfo,
  AuthenticatedContentType,
  AuthAttrs,
  Mac,
  UnprotectedAttrs,
};

enum class Need : std::uint8_t { Required, Optional };

struct Field {
  Slot slot;
  asn1::Tag tag;
  asn1::BerAction action;
  Need need = Need::Required;
  Layout inside = Layout::Message;  // of what is descended into
  // The constructed form of a string.
  std::optional<asn1::Tag> other_tag = std::nullopt;

  bool fits(asn1::Tag candidate) const { return candidate == tag || candidate == other_tag; }
};

// In wire order. Valid for the life of the program.
std::span<const Field> fields(Layout layout);

// The layout of the SEQUENCE that a content type stands for, if it is read here.
std::optional<Layout> structure(const Oid& content_type);

}  // namespace bulla::cms
