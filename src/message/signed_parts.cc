#include "message/signed_parts.h"

#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "message/cms_stage.h"
#include "mime/parser.h"
#include "mime/transfer.h"

namespace bulla {

// The second part: a MIME entity that holds the SignedData.
class SignedParts::Signature final : public mime::EntityHandler {
 public:
  Signature(Opening& opening, std::string place, Scope scope, LayerRecord& record,
            std::uint64_t offset)
      : opening_(opening),
        place_(std::move(place)),
        parser_(*this, opening.options.limits, offset),
        stage_(opening, {.place = place_,
                         .scope = scope,
                         .origin = Origin::Mail,
                         .form = Layer::Form::Clear,
                         .detached = &record,  // whose eContent is absent (MIME-21)
                         .offset = offset,
                         .decide = {}}) {}

  Result<void> write(ByteView raw) { return parser_.push(raw); }

  Result<void> finish() {
    TRY_VOID(parser_.finish());
    if (!decoder_) return failure(Rule::MimeSignedParts, parser_.offset(), "no signature");
    TRY_VOID(decoder_->finish());
    if (decoder_->malformed() > 0) opening_.add(malformed_rule(encoding_), place_);
    return {};
  }

  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    mime::SmimeType type = mime::recognize_smime(header);
    bool signature = type.kind == mime::SmimeKind::Pkcs7Signature ||
                     type.kind == mime::SmimeKind::OctetStreamP7s ||
                     type.kind == mime::SmimeKind::Pkcs7Mime;
    if (!signature) {
      return failure(Rule::MimeSignedParts, header.offset(), header.content_type().name());
    }
    if (type.kind != mime::SmimeKind::Pkcs7Signature)
      opening_.add(Rule::MimeSignedProtocol, place_);
    mime::TransferEncoding encoding = header.transfer_encoding();
    if (encoding == mime::TransferEncoding::Unknown) {
      return failure(Rule::MimeUnknownEncoding, header.offset());
    }
    encoding_ = encoding;
    decoder_ = mime::make_transfer_decoder(encoding, stage_);
    return mime::BodyPlan{};
  }

  Result<void> on_body(ByteView raw) override { return decoder_->write(raw); }

 private:
  Opening& opening_;
  std::string place_;
  mime::EntityParser parser_;
  CmsStage stage_;
  mime::TransferEncoding encoding_ = mime::TransferEncoding::Base64;
  std::unique_ptr<mime::TransferDecoder> decoder_;
};

SignedParts::SignedParts(Opening& opening, const mime::SmimeType& type, std::string place,
                         Scope scope)
    : opening_(opening),
      place_(std::move(place)),
      scope_(scope),
      record_(opening.add_layer(Layer::Kind::Signed, Layer::Form::Clear, place_,
                                scope == Scope::Errant)) {
  record_.hasher =
      std::make_unique<ContentHasher>(ContentHasher::LineEnds::Canonical, opening.options.workers);
  announce(type);
}

SignedParts::~SignedParts() = default;

// micalg says which digests to begin with. Where it says nothing of use, those are
// computed that nearly all mail is signed with.
void SignedParts::announce(const mime::SmimeType& type) {
  if (type.protocol.empty()) opening_.add(Rule::MimeSignedProtocol, place_);
  opening_.add_hint(record_);
  bool known = false;
  for (const std::string& token : type.micalg) {
    auto digest = crypto::find_micalg(token);
    if (!digest) continue;
    record_.hasher->add(*digest, opening_.options.limits);
    known = true;
  }
  if (known) return;
  opening_.add(Rule::MimeMicalg, place_);
  for (Digest digest : {Digest::Sha256, Digest::Sha512, Digest::Sha384, Digest::Sha1}) {
    record_.hasher->add(digest, opening_.options.limits);
  }
}

// What is wrong with a signature on a part of the message does not keep the message from
// being read.
Result<void> SignedParts::guard(Result<void> result) {
  if (result || scope_ == Scope::Envelope) return result;
  if (info(result.error().rule).slug.substr(0, 3) == "io.") return result;
  opening_.add(Rule::MimeSignedParts, place_, describe(result.error()));
  signature_.reset();
  return {};
}

Result<void> SignedParts::part_begin(std::uint64_t offset) {
  ++index_;
  if (index_ == 2) {
    std::string place = place_.empty() ? "2" : place_ + ".2";
    signature_ = std::make_unique<Signature>(opening_, place, scope_, record_, offset);
  }
  return {};
}

Result<void> SignedParts::part(ByteView raw) {
  if (index_ == 1) return record_.hasher->write(raw);
  return signature_ && index_ == 2 ? guard(signature_->write(raw)) : Result<void>();
}

Result<void> SignedParts::part_end() {
  if (index_ == 1) return record_.hasher->finish();
  return signature_ && index_ == 2 ? guard(signature_->finish()) : Result<void>();
}

// The signed entity and its signature, and nothing else (MIME-15).
void SignedParts::finish(Ending ending) {
  if (index_ != 2) {
    opening_.add(Rule::MimeSignedParts, place_, std::to_string(index_) + " parts");
  }
  if (ending == Ending::Unclosed) {
    opening_.add(Rule::MimeUnclosed, place_);
    // A signed mail that was cut must not pass as whole.
    if (scope_ == Scope::Envelope) opening_.findings.back().severity = Severity::Failure;
  }
}

}  // namespace bulla
