#include "bulla/recipients.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/try.h"
#include "cms/decrypt.h"
#include "cms/recipient_builder.h"
#include "cms/recipient_editor.h"
#include "crypto/oid_name.h"
#include "message/handover_sink.h"
#include "message/input_form.h"
#include "message/opening.h"
#include "message/read_all.h"
#include "message/recipe.h"
#include "message/recipient_verdicts.h"
#include "message/seal_pem.h"
#include "mime/parser.h"
#include "mime/smime_type.h"
#include "mime/transfer.h"

namespace bulla {
namespace {

using cms::EnvelopedHeader;
using Edit = cms::RecipientEditor::Edit;

// A filter, or nothing, in front of a Sink that belongs to somebody else.
using FilterPtr = std::unique_ptr<mime::Filter>;

// Bare CMS, edited on its way through `filter` to the output.
class EditorStage final : public Sink {
 public:
  EditorStage(Edit edit, const Limits& limits, FilterPtr filter, Sink& out)
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
  cms::RecipientEditor editor_;
};

// A mail whose body is an encrypted message.
class MailStage final : public Sink, private mime::EntityHandler {
 public:
  MailStage(Edit edit, const Limits& limits, Sink& out)
      : edit_(std::move(edit)), limits_(limits), out_(out), parser_(*this, limits) {}

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
    TRY_VOID(check(header));
    encoding_ = header.transfer_encoding();
    FilterPtr encoder;
    if (!mime::is_identity(encoding_)) {
      encoder = std::make_unique<mime::Base64Encoder>(
          out_, mime::EncoderOptions{.line_break = mime::first_line_break(header.raw())});
    }
    TRY_VOID(write_header(header));
    stage_ = std::make_unique<EditorStage>(std::move(edit_), limits_, std::move(encoder), out_);
    decoder_ = mime::make_transfer_decoder(encoding_, *stage_);
    return mime::BodyPlan{};
  }

  Result<void> on_body(ByteView octets) override { return decoder_->write(octets); }

  static Result<void> check(const mime::Header& header) {
    using Kind = mime::SmimeKind;
    std::vector<std::string> duplicates = header.duplicates();
    if (!duplicates.empty()) return failure(Rule::MimeDuplicateField, 0, duplicates[0]);
    Kind kind = mime::recognize_smime(header).kind;
    if (kind == Kind::MultipartSigned) {
      return failure(Rule::PolicyAbsent, 0, "the outermost layer is a signature");
    }
    if (kind != Kind::Pkcs7Mime && kind != Kind::OctetStreamP7m) {
      return failure(Rule::PolicyAbsent, 0, "the message is not encrypted");
    }
    if (header.transfer_encoding() == mime::TransferEncoding::Unknown) {
      return failure(Rule::MimeUnknownEncoding, header.offset());
    }
    return {};
  }

  // As it came, but for what is no longer so: the length that some mailboxes note, and an
  // encoding that is made base64.
  Result<void> write_header(const mime::Header& header) {
    bool becomes_base64 = encoding_ == mime::TransferEncoding::QuotedPrintable;
    bool is_lf = mime::first_line_break(header.raw()) == mime::LineBreak::Lf;
    for (const mime::Field& field : header.fields()) {
      if (field.is("Content-Length")) continue;
      if (becomes_base64 && field.is("Content-Transfer-Encoding")) {
        TRY_VOID(out_.write(as_bytes("Content-Transfer-Encoding: base64")));
        TRY_VOID(out_.write(as_bytes(is_lf ? "\n" : "\r\n")));
      } else {
        TRY_VOID(out_.write(as_bytes(field.raw)));
      }
    }
    return out_.write(as_bytes(header.empty_line()));
  }

  Edit edit_;
  const Limits& limits_;
  Sink& out_;
  mime::EntityParser parser_;
  mime::TransferEncoding encoding_ = mime::TransferEncoding::Base64;
  std::unique_ptr<EditorStage> stage_;
  std::unique_ptr<mime::TransferDecoder> decoder_;
};

Result<void> edit_message(Source& in, Sink& out, const Edit& edit, const Limits& limits) {
  auto stage = make_form_stage([&](InputForm form, std::string_view beginning) {
    auto line_break = mime::first_line_break(beginning);
    auto bare = [&](FilterPtr filter) -> std::unique_ptr<Sink> {
      return std::make_unique<EditorStage>(edit, limits, std::move(filter), out);
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
    return std::unique_ptr<Sink>(std::make_unique<MailStage>(edit, limits, out));
  });
  TRY_VOID(read_all(in, [&](ByteView octets) { return stage->write(octets); }));
  return stage->finish();
}

std::string cipher_name(const EnvelopedHeader& header) {
  auto encryption = crypto::read_content_encryption(header.content_encryption_algorithm);
  return encryption ? std::string(name(encryption->cipher))
                    : crypto::oid_name(header.content_encryption_algorithm.algorithm);
}

// Puts persons among the recipients.
class Addition {
 public:
  Addition(const AddRecipients& change, const ChangeOptions& options, SealReport& report)
      : change_(change), options_(options), report_(report) {}

  Result<std::vector<Bytes>> edit(const EnvelopedHeader& header, std::vector<Bytes> infos) {
    auto encryption = TRY(cms::check_content_encryption(header));
    Encrypt step = newcomers(header);
    if (step.recipients.empty() && step.keks.empty() && step.passwords.empty()) return infos;
    step.cipher = encryption.cipher;
    SealOptions sealing{.at = options_.at, .limits = options_.limits, .workers = options_.workers};
    EncryptPlan plan = TRY(plan_encrypt(step, sealing));
    std::size_t count = step.recipients.size() + step.keks.size() + step.passwords.size() +
                        cms::recipient_places(header.recipients).size();
    if (count > options_.limits.recipients) return failure(Rule::LimitRecipients);
    auto key = TRY(cms::recover_content_key(header, encryption, *change_.keys, options_.limits,
                                            cms::OldForms::Refuse));
    for (const auto& info : TRY(cms::make_recipient_infos(plan.options, key.key.view()))) {
      infos.push_back(
          asn1::encode([&](asn1::Writer& out) { cms::write_recipient_info(out, info); }));
    }
    report_.steps.push_back("added " + plan.recipients);
    for (AlgorithmChoice& choice : plan.choices) report_.choices.push_back(std::move(choice));
    for (Finding& finding : plan.findings) report_.findings.push_back(std::move(finding));
    return infos;
  }

 private:
  // Without those whom the message names already: a second RecipientInfo under one name would
  // keep everybody from opening it (T-27).
  Encrypt newcomers(const EnvelopedHeader& header) {
    std::vector<cms::RecipientPlace> places = cms::recipient_places(header.recipients);
    Encrypt step = change_.recipients;
    std::erase_if(step.recipients, [&](const RecipientChoice& recipient) {
      const Certificate& certificate = recipient.certificate;
      bool known = std::any_of(places.begin(), places.end(), [&](const cms::RecipientPlace& place) {
        return place.rid != nullptr && place.rid->matches(certificate);
      });
      if (known) pass_over(certificate.subject());
      return known;
    });
    std::erase_if(step.keks, [&](const KekChoice& kek) {
      bool known = std::any_of(
          header.recipients.begin(), header.recipients.end(), [&](const cms::RecipientInfo& info) {
            const auto* kekri = std::get_if<cms::KekRecipientInfo>(&info);
            return kekri != nullptr && equal(kekri->key_identifier, kek.key_identifier);
          });
      if (known) pass_over("key " + to_hex(kek.key_identifier));
      return known;
    });
    return step;
  }

  void pass_over(const std::string& who) {
    report_.steps.push_back(printable(who) + " is a recipient already");
  }

  const AddRecipients& change_;
  const ChangeOptions& options_;
  SealReport& report_;
};

// Takes persons out of the list.
class Removal {
 public:
  Removal(const RemoveRecipients& change, const Limits& limits, SealReport& report)
      : change_(change), limits_(limits), report_(report) {}

  Result<std::vector<Bytes>> edit(const EnvelopedHeader& header, std::vector<Bytes> infos) {
    std::vector<cms::RecipientPlace> places = cms::recipient_places(header.recipients);
    std::set<std::size_t> chosen = TRY(choose(places));
    std::vector<RecipientVerdict> texts = recipient_verdicts(header.recipients, std::nullopt);
    // From the last to the first, so that the indices of what is left stay right.
    for (std::size_t at = places.size(); at-- > 0;) {
      if (chosen.count(at) == 0) continue;
      TRY_VOID(remove(infos, header.recipients[places[at].info], places[at]));
      report_.steps.insert(report_.steps.begin(), "removed " + describe(texts[at]));
    }
    std::erase_if(infos, [](const Bytes& info) { return info.empty(); });
    return infos;
  }

 private:
  static std::string describe(const RecipientVerdict& text) {
    return text.kind + (text.identifier.empty() ? "" : " " + printable(text.identifier));
  }

  Result<std::set<std::size_t>> choose(const std::vector<cms::RecipientPlace>& places) const {
    std::set<std::size_t> chosen;
    for (std::size_t number : change_.numbers) {
      if (number == 0 || number > places.size()) {
        return failure(Rule::IoUsage, 0,
                       "there is no recipient " + std::to_string(number) + ": the message has " +
                           std::to_string(places.size()));
      }
      chosen.insert(number - 1);
    }
    for (const Certificate& certificate : change_.certificates) {
      bool found = false;
      for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].rid == nullptr || !places[i].rid->matches(certificate)) continue;
        chosen.insert(i);
        found = true;
      }
      if (!found) {
        return failure(Rule::KeyNoneFits, 0, certificate.subject() + " is no recipient");
      }
    }
    return chosen;
  }

  // Leaves an empty place where a RecipientInfo was.
  Result<void> remove(std::vector<Bytes>& infos, const cms::RecipientInfo& info,
                      const cms::RecipientPlace& place) {
    const auto* kari = std::get_if<cms::KeyAgreeRecipientInfo>(&info);
    std::size_t removed = ++removed_of_[place.info];
    if (kari == nullptr || removed == kari->recipients.size()) {
      infos[place.info].clear();
      return {};
    }
    infos[place.info] = TRY(cms::remove_agreed_key(infos[place.info], place.key, limits_));
    return {};
  }

  const RemoveRecipients& change_;
  const Limits& limits_;
  SealReport& report_;
  std::map<std::size_t, std::size_t> removed_of_;  // how many of a RecipientInfo
};

Edit make_edit(const RecipientChange& change, const ChangeOptions& options, SealReport& report) {
  return [&](const EnvelopedHeader& header, std::vector<Bytes> infos) {
    if (const auto* addition = std::get_if<AddRecipients>(&change)) {
      return Addition(*addition, options, report).edit(header, std::move(infos));
    }
    const auto& removal = std::get<RemoveRecipients>(change);
    return Removal(removal, options.limits, report).edit(header, std::move(infos));
  };
}

}  // namespace

Result<RecipientList> list_recipients(Source& in, const Limits& limits) {
  RecipientList list;
  auto look = [&](const EnvelopedHeader& header,
                  std::vector<Bytes> infos) -> Result<std::vector<Bytes>> {
    list.content_type = header.authenticated ? "auth-enveloped-data" : "enveloped-data";
    list.algorithm = cipher_name(header);
    list.recipients = recipient_verdicts(header.recipients, std::nullopt);
    return infos;
  };
  NullSink nowhere;
  TRY_VOID(edit_message(in, nowhere, look, limits));
  return list;
}

Result<SealReport> change_recipients(Source& in, Sink& out, const RecipientChange& change,
                                     const ChangeOptions& options) {
  SealReport report;
  HandoverSink output(out, options.workers);
  auto edited = edit_message(in, output, make_edit(change, options, report), options.limits);
  // What the output refused was written before whatever else went wrong.
  if (!edited) {
    TRY_VOID(output.settle());
    return tl::unexpected<Error>(std::move(edited).error());
  }
  return report;
}

}  // namespace bulla
