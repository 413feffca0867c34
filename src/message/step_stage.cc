#include "message/step_stage.h"

#include "base/try.h"
#include "crypto/key_wrap.h"
#include "mime/base64.h"
#include "mime/writer.h"

namespace bulla {
namespace {

// Random octets in a boundary: 128 bits, which nobody guesses (T-119).
constexpr std::size_t kBoundaryOctets = 16;

Result<void> write_text(Sink& sink, const std::string& text) { return sink.write(as_bytes(text)); }

// multipart/signed: the entity goes through as it is, and into the signature.
class ClearSignedStage final : public StepStage {
 public:
  static Result<std::unique_ptr<StepStage>> create(SignPlan plan, Sink& next) {
    std::string boundary = mime::make_boundary(TRY(crypto::random_bytes(kBoundaryOctets)));
    std::unique_ptr<ClearSignedStage> stage(
        new ClearSignedStage(std::move(plan.micalg), std::move(boundary), next));
    plan.options.form = cms::ContentForm::Detached;
    stage->writer_ = TRY(cms::make_signed_data_writer(
        std::move(plan.options), [signature = &stage->signature_](ByteView octets) {
          append(*signature, octets);
          return Result<void>{};
        }));
    return stage;
  }

  Result<void> start() override {
    return write_text(next_, mime::write_multipart_signed_header(micalg_, boundary_) + "\r\n" +
                                 mime::first_delimiter(boundary_));
  }

  Result<void> write(ByteView octets) override {
    TRY_VOID(writer_->write(octets));
    return next_.write(octets);
  }

  // The line end before the delimiter belongs to it and is not signed (MIME-12).
  Result<void> finish() override {
    TRY_VOID(writer_->finish());
    TRY_VOID(write_text(
        next_, mime::next_delimiter(boundary_) + mime::write_pkcs7_signature_header() + "\r\n"));
    mime::Base64Encoder encoder(next_, {.last_line = mime::LastLine::Open});
    TRY_VOID(encoder.write(signature_));
    TRY_VOID(encoder.flush());
    TRY_VOID(write_text(next_, mime::close_delimiter(boundary_)));
    return next_.finish();
  }

 private:
  ClearSignedStage(std::vector<std::string> micalg, std::string boundary, Sink& next)
      : micalg_(std::move(micalg)), boundary_(std::move(boundary)), next_(next) {}

  std::vector<std::string> micalg_;
  std::string boundary_;
  Sink& next_;
  Bytes signature_;
  std::unique_ptr<cms::Writer> writer_;
};

// A CMS writer around the content, with `header` before what it writes, which goes through
// base64 if there is a header.
class CmsWriterStage final : public StepStage {
 public:
  CmsWriterStage(std::string header, Sink& next)
      : header_(std::move(header)), next_(next), encoder_(next) {}

  // Where the CMS writer writes to.
  crypto::Output output() {
    return [this](ByteView octets) {
      return header_.empty() ? next_.write(octets) : encoder_.write(octets);
    };
  }
  void take(std::unique_ptr<cms::Writer> writer) { writer_ = std::move(writer); }

  Result<void> start() override {
    return header_.empty() ? Result<void>{} : write_text(next_, header_ + "\r\n");
  }
  Result<void> write(ByteView octets) override { return writer_->write(octets); }
  Result<void> finish() override {
    TRY_VOID(writer_->finish());
    TRY_VOID(encoder_.flush());
    return next_.finish();
  }

 private:
  std::string header_;
  Sink& next_;
  mime::Base64Encoder encoder_;
  std::unique_ptr<cms::Writer> writer_;
};

Result<std::unique_ptr<cms::Writer>> make_writer(StepPlan plan, crypto::Output output) {
  if (auto* sign = std::get_if<SignPlan>(&plan)) {
    return cms::make_signed_data_writer(std::move(sign->options), std::move(output));
  }
  if (auto* encrypt = std::get_if<EncryptPlan>(&plan)) {
    return cms::make_enveloped_data_writer(std::move(encrypt->options), std::move(output));
  }
  return cms::make_compressed_data_writer(std::move(output));
}

Result<std::unique_ptr<StepStage>> make_cms_stage(std::string header, StepPlan plan, Sink& next) {
  auto stage = std::make_unique<CmsWriterStage>(std::move(header), next);
  stage->take(TRY(make_writer(std::move(plan), stage->output())));
  return stage;
}

// The smime-type and the suffix that go with the content (MIME-30, MIME-39, MIME-42, MIME-43).
mime::Pkcs7MimeHeader pkcs7_mime_header(const StepPlan& plan) {
  if (std::holds_alternative<SignPlan>(plan)) return {.smime_type = "signed-data"};
  if (std::holds_alternative<Compress>(plan)) {
    return {.smime_type = "compressed-data", .suffix = "p7z"};
  }
  bool aead = is_aead(std::get<EncryptPlan>(plan).options.cipher);  // MIME-41
  return {.smime_type = aead ? "authEnveloped-data" : "enveloped-data"};
}

}  // namespace

// What a step writes is a MIME entity again, for the next one to wrap (MIME-47).
Result<std::unique_ptr<StepStage>> make_mail_stage(StepPlan plan, Sink& next) {
  auto* sign = std::get_if<SignPlan>(&plan);
  if (sign != nullptr && sign->form == Sign::Form::Clear) {
    return ClearSignedStage::create(std::move(*sign), next);
  }
  if (sign != nullptr) sign->options.form = cms::ContentForm::Attached;
  std::string header = mime::write_pkcs7_mime_header(pkcs7_mime_header(plan));
  return make_cms_stage(std::move(header), std::move(plan), next);
}

Result<std::unique_ptr<StepStage>> make_bare_stage(StepPlan plan, Sink& next) {
  if (auto* sign = std::get_if<SignPlan>(&plan)) {
    sign->options.form =
        sign->form == Sign::Form::Clear ? cms::ContentForm::Detached : cms::ContentForm::Attached;
  }
  return make_cms_stage({}, std::move(plan), next);
}

}  // namespace bulla
