// Stages that change CMS where it stands: the message goes out in the form in which it came.
//
// An Editor takes the octets of a CMS message with push() and finish(), and writes the changed
// ones to an Output; Editor::Edit says what to change.
#pragma once

#include <functional>
#include <memory>

#include "base/try.h"
#include "crypto/cipher.h"
#include "message/input_form.h"
#include "message/opening.h"
#include "message/read_all.h"
#include "message/seal_pem.h"
#include "mime/parser.h"
#include "mime/transfer.h"

namespace bulla {

// A filter, or nothing, in front of a Sink that belongs to somebody else.
using FilterPtr = std::unique_ptr<mime::Filter>;

// Bare CMS, edited on its way through `filter` to the output.
template <typename Editor>
class EditorStage final : public Sink {
 public:
  EditorStage(typename Editor::Edit edit, const Limits& limits, FilterPtr filter, Sink& out)
      : filter_(std::move(filter)),
        next_(filter_ ? *filter_ : out),
        editor_(std::move(edit), limits, [this](ByteView octets) { return next_.write(octets); }) {}

  Result<void> write(ByteView bytes) override { return editor_.push(bytes); }
  Result<void> finish() override {
    TRY_VOID(editor_.finish());
    return next_.finish();
  }

 private:
  FilterPtr filter_;
  Sink& next_;
  Editor editor_;
};

// Writes a header as it came, but for what is no longer so: the length that some mailboxes note,
// and an encoding that is made base64.
Result<void> write_kept_header(const mime::Header& header, Sink& out);

// An entity whose body is CMS, in any transfer encoding.
template <typename Editor>
class EncodedStage final : public Sink, private mime::EntityHandler {
 public:
  // Says whether the body is what shall be edited.
  using Check = std::function<Result<void>(const mime::Header& header)>;

  EncodedStage(typename Editor::Edit edit, const Limits& limits, Check check, Sink& out)
      : edit_(std::move(edit)),
        limits_(limits),
        check_(std::move(check)),
        out_(out),
        parser_(*this, limits) {}

  Result<void> write(ByteView bytes) override { return parser_.push(bytes); }

  Result<void> finish() override {
    TRY_VOID(parser_.finish());
    TRY_VOID(decoder_->flush());
    // What is no base64 cannot be passed on, and to drop it would change the mail.
    if (decoder_->malformed() > 0) return failure(malformed_rule(encoding_), parser_.offset());
    return stage_->finish();
  }

 private:
  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    TRY_VOID(check_(header));
    encoding_ = header.transfer_encoding();
    if (encoding_ == mime::TransferEncoding::Unknown) {
      return failure(Rule::MimeUnknownEncoding, header.offset());
    }
    FilterPtr encoder;
    if (!mime::is_identity(encoding_)) {
      encoder = std::make_unique<mime::Base64Encoder>(
          out_, mime::EncoderOptions{.line_break = mime::first_line_break(header.raw())});
    }
    TRY_VOID(write_kept_header(header, out_));
    stage_ =
        std::make_unique<EditorStage<Editor>>(std::move(edit_), limits_, std::move(encoder), out_);
    decoder_ = mime::make_transfer_decoder(encoding_, *stage_);
    return mime::BodyPlan{};
  }

  Result<void> on_body(ByteView octets) override { return decoder_->write(octets); }

  typename Editor::Edit edit_;
  const Limits& limits_;
  Check check_;
  Sink& out_;
  mime::EntityParser parser_;
  mime::TransferEncoding encoding_ = mime::TransferEncoding::Base64;
  std::unique_ptr<EditorStage<Editor>> stage_;
  std::unique_ptr<mime::TransferDecoder> decoder_;
};

// Edits a whole message; `mail` is the stage for one that is a mail.
template <typename Editor>
Result<void> edit_message(Source& in, Sink& out, const typename Editor::Edit& edit,
                          const Limits& limits,
                          const std::function<std::unique_ptr<Sink>()>& mail) {
  auto stage = make_form_stage([&](InputForm form, std::string_view beginning) {
    auto line_break = mime::first_line_break(beginning);
    auto bare = [&](FilterPtr filter) -> std::unique_ptr<Sink> {
      return std::make_unique<EditorStage<Editor>>(edit, limits, std::move(filter), out);
    };
    switch (form) {
      case InputForm::Der:
        return bare(nullptr);
      case InputForm::Pem:
        return make_armor_stage(bare(std::make_unique<PemEncoder>(out, line_break)));
      case InputForm::Base64:
        return make_base64_stage(bare(std::make_unique<mime::Base64Encoder>(
            out, mime::EncoderOptions{.line_break = line_break})));
      case InputForm::Mail:
        break;
    }
    return mail();
  });
  TRY_VOID(read_all(in, [&](ByteView octets) { return stage->write(octets); }));
  return stage->finish();
}

}  // namespace bulla
