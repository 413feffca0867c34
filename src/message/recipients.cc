#include "bulla/recipients.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "base/try.h"
#include "cms/decrypt.h"
#include "cms/recipient_builder.h"
#include "cms/recipient_editor.h"
#include "crypto/oid_name.h"
#include "message/edit_stage.h"
#include "message/handover_sink.h"
#include "message/recipe.h"
#include "message/recipient_verdicts.h"
#include "mime/smime_type.h"

namespace bulla {
namespace {

using cms::EnvelopedHeader;
using Edit = cms::RecipientEditor::Edit;

Result<void> check_header(const mime::Header& header) {
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
  return {};
}

Result<void> edit_list(Source& in, Sink& out, const Edit& edit, const Limits& limits) {
  using Editor = cms::RecipientEditor;
  return edit_message<Editor>(in, out, edit, limits, [&]() -> std::unique_ptr<Sink> {
    return std::make_unique<EncodedStage<Editor>>(edit, limits, &check_header, out);
  });
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
    SealOptions sealing{.at = options_.at,
                        .limits = options_.limits,
                        .workers = options_.workers,
                        .recipient_trust = options_.recipient_trust};
    EncryptPlan plan = TRY(plan_encrypt(step, sealing));
    std::size_t count = step.recipients.size() + step.keks.size() + step.passwords.size() +
                        cms::recipient_places(header.recipients).size();
    if (count > options_.limits.recipients) {
      return failure(Rule::LimitRecipients, 0, std::to_string(count) + " recipients");
    }
    auto key = TRY(cms::recover_content_key(header, encryption, *change_.keys, options_.limits,
                                            cms::OldForms::Refuse));
    for (const auto& info : TRY(cms::make_recipient_infos(plan.options, key.key.view()))) {
      infos.push_back(
          asn1::encode([&](asn1::Writer& out) { cms::write_recipient_info(out, info); }));
    }
    report_.steps.push_back("added " + plan.recipients);
    for (AlgorithmChoice& choice : plan.choices) {
      if (!is_of_content(choice.what)) report_.choices.push_back(std::move(choice));
    }
    for (Finding& finding : plan.findings) report_.findings.push_back(std::move(finding));
    return infos;
  }

 private:
  // How the content is encrypted was chosen by whoever encrypted it.
  static bool is_of_content(AlgorithmChoice::What what) {
    return what == AlgorithmChoice::What::ContentCipher ||
           what == AlgorithmChoice::What::ContentKey;
  }

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
  TRY_VOID(edit_list(in, nowhere, look, limits));
  return list;
}

Result<SealReport> change_recipients(Source& in, Sink& out, const RecipientChange& change,
                                     const ChangeOptions& options) {
  SealReport report;
  HandoverSink output(out, options.workers);
  auto edited = edit_list(in, output, make_edit(change, options, report), options.limits);
  // What the output refused was written before whatever else went wrong.
  if (!edited) {
    TRY_VOID(output.settle());
    return tl::unexpected<Error>(std::move(edited).error());
  }
  return report;
}

}  // namespace bulla
