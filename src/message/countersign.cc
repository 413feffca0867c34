#include "bulla/countersign.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cms/countersignature.h"
#include "cms/signature_editor.h"
#include "message/edit_stage.h"
#include "message/recipe.h"
#include "message/signer_notes.h"
#include "mime/smime_type.h"

namespace bulla {
namespace {

using Edit = cms::SignatureEditor::Edit;
using Entity = EncodedStage<cms::SignatureEditor>;

// Octets of the second part of a multipart/signed: what a SignedData without content may have, in
// base64 with its line ends.
constexpr std::size_t kBase64Growth = 2;

Result<void> take_any(const mime::Header&) { return {}; }

// A mail: opaque, or a multipart/signed, of which everything but the second part stays as it is.
class MailStage final : public Sink, private mime::EntityHandler {
 public:
  MailStage(Edit edit, const Limits& limits, Sink& out)
      : edit_(std::move(edit)), limits_(limits), out_(out), parser_(*this, limits) {}

  Result<void> write(ByteView bytes) override {
    if (opaque_) return opaque_->write(bytes);
    return parser_.push(bytes);
  }

  Result<void> finish() override {
    TRY_VOID(parser_.finish());
    if (opaque_) return opaque_->finish();
    if (part_ != 2 || parser_.unclosed()) return failure(Rule::MimeSignedParts);
    return out_.finish();
  }

 private:
  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    using Kind = mime::SmimeKind;
    std::vector<std::string> duplicates = header.duplicates();
    if (!duplicates.empty()) return failure(Rule::MimeDuplicateField, 0, duplicates[0]);
    Kind kind = mime::recognize_smime(header).kind;
    bool is_opaque = kind == Kind::Pkcs7Mime || kind == Kind::OctetStreamP7m;
    if (!is_opaque && kind != Kind::MultipartSigned) {
      return failure(Rule::PolicyAbsent, 0, "the message is not signed");
    }
    if (!is_opaque) {
      mime::BodyPlan plan = mime::plan_body(header);
      if (plan.kind != mime::BodyPlan::Kind::Multipart) {
        return failure(Rule::MimeNoBoundary, header.offset());
      }
      TRY_VOID(out_.write(as_bytes(header.raw())));
      return plan;
    }
    opaque_ = std::make_unique<Entity>(std::move(edit_), limits_, &take_any, out_);
    TRY_VOID(opaque_->write(as_bytes(header.raw())));
    return mime::BodyPlan{};
  }

  Result<void> on_body(ByteView octets) override { return opaque_->write(octets); }
  Result<void> on_preamble(ByteView octets) override { return out_.write(octets); }
  Result<void> on_epilogue(ByteView octets) override { return out_.write(octets); }
  Result<void> on_delimiter(ByteView octets, mime::Delimiter) override {
    return out_.write(octets);
  }

  Result<void> on_part_begin(std::uint64_t) override {
    return ++part_ > 2 ? failure(Rule::MimeSignedParts) : Result<void>();
  }
  Result<void> on_part(ByteView octets) override {
    if (part_ == 1) return out_.write(octets);
    if (signature_.size() + octets.size() > kBase64Growth * limits_.signed_data_tail) {
      return failure(Rule::LimitSize);
    }
    append(signature_, octets);
    return {};
  }
  // The line end in front of the delimiter belongs to that, and base64 has one at its end.
  Result<void> on_part_end() override {
    if (part_ != 2) return {};
    MemorySink collected;
    Entity stage(std::move(edit_), limits_, &take_any, collected);
    TRY_VOID(stage.write(signature_));
    TRY_VOID(stage.finish());
    std::string_view text = as_text(collected.bytes());
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    return out_.write(as_bytes(text));
  }

  Edit edit_;
  const Limits& limits_;
  Sink& out_;
  mime::EntityParser parser_;
  std::unique_ptr<Entity> opaque_;
  std::size_t part_ = 0;
  Bytes signature_;
};

void add_certificates(const Identity& identity, std::vector<Certificate>& to) {
  auto add = [&to](const Certificate& one) {
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
  };
  add(*identity.certificate);
  for (const Certificate& one : identity.chain) {
    if (!one.is_self_issued()) add(one);
  }
}

}  // namespace

Result<SealReport> countersign(Source& in, Sink& out, const std::vector<SignerChoice>& signers,
                               const CountersignOptions& options) {
  SealOptions sealing{.at = options.at, .limits = options.limits};
  Sign step;
  step.signers = signers;
  step.signing_time = options.signing_time;
  SignPlan plan = TRY(plan_sign(step, sealing, {}));
  std::size_t count = 0;
  auto edit = [&](cms::SignedTail& tail) -> Result<void> {
    count = tail.signers.size();
    if (count == 0) return failure(Rule::SigNone);
    for (const cms::Signer& signer : plan.options.signers) {
      for (cms::SignerInfo& info : tail.signers) {
        auto made = TRY(cms::make_countersignature(signer, info.signature));
        cms::add_unsigned_value(info, cms::kCountersignature,
                                asn1::encode([&](asn1::Writer& to) { made.write(to); }));
      }
      add_certificates(signer.identity, tail.certificates);
    }
    return {};
  };
  auto mail = [&]() -> std::unique_ptr<Sink> {
    return std::make_unique<MailStage>(edit, options.limits, out);
  };
  TRY_VOID(edit_message<cms::SignatureEditor>(in, out, edit, options.limits, mail));
  SealReport report;
  report.steps.push_back("counter" + plan.description + ", over " + std::to_string(count) +
                         (count == 1 ? " signature" : " signatures"));
  report.choices = std::move(plan.choices);
  report.findings = note_short_keys({.steps = {std::move(step)}, .allowed = {}});
  return report;
}

}  // namespace bulla
