#include "cms/parser.h"

#include <algorithm>

#include "base/check.h"
#include "base/try.h"
#include "cms/capture.h"
#include "cms/enveloped_data.h"
#include "cms/layout.h"
#include "cms/signed_data.h"

namespace bulla::cms {
namespace {

using asn1::BerAction;
using asn1::Tag;

// Octets of a field that has a small bounded form (version, OID, AlgorithmIdentifier).
// The largest in use, 64 digest algorithms with parameters, has 1 KiB.
constexpr std::size_t kSmallField = 64u << 10;

// Content of PKCS #7 that is no OCTET STRING (CMS-38), such as Authenticode's (CMS-39): the value
// octets of a primitive element stream, a constructed one is taken whole, for it may need to
// become DER first.
constexpr Field kPrimitiveContent{Slot::Octets, Tag::Null, BerAction::Stream};
constexpr Field kConstructedContent{Slot::OtherContent, Tag::Null, BerAction::Capture};

// What a missing field means. PKCS #7 lets content be absent: then there is nothing to open
// (CMS-01).
Rule missing(Slot slot) {
  return slot == Slot::Content || slot == Slot::Structure ? Rule::CmsNoContent
                                                          : Rule::Asn1Truncated;
}

// Which bound the octets of a captured field count against.
enum class Budget : std::uint8_t { Field, Recipients, Tail };

Budget budget(Slot slot) {
  switch (slot) {
    case Slot::RecipientInfos:
      return Budget::Recipients;
    case Slot::Certificates:
    case Slot::Crls:
    case Slot::SignerInfos:
    case Slot::OtherContent:
    case Slot::OriginatorInfo:
    case Slot::AuthAttrs:
    case Slot::UnprotectedAttrs:
      return Budget::Tail;
    default:
      return Budget::Field;
  }
}

Oid read_oid(asn1::Reader& in) { return in.oid(); }

std::int64_t read_version(asn1::Reader& in) { return in.small_integer(); }

asn1::AlgorithmIdentifier read_algorithm(asn1::Reader& in) {
  return asn1::AlgorithmIdentifier::read(in);
}

bool is_padding(std::uint8_t octet) {
  return octet == '\r' || octet == '\n' || octet == '\t' || octet == ' ' || octet == 0;
}

// SignerInfo versions that do not fit their sid: known by structure, and noted (CMS-09).
void note_versions(SignedTail& tail) {
  for (std::size_t i = 0; i < tail.signers.size(); ++i) {
    const SignerInfo& signer = tail.signers[i];
    std::int64_t expected = signer.sid.key_identifier.empty() ? 1 : 3;
    if (signer.version == expected) continue;
    tail.findings.push_back(Finding::of(Rule::CmsVersion, {}, "signer " + std::to_string(i + 1)));
  }
}

}  // namespace

class Parser::Machine final : public asn1::BerHandler {
 public:
  Machine(EventHandler& handler, const Limits& limits, std::uint64_t base_offset,
          x509::CertificateCache* cache)
      : handler_(handler),
        limits_(limits),
        cache_(cache),
        scanner_(*this, limits, kSmallField, base_offset) {}

  Result<void> push(ByteView chunk) {
    if (failed_) return tl::unexpected<Error>(*failed_);
    auto result = scan(chunk);
    if (!result) failed_ = result.error();
    return result;
  }

  Result<void> finish() {
    if (failed_) return tl::unexpected<Error>(*failed_);
    return scanner_.finish();
  }

  Result<BerAction> begin(Tag tag, std::optional<std::uint64_t> length,
                          std::uint64_t offset) override;
  Result<void> captured(ByteView element, std::uint64_t offset) override;
  // The value octets alone, however many OCTET STRINGs they come in (CMS-07).
  Result<void> stream(ByteView contents) override { return handler_.content(contents); }
  Result<void> stream_end() override { return {}; }
  Result<void> leave(std::uint64_t offset) override;

 private:
  // A SEQUENCE or explicit tag that is open, and which of its fields comes next.
  struct Frame {
    Layout layout;
    std::size_t next = 0;
  };

  Result<void> scan(ByteView chunk);
  Result<void> pass_over(ByteView chunk);
  BerAction take(const Field& field);
  std::size_t allowance(Slot slot) const;
  Result<void> captured_outer(ByteView element, std::uint64_t offset);
  Result<void> captured_signed(ByteView element, std::uint64_t offset);
  Result<void> captured_certificates(ByteView element, std::uint64_t offset);
  Result<void> captured_enveloped(ByteView element, std::uint64_t offset);
  Result<void> captured_enveloped_tail(ByteView element, std::uint64_t offset);
  Result<void> captured_compressed(ByteView element, std::uint64_t offset);
  Result<void> captured_digested(ByteView element, std::uint64_t offset);
  Result<void> captured_authenticated(ByteView element, std::uint64_t offset);
  Result<void> other_content(ByteView element, std::uint64_t offset);
  Result<void> left(Layout layout);

  template <typename Read>
  auto decode(ByteView element, std::uint64_t offset, Read read) {
    return decode_captured(element, read, limits_, offset);
  }

  EventHandler& handler_;
  Limits limits_;
  x509::CertificateCache* cache_;
  asn1::BerScanner scanner_;
  std::uint64_t padding_ = 0;  // octets behind the message
  std::optional<Error> failed_;

  std::vector<Frame> frames_{{Layout::Message}};
  const Field* field_ = nullptr;  // that is being captured
  std::size_t held_ = 0;          // octets captured for the parts that budgets bound
  Oid content_type_;
  Presence presence_ = Presence::Absent;
  SignedHeader signed_header_;
  SignedTail signed_tail_;
  EnvelopedHeader enveloped_header_;
  EnvelopedTail enveloped_tail_;
  DigestedHeader digested_header_;
  AuthenticatedHeader authenticated_header_;
};

Result<void> Parser::Machine::scan(ByteView chunk) {
  if (scanner_.complete()) return pass_over(chunk);
  std::uint64_t start = scanner_.offset();
  auto result = scanner_.push(chunk);
  bool is_behind = !result && scanner_.complete() && result.error().rule == Rule::CmsTrailingData;
  if (!is_behind) return result;
  return pass_over(chunk.subspan(static_cast<std::size_t>(scanner_.offset() - start)));
}

Result<void> Parser::Machine::pass_over(ByteView chunk) {
  const auto* foreign = std::find_if_not(chunk.data(), chunk.data() + chunk.size(), &is_padding);
  auto count = static_cast<std::size_t>(foreign - chunk.data());
  padding_ += count;
  if (count < chunk.size()) return failure(Rule::CmsTrailingData, scanner_.offset() + padding_);
  return {};
}

Result<BerAction> Parser::Machine::begin(Tag tag, std::optional<std::uint64_t>,
                                         std::uint64_t offset) {
  Frame& frame = frames_.back();
  if (frame.layout == Layout::ContentInfo && frame.next == 0 && tag != Tag::ObjectIdentifier) {
    return failure(Rule::CmsContentType, offset, "there is no ContentInfo");
  }
  auto all = fields(frame.layout);
  while (frame.next < all.size()) {
    const Field& field = all[frame.next++];
    if (field.fits(tag)) return take(field);
    if (frame.layout == Layout::SignedContent) {
      signed_tail_.findings.push_back(Finding::of(Rule::CmsNotOctetString));
      return take(asn1::is_constructed(tag) ? kConstructedContent : kPrimitiveContent);
    }
    if (field.need == Need::Required) break;
  }
  return failure(Rule::Asn1UnexpectedTag, offset);
}

// Makes the field the current one and says what the scanner does with it.
BerAction Parser::Machine::take(const Field& field) {
  field_ = &field;
  if (field.slot == Slot::ExplicitOctets || field.slot == Slot::Octets) {
    presence_ = Presence::Present;
  }
  scanner_.set_max_captured(allowance(field.slot));
  if (field.action == BerAction::Descend) {
    Layout inside = field.inside;
    if (field.slot == Slot::Structure) inside = structure(content_type_).value_or(inside);
    frames_.push_back({inside});
  }
  return field.action;
}

std::size_t Parser::Machine::allowance(Slot slot) const {
  switch (budget(slot)) {
    case Budget::Field:
      return kSmallField;
    case Budget::Recipients:
      return limits_.recipient_infos_bytes;
    case Budget::Tail:
      return limits_.signed_data_tail - std::min(held_, limits_.signed_data_tail);
  }
  return 0;
}

Result<void> Parser::Machine::leave(std::uint64_t offset) {
  Frame frame = frames_.back();
  frames_.pop_back();
  auto all = fields(frame.layout);
  for (; frame.next < all.size(); ++frame.next) {
    const Field& field = all[frame.next];
    if (field.need == Need::Required) return failure(missing(field.slot), offset);
  }
  return left(frame.layout);
}

// A structure is complete: tells what is known now.
Result<void> Parser::Machine::left(Layout layout) {
  switch (layout) {
    case Layout::SignedContentInfo:
    case Layout::EncryptedContentInfo:
    case Layout::CompressedContentInfo:
    case Layout::DigestedContentInfo:
    case Layout::AuthenticatedContentInfo:
      enveloped_tail_.has_content = presence_ == Presence::Present;
      return handler_.content_end(presence_);
    case Layout::SignedData:
      note_versions(signed_tail_);
      return handler_.signed_tail(std::move(signed_tail_));
    case Layout::EnvelopedData:
    case Layout::AuthEnvelopedData:
    case Layout::EncryptedData:
      return handler_.enveloped_tail(std::move(enveloped_tail_));
    case Layout::SignedAndEnvelopedData:
      note_versions(signed_tail_);
      TRY_VOID(handler_.signed_tail(std::move(signed_tail_)));
      return handler_.enveloped_tail(std::move(enveloped_tail_));
    case Layout::AuthenticatedData:
      return handler_.authenticated_tail(std::move(enveloped_tail_));
    default:
      return {};
  }
}

Result<void> Parser::Machine::captured(ByteView element, std::uint64_t offset) {
  if (budget(field_->slot) == Budget::Tail) held_ += element.size();
  switch (field_->slot) {
    case Slot::ContentType:
      return captured_outer(element, offset);
    case Slot::DigestAlgorithms:
    case Slot::SignedContentType:
    case Slot::SignerInfos:
      return captured_signed(element, offset);
    case Slot::Certificates:
    case Slot::Crls:
      return captured_certificates(element, offset);
    case Slot::OtherContent:
      return other_content(element, offset);
    case Slot::OriginatorInfo:
    case Slot::RecipientInfos:
    case Slot::EncryptedContentType:
    case Slot::ContentEncryptionAlgorithm:
      return captured_enveloped(element, offset);
    case Slot::AuthAttrs:
    case Slot::Mac:
    case Slot::UnprotectedAttrs:
      return captured_enveloped_tail(element, offset);
    case Slot::CompressionAlgorithm:
    case Slot::CompressedContentType:
      return captured_compressed(element, offset);
    case Slot::DigestAlgorithm:
    case Slot::DigestedContentType:
    case Slot::DigestValue:
      return captured_digested(element, offset);
    case Slot::MacAlgorithm:
    case Slot::MacDigestAlgorithm:
    case Slot::AuthenticatedContentType:
      return captured_authenticated(element, offset);
    case Slot::Version:
      signed_header_.version = enveloped_header_.version = digested_header_.version =
          TRY(decode(element, offset, &read_version));
      return {};
    default:
      CHECK(false && "a field that is not captured");
      return {};
  }
}

Result<void> Parser::Machine::captured_outer(ByteView element, std::uint64_t offset) {
  content_type_ = TRY(decode(element, offset, &read_oid));
  TRY_VOID(handler_.content_info(content_type_));
  if (structure(content_type_)) {
    enveloped_header_.authenticated = content_type_ == kAuthEnvelopedData;
    enveloped_header_.has_shared_key = content_type_ == kEncryptedData;
    enveloped_header_.is_signed = content_type_ == kSignedAndEnvelopedData;
    return {};
  }
  ContentType type = cms::content_type(content_type_);
  std::string detail(type == ContentType::Other ? content_type_.to_string() : name(type));
  return failure(Rule::CmsContentType, offset, detail);
}

Result<void> Parser::Machine::captured_signed(ByteView element, std::uint64_t offset) {
  if (field_->slot == Slot::DigestAlgorithms) {
    signed_header_.digest_algorithms = TRY(decode(
        element, offset, [this](asn1::Reader& in) { return read_digest_algorithms(in, limits_); }));
    return {};
  }
  if (field_->slot == Slot::SignerInfos) {
    signed_tail_.signers = TRY(decode(
        element, offset, [this](asn1::Reader& in) { return read_signer_infos(in, limits_); }));
    return {};
  }
  signed_header_.content_type = TRY(decode(element, offset, &read_oid));
  return handler_.signed_data(signed_header_);
}

Result<void> Parser::Machine::captured_certificates(ByteView element, std::uint64_t offset) {
  Findings findings;
  if (field_->slot == Slot::Certificates) {
    CertificateSet set = TRY(decode(element, offset, [this](asn1::Reader& in) {
      return read_certificates(in, limits_, cache_);
    }));
    signed_tail_.certificates = std::move(set.certificates);
    findings = std::move(set.findings);
  } else {
    RevocationSet set = TRY(
        decode(element, offset, [this](asn1::Reader& in) { return read_revocation(in, limits_); }));
    signed_tail_.crls = std::move(set.crls);
    signed_tail_.other_revocation = std::move(set.others);
    signed_tail_.ocsp_answers = std::move(set.ocsp_answers);
    findings = std::move(set.findings);
  }
  for (Finding& finding : findings) signed_tail_.findings.push_back(std::move(finding));
  return {};
}

// PKCS #7 digests the contents octets of the DER encoding (RFC 2315 9.3).
Result<void> Parser::Machine::other_content(ByteView element, std::uint64_t offset) {
  presence_ = Presence::Present;
  Bytes der = TRY(asn1::to_der(element, limits_, offset));
  auto contents = TRY(asn1::decode(
      der, [](asn1::Reader& in) { return in.contents(in.peek()); }, limits_, offset));
  return handler_.content(contents);
}

Result<void> Parser::Machine::captured_enveloped(ByteView element, std::uint64_t offset) {
  EnvelopedHeader& header = enveloped_header_;
  switch (field_->slot) {
    case Slot::OriginatorInfo:
      header.originator_certificates = TRY(decode(
          element, offset, [this](asn1::Reader& in) { return read_originator_info(in, limits_); }));
      return {};
    case Slot::RecipientInfos:
      header.recipients = TRY(decode(
          element, offset, [this](asn1::Reader& in) { return read_recipient_infos(in, limits_); }));
      return {};
    case Slot::EncryptedContentType:
      header.content_type = TRY(decode(element, offset, &read_oid));
      return {};
    default:
      header.content_encryption_algorithm = TRY(decode(element, offset, &read_algorithm));
      header.digest_algorithms = std::move(signed_header_.digest_algorithms);
      return handler_.enveloped_data(std::move(header));
  }
}

Result<void> Parser::Machine::captured_enveloped_tail(ByteView element, std::uint64_t offset) {
  if (field_->slot == Slot::Mac) {
    enveloped_tail_.mac =
        TRY(decode(element, offset, [](asn1::Reader& in) { return to_bytes(in.octet_string()); }));
    return {};
  }
  auto set = TRY(decode(element, offset, [this](asn1::Reader& in) {
    return read_attribute_set(in, field_->tag, limits_).value_or(AttributeSet());
  }));
  if (field_->slot == Slot::AuthAttrs) {
    enveloped_tail_.auth_attrs_der = std::move(set.der);
    enveloped_tail_.auth_attrs = std::move(set.attributes);
  } else {
    enveloped_tail_.unprotected_attrs = std::move(set.attributes);
  }
  return {};
}

Result<void> Parser::Machine::captured_compressed(ByteView element, std::uint64_t offset) {
  if (field_->slot == Slot::CompressedContentType) {
    return handler_.compressed_data(TRY(decode(element, offset, &read_oid)));
  }
  auto algorithm = TRY(decode(element, offset, &read_algorithm));
  if (algorithm.algorithm != kZlibCompress) {
    return failure(Rule::CryptoUnknownAlgorithm, offset, algorithm.algorithm.to_string());
  }
  // Absent in RFC 3274, NULL in mail that exists (CMS-74).
  if (!algorithm.has_no_or_null_parameters()) return failure(Rule::CryptoBadParameters, offset);
  return {};
}

Result<void> Parser::Machine::captured_digested(ByteView element, std::uint64_t offset) {
  if (field_->slot == Slot::DigestAlgorithm) {
    digested_header_.digest_algorithm = TRY(decode(element, offset, &read_algorithm));
    return {};
  }
  if (field_->slot == Slot::DigestedContentType) {
    digested_header_.content_type = TRY(decode(element, offset, &read_oid));
    return handler_.digested_data(digested_header_);
  }
  return handler_.digest(
      TRY(decode(element, offset, [](asn1::Reader& in) { return to_bytes(in.octet_string()); })));
}

Result<void> Parser::Machine::captured_authenticated(ByteView element, std::uint64_t offset) {
  AuthenticatedHeader& header = authenticated_header_;
  if (field_->slot == Slot::MacAlgorithm) {
    header.mac_algorithm = TRY(decode(element, offset, &read_algorithm));
    return {};
  }
  if (field_->slot == Slot::MacDigestAlgorithm) {
    header.digest_algorithm = TRY(decode(element, offset, [this](asn1::Reader& in) {
      return asn1::AlgorithmIdentifier::read(in, field_->tag);
    }));
    return {};
  }
  header.common = std::move(enveloped_header_);
  header.common.content_type = TRY(decode(element, offset, &read_oid));
  return handler_.authenticated_data(std::move(header));
}

// DigestedData and AuthenticatedData are rare in mail: who does not care for them need not say so.
Result<void> EventHandler::digested_data(const DigestedHeader&) { return {}; }
Result<void> EventHandler::digest(ByteView) { return {}; }
Result<void> EventHandler::authenticated_data(AuthenticatedHeader) { return {}; }
Result<void> EventHandler::authenticated_tail(EnvelopedTail) { return {}; }

Parser::Parser(EventHandler& handler, const Limits& limits, std::uint64_t base_offset,
               x509::CertificateCache* cache)
    : machine_(std::make_unique<Machine>(handler, limits, base_offset, cache)) {}
Parser::Parser(Parser&&) noexcept = default;
Parser::~Parser() = default;

Result<void> Parser::push(ByteView chunk) { return machine_->push(chunk); }
Result<void> Parser::finish() { return machine_->finish(); }

}  // namespace bulla::cms
