// PayloadStage: the first entity that is no layer of the envelope, on its way out.
//
// All of its octets are written in their order. On the way its parts are looked
// through for signatures and encryptions that cover a part alone: the first are
// verified and reported with their place, the second reported and left alone, for what
// stands beside them is of another origin (T-01, T-05; RFC 9787 4.5, 6.2; MIME-51).
//
// Who rearranges the blocks of a CBC to make another message leaves a block of noise beside
// each of his own. So what no signature or tag holds together must look like mail in all
// of its text, and be whole (T-03).
#include "base/text.h"
#include "base/try.h"
#include "message/cms_stage.h"
#include "message/opening.h"
#include "message/signed_parts.h"
#include "mime/kernels.h"
#include "mime/parser.h"
#include "mime/transfer.h"

namespace bulla {
namespace {

// Layers on parts that are looked into; what is beyond passes unseen.
constexpr std::size_t kMaxErrantLayers = 16;

// What must hold for octets from a malleable cipher.
class NoiseCheck {
 public:
  explicit NoiseCheck(bool on) : on_(on) {}

  // Of the root: its fields decide what becomes of everything else.
  Result<void> root_header(const mime::Header& header) const {
    if (on_ && !is_utf8(header.raw())) return failure(Rule::EncFailed);
    return text(as_bytes(header.raw()));
  }

  // Parts of a message that was forwarded may be broken in ways of their own.
  Result<void> text(ByteView raw) const {
    if (on_ && mime::kernels::find_foreign_control(raw) != raw.size()) {
      return failure(Rule::EncFailed);
    }
    return {};
  }

  Result<void> body(ByteView raw, mime::TransferEncoding encoding, bool is_declared) const {
    if (!on_ || encoding == mime::TransferEncoding::Binary) return {};
    // Without the field a body is seven-bit too, and many a mail program forgets it.
    bool seven_bit = is_declared && encoding != mime::TransferEncoding::EightBit &&
                     encoding != mime::TransferEncoding::Unknown;
    if (!seven_bit) return text(raw);
    if (mime::kernels::find_foreign_octet(raw) != raw.size()) return failure(Rule::EncFailed);
    return {};
  }

  Result<void> end(const mime::EntityParser& root) const {
    if (on_ && root.unclosed()) return failure(Rule::EncFailed);
    return {};
  }

 private:
  bool on_;
};

class PayloadStage final : public Sink, private mime::EntityHandler {
 public:
  // Wrapped: the message inside a payload root that is message/rfc822.
  enum class Role { Unprotected, Payload, Wrapped, Part };

  PayloadStage(Opening& opening, std::string place, Role role, Scan scan, std::size_t depth,
               std::uint64_t offset)
      : opening_(opening),
        place_(std::move(place)),
        role_(role),
        scan_(scan),
        depth_(depth),
        noise_(opening.is_malleable()),
        parser_(*this, opening.options.limits, offset) {}

  Result<void> write(ByteView bytes) override { return parser_.push(bytes); }

  Result<void> finish() override {
    TRY_VOID(parser_.finish());
    if (is_root()) TRY_VOID(noise_.end(parser_));
    if (signed_) {
      signed_->finish(parser_.unclosed() ? SignedParts::Ending::Unclosed
                                         : SignedParts::Ending::Closed);
    }
    TRY_VOID(end_child());
    end_layer();
    return is_root() ? opening_.writer.flush() : Result<void>();
  }

 private:
  bool is_root() const { return role_ == Role::Unprotected || role_ == Role::Payload; }

  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    TRY_VOID(is_root() ? noise_.root_header(header) : noise_.text(as_bytes(header.raw())));
    TRY_VOID(write_header(header));
    encoding_ = header.transfer_encoding();
    is_encoding_declared_ = header.find("Content-Transfer-Encoding") != nullptr;
    // Its octets are data, line ends and all (MIME-07).
    bool binary = encoding_ == mime::TransferEncoding::Binary;
    kind_ = binary ? ContentWriter::Kind::Octets : ContentWriter::Kind::Text;
    if (scan_ == Scan::Off || depth_ >= opening_.options.limits.mime_depth) return mime::BodyPlan{};
    mime::BodyPlan plan = mime::plan_body(header);
    bool is_message = header.content_type().is("message", "rfc822") &&
                      mime::is_identity(header.transfer_encoding());
    if (is_message) {
      Role inside = role_ == Role::Payload ? Role::Wrapped : Role::Part;
      child_ = make_child(place_.empty() ? "1" : place_ + ".1", inside, parser_.offset());
    }
    // The root was looked at by whoever called it the payload.
    if (!is_root()) begin_layer(header, plan);
    return plan;
  }

  Result<void> write_header(const mime::Header& header) {
    if (role_ == Role::Wrapped) opening_.wrapped_header = header;
    if (!is_root()) {
      return opening_.writer.write(as_bytes(header.raw()), ContentWriter::Kind::Text);
    }
    opening_.payload_header = header;
    if (role_ == Role::Unprotected) return opening_.writer.begin_unchanged(header);
    const mime::Header* outer = opening_.outer_header ? &*opening_.outer_header : nullptr;
    return opening_.writer.begin(outer, header);
  }

  // A layer here is errant: verified and reported for its own part (E2E-03, E2E-05), that of a
  // message carried inside too (E2E-07), and never decrypted (E2E-06).
  void begin_layer(const mime::Header& header, const mime::BodyPlan& plan) {
    if (opening_.records.size() >= kMaxErrantLayers) return;
    mime::SmimeType type = mime::recognize_smime(header);
    bool multipart = plan.kind == mime::BodyPlan::Kind::Multipart;
    if (type.kind == mime::SmimeKind::MultipartSigned && multipart) {
      signed_ = std::make_unique<SignedParts>(opening_, type, place_, Scope::Errant);
    }
    bool cms =
        type.kind == mime::SmimeKind::Pkcs7Mime || type.kind == mime::SmimeKind::OctetStreamP7m;
    if (!cms) return;
    stage_ = std::make_unique<CmsStage>(
        opening_, CmsStage::Options{.place = place_,
                                    .scope = Scope::Errant,
                                    .origin = Origin::Mail,
                                    .form = Layer::Form::Opaque,
                                    .detached = nullptr,
                                    .offset = parser_.offset(),
                                    .decide = [](const Oid&) { return CmsStage::Use::Observe; }});
    decoder_ = mime::make_transfer_decoder(header.transfer_encoding(), *stage_);
  }

  // A part that cannot be read is no reason to keep the message from its reader.
  void look_into(ByteView raw) {
    if (decoder_ && !decoder_->write(raw)) decoder_.reset();
  }

  void end_layer() {
    if (decoder_ && !decoder_->finish()) decoder_.reset();
  }

  std::unique_ptr<PayloadStage> make_child(std::string place, Role role, std::uint64_t offset) {
    return std::make_unique<PayloadStage>(opening_, std::move(place), role, scan_, depth_ + 1,
                                          offset);
  }

  Result<void> end_child() {
    if (!child_) return {};
    std::unique_ptr<PayloadStage> child = std::move(child_);
    return child->finish();
  }

  Result<void> on_body(ByteView raw) override {
    look_into(raw);
    if (child_) return child_->write(raw);
    TRY_VOID(noise_.body(raw, encoding_, is_encoding_declared_));
    return opening_.writer.write(raw, kind_);
  }

  Result<void> on_preamble(ByteView raw) override {
    TRY_VOID(noise_.text(raw));
    return opening_.writer.write(raw, ContentWriter::Kind::Text);
  }

  Result<void> on_part_begin(std::uint64_t offset) override {
    std::string number = std::to_string(++parts_);
    child_ = make_child(place_.empty() ? number : place_ + "." + number, Role::Part, offset);
    return signed_ ? signed_->part_begin(offset) : Result<void>();
  }

  Result<void> on_part(ByteView raw) override {
    TRY_VOID(child_->write(raw));
    return signed_ ? signed_->part(raw) : Result<void>();
  }

  Result<void> on_part_end() override {
    TRY_VOID(end_child());
    return signed_ ? signed_->part_end() : Result<void>();
  }

  Result<void> on_delimiter(ByteView raw, mime::Delimiter) override {
    return opening_.writer.write(raw, ContentWriter::Kind::Text);
  }

  Result<void> on_epilogue(ByteView raw) override {
    TRY_VOID(noise_.text(raw));
    return opening_.writer.write(raw, ContentWriter::Kind::Text);
  }

  Opening& opening_;
  std::string place_;
  Role role_;
  Scan scan_;
  std::size_t depth_;
  NoiseCheck noise_;
  mime::EntityParser parser_;
  mime::TransferEncoding encoding_ = mime::TransferEncoding::SevenBit;
  bool is_encoding_declared_ = false;
  ContentWriter::Kind kind_ = ContentWriter::Kind::Text;
  std::unique_ptr<PayloadStage> child_;
  std::size_t parts_ = 0;
  std::unique_ptr<SignedParts> signed_;
  std::unique_ptr<CmsStage> stage_;
  std::unique_ptr<mime::TransferDecoder> decoder_;
};

}  // namespace

std::unique_ptr<Sink> make_payload_stage(Opening& opening, std::string place, Position position,
                                         Scan scan, std::uint64_t offset) {
  auto role =
      position == Position::Root ? PayloadStage::Role::Unprotected : PayloadStage::Role::Payload;
  return std::make_unique<PayloadStage>(opening, std::move(place), role, scan, 0, offset);
}

}  // namespace bulla
