// The stages of the cryptographic envelope: MIME entities that are layers, and what is
// inside layers. It ends at the first entity that is none, the payload (E2E-02).
#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "message/cms_stage.h"
#include "message/opening.h"
#include "message/signed_parts.h"
#include "mime/parser.h"
#include "mime/transfer.h"

namespace bulla {
namespace {

// Octets of an entity that are held until its CMS has said what it is. The content type
// stands in the first 20 octets; the rest is room for a header and odd line ends.
constexpr std::size_t kMaxHeld = 512u << 10;

class EntityStage final : public Sink, private mime::EntityHandler {
 public:
  EntityStage(Opening& opening, std::string place, Position position, std::uint64_t offset)
      : opening_(opening),
        place_(std::move(place)),
        position_(position),
        offset_(offset),
        parser_(*this, opening.options.limits, offset) {}

  Result<void> write(ByteView bytes) override { return parser_.push(bytes); }

  Result<void> finish() override {
    TRY_VOID(parser_.finish());
    if (signed_) {
      signed_->finish(parser_.unclosed() ? SignedParts::Ending::Unclosed
                                         : SignedParts::Ending::Closed);
    }
    if (decoder_) {
      TRY_VOID(decoder_->finish());
      if (decoder_->malformed() > 0) opening_.add(malformed_rule(encoding_), place_);
    }
    TRY_VOID(settle());
    return payload_ ? payload_->finish() : Result<void>();
  }

 private:
  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    if (position_ == Position::Root) opening_.outer_header = header;
    // Both ways of signing, at any depth, inside each other (MIME-38, MIME-48).
    mime::SmimeType type = mime::recognize_smime(header);
    bool is_layer = type.kind != mime::SmimeKind::None && !is_malformed(header);
    if (is_layer && is_multipart_signed(type, header)) return begin_signed(type, header);
    if (is_layer && is_cms(type.kind)) return begin_cms(type, header);
    if (type.kind == mime::SmimeKind::MultipartSignedForeign ||
        type.kind == mime::SmimeKind::MultipartEncrypted) {
      opening_.add(Rule::MimeForeignProtocol, place_, type.protocol);
    }
    if (type.kind == mime::SmimeKind::Pkcs10 || type.kind == mime::SmimeKind::OctetStreamP10) {
      opening_.add(Rule::MimeCertificateRequest, place_);
    }
    return begin_payload(header, Scan::On);
  }

  // More than one Content-Type lets two programs see two messages (T-106).
  bool is_malformed(const mime::Header& header) {
    std::vector<std::string> duplicates = header.duplicates();
    if (duplicates.empty()) return false;
    opening_.add(Rule::MimeDuplicateField, place_, duplicates[0]);
    return true;
  }

  bool is_multipart_signed(const mime::SmimeType& type, const mime::Header& header) {
    if (type.kind != mime::SmimeKind::MultipartSigned) return false;
    if (opening_.options.peel == OpenOptions::Peel::EncryptionOnly) return false;
    if (mime::plan_body(header).kind == mime::BodyPlan::Kind::Multipart) return true;
    bool encoded = !mime::is_identity(header.transfer_encoding());
    opening_.add(encoded ? Rule::MimeEncodedMultipart : Rule::MimeNoBoundary, place_);
    return false;
  }

  static bool is_cms(mime::SmimeKind kind) {
    return kind == mime::SmimeKind::Pkcs7Mime || kind == mime::SmimeKind::Pkcs7Signature ||
           kind == mime::SmimeKind::OctetStreamP7m || kind == mime::SmimeKind::OctetStreamP7s ||
           kind == mime::SmimeKind::OctetStreamP7c || kind == mime::SmimeKind::OctetStreamP7z;
  }

  Result<mime::BodyPlan> begin_signed(const mime::SmimeType& type, const mime::Header& header) {
    TRY_VOID(opening_.check_layers());
    if (type.legacy) opening_.add(Rule::MimeLegacyType, place_);
    signed_ = std::make_unique<SignedParts>(opening_, type, place_, Scope::Envelope);
    inner_place_ = place_.empty() ? "1" : place_ + ".1";
    return mime::plan_body(header);
  }

  Result<mime::BodyPlan> begin_cms(const mime::SmimeType& type, const mime::Header& header) {
    TRY_VOID(opening_.check_layers());
    mime::TransferEncoding encoding = header.transfer_encoding();
    if (encoding == mime::TransferEncoding::Unknown) {
      return failure(Rule::MimeUnknownEncoding, header.offset());
    }
    bool octet_stream =
        type.kind != mime::SmimeKind::Pkcs7Mime && type.kind != mime::SmimeKind::Pkcs7Signature;
    if (type.legacy || octet_stream) opening_.add(Rule::MimeLegacyType, place_);
    smime_type_ = type.smime_type;
    if (smime_type_.empty() && type.kind == mime::SmimeKind::Pkcs7Mime) {
      opening_.add(Rule::MimeSmimeType, place_, "missing");
    }
    held_ = to_bytes(header.raw());
    undecided_ = true;
    stage_ = std::make_unique<CmsStage>(
        opening_, CmsStage::Options{.place = place_,
                                    .scope = Scope::Envelope,
                                    .origin = Origin::Mail,
                                    .form = Layer::Form::Opaque,
                                    .detached = nullptr,
                                    .offset = parser_.offset(),
                                    .decide = [this](const Oid& oid) { return decide(oid); }});
    encoding_ = encoding;
    // Whichever it is: relays may change it (MIME-22).
    decoder_ = mime::make_transfer_decoder(encoding, *stage_);
    return mime::BodyPlan{};
  }

  // Armor in its text is text: what no header announces is neither opened nor verified (E2E-17).
  Result<mime::BodyPlan> begin_payload(const mime::Header& header, Scan scan) {
    payload_ = make_payload_stage(opening_, place_, position_, scan, offset_);
    TRY_VOID(payload_->write(as_bytes(header.raw())));
    return mime::BodyPlan{};
  }

  CmsStage::Use decide(const Oid& oid) {
    cms::ContentType type = cms::content_type(oid);
    note_smime_type(type);
    bool encrypts = cms::encrypts(oid);
    bool peel_all = opening_.options.peel == OpenOptions::Peel::All;
    use_ = encrypts || peel_all ? CmsStage::Use::Peel : CmsStage::Use::Leave;
    if (cms::needs_key(oid) && opening_.options.keys == nullptr) use_ = CmsStage::Use::Observe;
    undecided_ = false;
    return use_;
  }

  // smime-type is a hint; the content decides (MIME-27). Its prefix says the structure, what
  // follows says the content, and new names may follow (RFC 8551 3.2.2, MIME-26); certs-only,
  // signed-receipt and the names of RFC 7114 without a prefix are SignedData (MIME-25).
  void note_smime_type(cms::ContentType type) {
    if (smime_type_.empty() || smime_type_.starts_with("oid.")) return;
    bool enveloped = smime_type_.starts_with("enveloped-");
    bool auth_enveloped =
        smime_type_.starts_with("authenv-") || smime_type_.starts_with("authenveloped-");
    bool compressed = smime_type_ == "compressed-data";
    bool fits = true;
    if (type == cms::ContentType::EnvelopedData) fits = enveloped;
    if (type == cms::ContentType::AuthEnvelopedData) fits = auth_enveloped;
    if (type == cms::ContentType::CompressedData) fits = compressed;
    if (type == cms::ContentType::SignedData) fits = !enveloped && !auth_enveloped && !compressed;
    if (!fits) opening_.add(Rule::MimeSmimeType, place_, smime_type_);
  }

  // What is no layer here is the payload, octet for octet.
  Result<void> settle() {
    if (undecided_ || held_.empty()) return {};
    Bytes held = std::move(held_);
    held_.clear();
    if (use_ == CmsStage::Use::Peel) return {};
    payload_ = make_payload_stage(opening_, place_, position_, Scan::Off, offset_);
    return payload_->write(held);
  }

  Result<void> on_body(ByteView raw) override {
    if (!decoder_) return payload_->write(raw);
    if (!held_.empty()) {
      append(held_, raw);
      TRY_VOID(decoder_->write(raw));
      if (undecided_ && held_.size() > kMaxHeld) return failure(Rule::LimitSize, parser_.offset());
      return settle();
    }
    if (payload_) TRY_VOID(payload_->write(raw));
    return use_ == CmsStage::Use::Leave ? Result<void>() : decoder_->write(raw);
  }

  // The first part alone is content. What stands around the parts is nobody's, and dropped
  // (MIME-14).
  Result<void> on_part_begin(std::uint64_t offset) override {
    if (++parts_ == 1) inner_ = make_entity_stage(opening_, inner_place_, Position::Inner, offset);
    return signed_->part_begin(offset);
  }

  Result<void> on_part(ByteView raw) override {
    if (parts_ == 1) TRY_VOID(inner_->write(raw));
    return signed_->part(raw);
  }

  Result<void> on_part_end() override {
    if (parts_ == 1) TRY_VOID(inner_->finish());
    return signed_->part_end();
  }

  Opening& opening_;
  std::string place_;
  Position position_;
  std::uint64_t offset_;
  mime::EntityParser parser_;

  std::unique_ptr<SignedParts> signed_;
  std::string inner_place_;
  std::unique_ptr<Sink> inner_;
  std::size_t parts_ = 0;

  std::string smime_type_;
  std::unique_ptr<CmsStage> stage_;
  mime::TransferEncoding encoding_ = mime::TransferEncoding::Base64;
  std::unique_ptr<mime::TransferDecoder> decoder_;
  CmsStage::Use use_ = CmsStage::Use::Peel;
  bool undecided_ = false;
  Bytes held_;

  std::unique_ptr<Sink> payload_;
};

// Octets that are no MIME entity.
class OctetsStage final : public Sink {
 public:
  explicit OctetsStage(Opening& opening) : opening_(opening) {}

  Result<void> begin() {
    const mime::Header* outer = opening_.outer_header ? &*opening_.outer_header : nullptr;
    return opening_.writer.begin_octets(outer);
  }
  Result<void> write(ByteView bytes) override {
    return opening_.writer.write(bytes, ContentWriter::Kind::Octets);
  }
  Result<void> finish() override { return opening_.writer.flush(); }

 private:
  Opening& opening_;
};

// Looks at the beginning of a content and chooses its stage.
class InnerStage final : public Sink {
 public:
  InnerStage(Opening& opening, std::string place, Origin origin)
      : opening_(opening), place_(std::move(place)), origin_(origin) {}

  Result<void> write(ByteView bytes) override {
    if (next_) return next_->write(bytes);
    append(beginning_, bytes);
    // 1,000: a header line has 998 octets at most (RFC 5322 2.1.1).
    bool has_line = as_text(beginning_).find('\n') != std::string_view::npos;
    if (!has_line && beginning_.size() < 1000) return {};
    return choose();
  }

  Result<void> finish() override {
    if (!next_) TRY_VOID(choose());
    return next_->finish();
  }

 private:
  Result<void> choose() {
    if (looks_like_cms()) {
      TRY_VOID(opening_.check_layers());
      next_ = std::make_unique<CmsStage>(opening_, CmsStage::Options{.place = place_,
                                                                     .scope = Scope::Envelope,
                                                                     .origin = Origin::Cms,
                                                                     .form = Layer::Form::Opaque,
                                                                     .detached = nullptr,
                                                                     .offset = 0,
                                                                     .decide = {}});
    } else if (looks_like_entity()) {
      next_ = make_entity_stage(opening_, place_, Position::Inner, 0);
    } else {
      auto octets = std::make_unique<OctetsStage>(opening_);
      if (origin_ == Origin::Mail) opening_.add(Rule::MimeNotAnEntity, place_);
      TRY_VOID(octets->begin());
      next_ = std::move(octets);
    }
    Bytes beginning = std::move(beginning_);
    return next_->write(beginning);
  }

  // SEQUENCE, then the OID of a content type under 1.2.840.113549.1.
  bool looks_like_cms() const {
    constexpr std::uint8_t kArc[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01};
    if (opening_.options.peel == OpenOptions::Peel::EncryptionOnly) return false;
    if (beginning_.size() < 20 || beginning_[0] != 0x30) return false;
    std::size_t header = beginning_[1] > 0x80 ? 2 + (beginning_[1] & 0x7fu) : 2;
    if (header > 10 || beginning_[header] != 0x06) return false;
    return equal(ByteView(beginning_).subspan(header + 2, sizeof kArc), kArc);
  }

  bool looks_like_entity() const {
    std::string_view line = as_text(beginning_);
    line = line.substr(0, line.find('\n'));
    if (line.empty() || line == "\r") return !beginning_.empty() && origin_ == Origin::Mail;
    std::size_t colon = line.find(':');
    if (colon == 0 || colon == line.npos) return false;
    std::string_view field = trim(line.substr(0, colon));
    bool is_name =
        std::all_of(field.begin(), field.end(), [](char c) { return c > 32 && c < 127; });
    return is_name && (origin_ == Origin::Mail || is_well_known(field));
  }

  // Bare CMS carries anything; only what surely is a mail is read as one.
  static bool is_well_known(std::string_view field) {
    constexpr std::string_view kNames[] = {"mime-version", "from", "to",          "subject", "date",
                                           "message-id",   "cc",   "return-path", "received"};
    std::string name = lower(field);
    return name.starts_with("content-") ||
           std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
  }

  Opening& opening_;
  std::string place_;
  Origin origin_;
  Bytes beginning_;
  std::unique_ptr<Sink> next_;
};

}  // namespace

std::unique_ptr<Sink> make_inner_stage(Opening& opening, std::string place, Origin origin) {
  return std::make_unique<InnerStage>(opening, std::move(place), origin);
}

std::unique_ptr<Sink> make_entity_stage(Opening& opening, std::string place, Position position,
                                        std::uint64_t offset) {
  return std::make_unique<EntityStage>(opening, std::move(place), position, offset);
}

}  // namespace bulla
