#include "bulla/seal.h"

#include <memory>

#include "base/try.h"
#include "message/handover_sink.h"
#include "message/hcp.h"
#include "message/header_protection.h"
#include "message/read_all.h"
#include "message/recipe.h"
#include "message/seal_buffer.h"
#include "message/seal_pem.h"
#include "message/signer_notes.h"
#include "message/step_stage.h"
#include "mime/canonical.h"
#include "mime/parser.h"
#include "mime/prepare.h"
#include "mime/prepare_header.h"
#include "mime/smime_type.h"

namespace bulla {
namespace {

bool ends_in_encryption(const Recipe& recipe) {
  return !recipe.steps.empty() && std::holds_alternative<Encrypt>(recipe.steps.back());
}

// The stages of a recipe, outermost first; each writes to the one around it. Workers run the
// outermost step if it encrypts, with all that follows it: then the digests of what is signed
// and the cipher are on different threads.
class Stages {
 public:
  Stages(const Recipe& recipe, const Workers* workers)
      : workers_(ends_in_encryption(recipe) ? workers : nullptr) {}

  bool empty() const { return stages_.empty(); }
  // REQUIRES: not empty().
  Sink& innermost() { return *innermost_; }

  Result<void> add(std::unique_ptr<StepStage> stage) {
    TRY_VOID(stage->start());
    stages_.push_back(std::move(stage));
    innermost_ = stages_.back().get();
    if (stages_.size() == 1 && workers_ != nullptr) {
      innermost_ = &handed_over_.emplace(*innermost_, workers_);
    }
    return {};
  }

  // Of two failures the one that a single thread would have met: what the far side refuses was
  // written before whatever else went wrong.
  Result<void> first_failure(Result<void> near) {
    if (!near && handed_over_) TRY_VOID(handed_over_->settle());
    return near;
  }

 private:
  const Workers* workers_;
  std::vector<std::unique_ptr<StepStage>> stages_;
  std::optional<HandoverSink> handed_over_;  // ends before what it feeds
  Sink* innermost_ = nullptr;
};

Result<void> write_text(Sink& sink, std::string_view text) { return sink.write(as_bytes(text)); }

// Protected by an earlier seal, or by other means: its payload root is inside, where
// nothing can be added.
bool is_sealed(const mime::Header& header) {
  using Kind = mime::SmimeKind;
  switch (mime::recognize_smime(header).kind) {
    case Kind::Pkcs7Mime:
    case Kind::MultipartSigned:
    case Kind::MultipartSignedForeign:
    case Kind::MultipartEncrypted:
    case Kind::OctetStreamP7m:
    case Kind::OctetStreamP7z:
      return true;
    default:
      return false;
  }
}

// The separator line of an mbox file, which is no field.
bool is_mbox_line(const mime::Field& field) {
  return field.name.empty() && field.raw.starts_with("From ");
}

// What other programs may read otherwise is not signed for anybody, and a line that ends
// the header for them would put protected fields in the open.
Result<void> check_header(const mime::Header& header) {
  const auto& fields = header.fields();
  std::size_t forgiven = !fields.empty() && is_mbox_line(fields[0]) ? 1 : 0;
  if (header.malformed() > forgiven) return failure(Rule::MimeMalformedHeader, header.offset());
  std::vector<std::string> duplicates = header.duplicates();
  if (duplicates.empty()) return {};
  return failure(Rule::MimeDuplicateField, header.offset(), duplicates[0]);
}

// Protection may write each field twice more: what came in within the limits must pass.
Limits wider(Limits limits) {
  limits.header_bytes *= 4;
  limits.header_fields *= 4;
  return limits;
}

// The fields of the mail that describe its body, as the header of an entity of its own: that
// entity is what is protected (MIME-01).
std::string entity_header(const mime::Header& header, std::string_view hp) {
  std::string result;
  for (const mime::Field& field : header.fields()) {
    // Content-Length counts the octets of a body that is about to change.
    bool is_kept =
        mime::is_structural(field.name) && !field.is("Content-Type") && !field.is("Content-Length");
    if (is_kept) result += canonical_line(field);
  }
  return result + std::string(as_text(content_type_with_hp(header, hp)));
}

void append(Findings& to, const Findings& more) { to.insert(to.end(), more.begin(), more.end()); }

// Seals one mail: its header decides what the stages are told, its body runs through them.
class MailSealer final : public mime::EntityHandler {
 public:
  MailSealer(RecipePlan plan, const Recipe& recipe, const SealOptions& options, Sink& out)
      : plan_(std::move(plan)),
        recipe_(recipe),
        options_(options),
        out_(out),
        to_lf_(out_),
        stages_(recipe, options.workers) {}

  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    TRY_VOID(check_header(header));
    if (!is_sealed(header)) findings_ = note_senders(recipe_, header);
    bool crlf = options_.line_ends == SealOptions::LineEnds::Crlf ||
                mime::first_line_break(header.raw()) == mime::LineBreak::Crlf;
    Sink& end = crlf ? static_cast<Sink&>(out_) : to_lf_;
    // In ASCII, as the preparation of the entity would write it.
    std::string text = TRY(mime::prepare_header(header, mime::PrepareMode::SevenBit, std::nullopt));
    mime::Header ascii = TRY(mime::Header::parse(as_bytes(text), wider(options_.limits)));
    TRY_VOID(start(ascii, end));
    // The body is not parsed here: whatever it is, its octets go on.
    return mime::BodyPlan{};
  }

  // All of it, attachments too (E2E-11).
  Result<void> on_body(ByteView octets) override { return prepare_->write(octets); }

  // Seals everything that the source has.
  Result<void> run(Source& in) { return stages_.first_failure(read_and_finish(in)); }

  // What the header gave to remark.
  const Findings& findings() const { return findings_; }

 private:
  // Ends the entity, and after it all stages and the output.
  Result<void> read_and_finish(Source& in) {
    mime::EntityParser parser(*this, options_.limits);
    TRY_VOID(read_all(in, [&](ByteView octets) { return parser.push(octets); }));
    TRY_VOID(parser.finish());
    return prepare_->finish();
  }

  Result<void> start(const mime::Header& header, Sink& end) {
    // What is signed or encrypted has its header protected unless its sender will not (HP-01).
    bool protects = recipe_.header_protection == Recipe::HeaderProtection::On &&
                    plan_.has_protection && !is_sealed(header);
    bool hides = protects && plan_.has_encryption;
    ProtectedFields fields = protect_fields(
        header, recipe_.headers, hides ? Confidentiality::Encrypted : Confidentiality::Clear);
    if (!protects) {
      fields.inner.clear();
      fields.hp.clear();
    }
    TRY_VOID(end.write(fields.outer));
    TRY_VOID(write_text(end, "MIME-Version: 1.0\r\n"));
    TRY_VOID(start_stages(end));
    // One form for all steps: what is only encrypted or compressed has it too (MIME-03).
    content_.emplace(stages_.innermost());
    prepare_.emplace(*content_, mime::PrepareMode::SevenBit, wider(options_.limits));
    TRY_VOID(prepare_->write(fields.inner));
    return write_text(*prepare_, entity_header(header, fields.hp) + "\r\n");
  }

  Result<void> start_stages(Sink& end) {
    for (auto step = plan_.steps.rbegin(); step != plan_.steps.rend(); ++step) {
      Sink& next = stages_.empty() ? end : stages_.innermost();
      std::unique_ptr<StepStage> stage = TRY(make_mail_stage(std::move(*step), next));
      TRY_VOID(stages_.add(std::move(stage)));
    }
    return {};
  }

  RecipePlan plan_;
  const Recipe& recipe_;
  const SealOptions& options_;
  Findings findings_;
  Coalescer out_;
  mime::CrlfToLf to_lf_;
  Stages stages_;
  std::optional<Coalescer> content_;
  std::optional<mime::Preparer> prepare_;
};

Result<SealReport> seal_mail(Source& in, Sink& out, const Recipe& recipe,
                             const SealOptions& options) {
  RecipePlan plan = TRY(plan_recipe(recipe, options));
  SealReport report = plan.report;
  MailSealer sealer(std::move(plan), recipe, options, out);
  TRY_VOID(sealer.run(in));
  append(report.findings, sealer.findings());
  return report;
}

// Bare CMS around octets of any kind. Only the outermost step is bare: what CMS of type
// id-data holds is a MIME entity (MIME-23), so a message inside a message is one.
Result<SealReport> seal_bare(Source& in, Sink& out, const Recipe& recipe,
                             const SealOptions& options) {
  RecipePlan plan = TRY(plan_recipe(recipe, options));
  mime::LineBreak line_break = options.line_ends == SealOptions::LineEnds::Crlf
                                   ? mime::LineBreak::Crlf
                                   : mime::LineBreak::Lf;
  PemEncoder pem(out, line_break);
  Stages stages(recipe, options.workers);
  for (auto step = plan.steps.rbegin(); step != plan.steps.rend(); ++step) {
    std::unique_ptr<StepStage> stage;
    if (stages.empty()) {
      Sink& end = options.form == SealOptions::Form::Pem ? static_cast<Sink&>(pem) : out;
      stage = TRY(make_bare_stage(std::move(*step), end));
    } else {
      if (auto* sign = std::get_if<SignPlan>(&*step)) sign->form = Sign::Form::Opaque;
      stage = TRY(make_mail_stage(std::move(*step), stages.innermost()));
    }
    TRY_VOID(stages.add(std::move(stage)));
  }
  Sink& innermost = stages.innermost();
  Result<void> read = read_all(in, [&](ByteView octets) { return innermost.write(octets); });
  TRY_VOID(stages.first_failure(read ? innermost.finish() : std::move(read)));
  return plan.report;
}

}  // namespace

Result<SealReport> seal(Source& in, Sink& out, const Recipe& recipe, const SealOptions& options) {
  HandoverSink output(out, options.workers);
  auto sealed = options.form == SealOptions::Form::Mail ? seal_mail(in, output, recipe, options)
                                                        : seal_bare(in, output, recipe, options);
  // What the output refused was written before whatever else went wrong.
  if (!sealed) TRY_VOID(output.settle());
  if (sealed) append(sealed->findings, note_short_keys(recipe));
  return sealed;
}

}  // namespace bulla
