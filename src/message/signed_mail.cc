#include "message/signed_mail.h"

#include "base/try.h"
#include "message/opening.h"
#include "mime/smime_type.h"

namespace bulla {
namespace {

// More than a record takes: what is longer is not kept.
constexpr std::size_t kMaxNoted = 16u << 10;

bool is_blank(std::uint8_t octet) {
  return octet == '\r' || octet == '\n' || octet == ' ' || octet == '\t';
}

// Sees base64 pass by: how long its first line is, and what follows its last digit.
class LineProbe {
 public:
  void see(ByteView raw) {
    std::string_view text = as_text(raw);
    if (!line_ended_) {
      std::size_t end = text.find_first_of("\r\n");
      layout_.digits += std::min(end, text.size());
      if (end != text.npos) {
        line_ended_ = true;
        layout_.line_break = text[end] == '\n' ? mime::LineBreak::Lf : mime::LineBreak::Crlf;
      }
    }
    std::size_t digits = raw.size();
    while (digits > 0 && is_blank(raw[digits - 1])) --digits;
    if (digits > 0) layout_.after.clear();
    if (layout_.after.size() <= kMaxNoted) layout_.after += text.substr(digits);
  }
  LineLayout layout() const { return layout_; }

 private:
  LineLayout layout_;
  bool line_ended_ = false;
};

// Whether the mail is one of the two forms; an error says what it is instead.
Result<Sign::Form> form_of(const mime::Header& header) {
  using Kind = mime::SmimeKind;
  std::vector<std::string> duplicates = header.duplicates();
  if (!duplicates.empty()) return failure(Rule::MimeDuplicateField, 0, duplicates[0]);
  switch (mime::recognize_smime(header).kind) {
    case Kind::MultipartSigned:
      if (mime::plan_body(header).kind == mime::BodyPlan::Kind::Multipart) return Sign::Form::Clear;
      return failure(Rule::MimeNoBoundary);
    case Kind::Pkcs7Mime:
    case Kind::OctetStreamP7m:
      return Sign::Form::Opaque;
    default:
      return failure(Rule::PolicyAbsent, 0, "the message is not signed");
  }
}

}  // namespace

// The CMS message in its transfer encoding.
class SignedMailReader::CmsBody final : private Sink {
 public:
  CmsBody(mime::TransferEncoding encoding, crypto::Output content, const Limits& limits)
      : encoding_(encoding),
        splitter_(std::move(content), limits),
        decoder_(mime::make_transfer_decoder(encoding, *this)) {}

  Result<void> push(ByteView raw) {
    probe_.see(raw);
    return decoder_->write(raw);
  }
  Result<void> end() {
    if (encoding_ == mime::TransferEncoding::Unknown) return failure(Rule::MimeUnknownEncoding);
    TRY_VOID(decoder_->flush());
    if (decoder_->malformed() > 0) return failure(malformed_rule(encoding_));
    return splitter_.finish();
  }
  LineLayout lines() const { return mime::is_identity(encoding_) ? LineLayout() : probe_.layout(); }
  cms::SplitSignedData& parts() { return splitter_.parts(); }

 private:
  Result<void> write(ByteView octets) override { return splitter_.push(octets); }
  Result<void> finish() override { return {}; }

  mime::TransferEncoding encoding_;
  LineProbe probe_;
  cms::SignedDataSplitter splitter_;
  std::unique_ptr<mime::TransferDecoder> decoder_;
};

// The second part of a multipart/signed.
class SignedMailReader::SignaturePart final : private mime::EntityHandler {
 public:
  SignaturePart(SignedMailReader& owner, std::uint64_t offset)
      : owner_(owner), parser_(*this, owner.limits_, offset) {}

  Result<void> push(ByteView octets) { return parser_.push(octets); }
  Result<CmsBody*> end() {
    TRY_VOID(parser_.finish());
    if (!body_) return failure(Rule::MimeSignedParts, 0, "no signature");
    TRY_VOID(body_->end());
    return body_.get();
  }

 private:
  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    using Kind = mime::SmimeKind;
    Kind kind = mime::recognize_smime(header).kind;
    if (kind != Kind::Pkcs7Signature && kind != Kind::OctetStreamP7s && kind != Kind::Pkcs7Mime) {
      return failure(Rule::MimeSignedParts, header.offset(), header.content_type().name());
    }
    TRY_VOID(owner_.note(owner_.wrapping_.between, as_bytes(header.raw())));
    auto nothing = [](ByteView) -> Result<void> { return failure(Rule::CmsContentTwice); };
    body_ = std::make_unique<CmsBody>(header.transfer_encoding(), nothing, owner_.limits_);
    return mime::BodyPlan{};
  }
  Result<void> on_body(ByteView octets) override { return body_->push(octets); }

  SignedMailReader& owner_;
  mime::EntityParser parser_;
  std::unique_ptr<CmsBody> body_;
};

SignedMailReader::SignedMailReader(SignedMailHandler& handler, const Limits& limits)
    : handler_(handler), limits_(limits), parser_(*this, limits), content_(handler) {}

SignedMailReader::~SignedMailReader() = default;

Result<mime::BodyPlan> SignedMailReader::on_header(const mime::Header& header) {
  wrapping_.form = TRY(form_of(header));
  wrapping_.line_break = mime::first_line_break(header.raw());
  hasher_ = TRY(crypto::Hasher::create(Digest::Sha256));
  std::size_t behind = 0;
  for (const mime::Field& field : header.fields()) behind += is_of_form(field) ? 0 : 1;
  for (const mime::Field& field : header.fields()) {
    if (!is_of_form(field)) {
      --behind;
    } else if (!field.is(kWrappingField)) {
      wrapping_.fields.push_back({std::string(field.raw), behind});
    }
  }
  TRY_VOID(handler_.on_signed_header(header, wrapping_.form));
  if (wrapping_.form == Sign::Form::Clear) return mime::plan_body(header);
  auto content = [this](ByteView octets) { return handler_.on_content(octets); };
  body_ = std::make_unique<CmsBody>(header.transfer_encoding(), content, limits_);
  return mime::BodyPlan{};
}

Result<void> SignedMailReader::note(std::string& text, ByteView octets) {
  if (text.size() <= kMaxNoted) text += as_text(octets);
  return {};
}

Result<void> SignedMailReader::on_body(ByteView octets) {
  hasher_->update(octets);
  return body_->push(octets);
}

Result<void> SignedMailReader::on_preamble(ByteView octets) {
  hasher_->update(octets);
  return note(wrapping_.before, octets);
}

Result<void> SignedMailReader::on_part_begin(std::uint64_t offset) {
  if (++parts_ == 2) signature_ = std::make_unique<SignaturePart>(*this, offset);
  return parts_ > 2 ? failure(Rule::MimeSignedParts, offset, "more than two parts")
                    : Result<void>();
}

Result<void> SignedMailReader::on_part(ByteView octets) {
  hasher_->update(octets);
  return parts_ == 1 ? canonicalizer_.write(octets) : signature_->push(octets);
}

Result<void> SignedMailReader::on_part_end() {
  if (parts_ > 1) return {};
  TRY_VOID(canonicalizer_.flush());
  const mime::LineEndCounts& saw = canonicalizer_.saw();
  // A signer may have meant a bare LF as it stands, or not (T-96).
  if (saw.crlf && saw.bare_lf) {
    return failure(Rule::MimeMixedLineEnds, parser_.offset(), "it is not clear which were signed");
  }
  wrapping_.content_break = saw.bare_lf ? mime::LineBreak::Lf : mime::LineBreak::Crlf;
  return {};
}

Result<void> SignedMailReader::on_delimiter(ByteView octets, mime::Delimiter) {
  hasher_->update(octets);
  return note(parts_ == 0 ? wrapping_.before : parts_ == 1 ? wrapping_.between : closing_, octets);
}

Result<void> SignedMailReader::on_epilogue(ByteView octets) {
  hasher_->update(octets);
  return note(closing_, octets);
}

Result<void> SignedMailReader::end_signature(CmsBody& body) {
  cms::SplitSignedData& parts = body.parts();
  bool is_clear = wrapping_.form == Sign::Form::Clear;
  if (parts.tail.signers.empty()) return failure(Rule::PolicyAbsent, 0, "there is no signer");
  if (is_clear && parts.has_content) return failure(Rule::CmsContentTwice);
  if (!is_clear && !parts.has_content) return failure(Rule::CmsNoContent);
  if (parts.header.content_type != cms::kData) {
    return failure(Rule::CmsContentType, 0, cms::describe_content_type(parts.header.content_type));
  }
  wrapping_.lines = body.lines();
  wrapping_.lines.after += closing_;
  wrapping_.cms_before = parts.before;
  if (parts.layout) wrapping_.layout = *parts.layout;
  wrapping_.digest = hasher_->finish();
  return handler_.on_signature(parts);
}

Result<void> SignedMailReader::finish() {
  TRY_VOID(parser_.finish());
  if (wrapping_.form == Sign::Form::Opaque) {
    TRY_VOID(body_->end());
    return end_signature(*body_);
  }
  if (parser_.unclosed()) return failure(Rule::MimeUnclosed, parser_.offset());
  if (parts_ != 2) return failure(Rule::MimeSignedParts, parser_.offset(), "one part");
  return end_signature(*TRY(signature_->end()));
}

}  // namespace bulla
