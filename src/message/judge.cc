#include "message/judge.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "message/date.h"
#include "message/header_protection.h"
#include "mime/address.h"
#include "mime/words.h"
#include "x509/address_match.h"

namespace bulla {
namespace {

// Addresses of certificates in one finding: more are no help to a reader.
constexpr std::size_t kMaxAddressesShown = 10;

// Some readers take a CR alone for a line end, and so see other fields (T-83).
bool has_lone_cr(std::string_view header) {
  for (std::size_t i = 0; i + 1 < header.size(); ++i) {
    if (header[i] == '\r' && header[i + 1] != '\n' && header[i + 1] != '\r') return true;
  }
  return false;
}

}  // namespace

std::vector<std::optional<Digest>> Judge::missing_digests() {
  check_signers();
  std::vector<std::optional<Digest>> missing(opening_.records.size());
  bool any = false;
  for (const SignerResult& signer : signers_) {
    if (!signer.missing_digest) continue;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (opening_.records[i].get() == signer.record) missing[i] = signer.missing_digest;
    }
    any = true;
  }
  return any ? missing : std::vector<std::optional<Digest>>();
}

Verdict Judge::judge() {
  check_signers();
  verdict_.findings = opening_.findings;
  judge_headers();
  judge_layers();
  judge_encryption();
  judge_requirement();
  collect_signers();
  conclude();
  return std::move(verdict_);
}

// "layer 2", counted as in Verdict::layers.
std::string Judge::place(const LayerRecord& record) const {
  for (std::size_t i = 0; i < opening_.records.size(); ++i) {
    if (opening_.records[i].get() == &record) return "layer " + std::to_string(i + 1);
  }
  return "";
}

// Whether the layer `outer` has `inner` in it.
bool Judge::is_outside(const LayerRecord& outer, const LayerRecord& inner) const {
  for (const auto& record : opening_.records) {
    if (record.get() == &inner) return false;
    if (record.get() == &outer) return true;
  }
  return false;
}

bool Judge::has_valid_signer() const {
  return std::any_of(signers_.begin(), signers_.end(), [this](const SignerResult& signer) {
    return in_envelope(*signer.record) && signer.verdict.status == Status::Valid;
  });
}

// The protected header is read first, for its From decides who the sender is; what it is
// worth is known when the signers are judged.
void Judge::judge_headers() {
  PayloadProtection protection;
  const LayerRecord* encryption = innermost_encryption();
  protection.is_encrypted = encryption != nullptr;
  bool has_both = opening_.outer_header && opening_.payload_header;
  bool is_layered = std::any_of(opening_.records.begin(), opening_.records.end(),
                                [this](const auto& record) { return in_envelope(*record); });
  bool reads_headers = has_both && is_layered && options_.part.empty();
  if (reads_headers) {
    verdict_.headers = read_header_sets(protection);
  }
  Sender sender = find_sender();
  check_addresses(sender);
  std::string stated_from = verdict_.headers.from;
  bool has_sender = !sender.is_ambiguous && !sender.from.empty();
  verdict_.headers.from = has_sender ? sender.from[0] : std::string();
  protection.has_valid_signature =
      has_valid_signer() && (encryption == nullptr || is_author_known(*encryption));
  if (reads_headers) {
    if (protection.has_valid_signature) mark_signed(verdict_.headers);
    std::string judged_from = std::exchange(verdict_.headers.from, std::move(stated_from));
    bool signed_by_from = protection.has_valid_signature &&
                          std::any_of(signers_.begin(), signers_.end(), [](const auto& signer) {
                            return signer.claims_from && signer.verdict.status == Status::Valid;
                          });
    Findings more = check_headers(verdict_.headers, *opening_.outer_header, protection,
                                  signed_by_from ? SignerIsFrom::Yes : SignerIsFrom::No);
    verdict_.findings.insert(verdict_.findings.end(), more.begin(), more.end());
    verdict_.headers.from = std::move(judged_from);
  } else if (opening_.outer_header) {
    const mime::Field* subject = opening_.outer_header->find("Subject");
    if (subject != nullptr) verdict_.headers.subject = mime::decode_words(subject->value);
  }
}

// What an older scheme protects is shown and compared, but does not say who the sender is:
// a message that is carried as a whole may as well be somebody else's (RFC 9788 4.10).
Headers Judge::read_header_sets(const PayloadProtection& protection) const {
  const mime::Header& outer = *opening_.outer_header;
  if (opening_.wrapped_header && wraps_message(*opening_.payload_header)) {
    Headers headers = read_wrapped_headers(outer, *opening_.wrapped_header, protection);
    headers.mode.clear();
    return headers;
  }
  return read_headers(outer, *opening_.payload_header, protection);
}

Judge::Sender Judge::find_sender() const {
  Sender result;
  if (!opening_.outer_header) return result;
  result.has_header = true;
  // A payload that protects other fields alone leaves the sender to the outside.
  bool inner = verdict_.headers.is_protected && !verdict_.headers.mode.empty() &&
               opening_.payload_header->count("From") > 0;
  const mime::Header& header = inner ? *opening_.payload_header : *opening_.outer_header;
  std::vector<const mime::Field*> from = header.find_all("From");
  if (from.size() != 1) {
    result.is_ambiguous = from.size() > 1;
    result.problem = std::to_string(from.size()) + " From fields";
    return result;
  }
  mime::AddressList list = mime::parse_address_list(from[0]->value);
  result.is_ambiguous = list.ambiguous;
  result.problem = list.problem;
  if (list.mailboxes.size() > options_.limits.signers) {
    result.is_ambiguous = true;
    result.problem = "more addresses than a message has signers";
    return result;
  }
  if (has_lone_cr(opening_.outer_header->raw()) ||
      (opening_.payload_header && has_lone_cr(opening_.payload_header->raw()))) {
    result.is_ambiguous = true;
    result.problem = "a lone CR may end a line of the header";
  }
  for (const mime::Mailbox& mailbox : list.mailboxes) result.from.push_back(mailbox.addr_spec);
  const mime::Field* sender = header.find("Sender");
  if (sender != nullptr && header.count("Sender") == 1) {
    mime::AddressList one = mime::parse_mailbox(sender->value);
    if (!one.ambiguous && one.mailboxes.size() == 1) {
      result.sender = one.mailboxes[0].addr_spec;
    }
  }
  return result;
}

void Judge::match_signer(const Sender& sender, SignerResult& result) {
  if (!result.verdict.certificate) return;
  for (const std::string& from : sender.from) {
    auto match = x509::match_address(*result.verdict.certificate, from);
    result.senders.push_back(match.has_value());
    if (!match) continue;
    result.claims_from = true;
    result.verdict.matched_address = match->address;
    if (match->source == AddressSource::SubjectEmailAddress) {
      result.findings.push_back(Finding::of(Rule::AddressSubjectOnly));
    }
  }
}

// Signers of the envelope whose certificate has the sender's address decide. Others can
// neither make the message good nor bad (T-11): anybody can add a SignerInfo. Each has a
// verdict of its own all the same (CMS-32).
void Judge::check_addresses(const Sender& sender) {
  bool checks = options_.policy.address == Policy::Address::Check;
  std::vector<SignerResult*> envelope;
  for (SignerResult& signer : signers_) {
    match_signer(sender, signer);
    if (in_envelope(*signer.record)) envelope.push_back(&signer);
  }
  bool claimed = std::any_of(envelope.begin(), envelope.end(),
                             [](const SignerResult* signer) { return signer->claims_from; });
  // What a signer is worth is said before its findings are softened: one that the message
  // can do without is still none to believe.
  for (SignerResult& signer : signers_) {
    Severity severity = worst(signer.findings);
    signer.verdict.status = severity == Severity::Failure         ? Status::Invalid
                            : severity == Severity::Indeterminate ? Status::Indeterminate
                                                                  : Status::Valid;
  }
  for (SignerResult* signer : envelope) {
    signer->is_foreign = checks && claimed && !signer->claims_from;
    if (!signer->is_foreign) continue;
    for (Finding& finding : signer->findings) {
      bool of_content = finding.rule == Rule::SigDigestMismatch;
      if (!of_content) finding.severity = std::min(finding.severity, Severity::Warning);
    }
  }
  if (checks && !envelope.empty()) judge_from(sender);
}

// RFC 8550 3, RFC 9787 6.4: a signer that is not the sender proves nothing of the sender.
void Judge::judge_from(const Sender& sender) {
  if (!sender.has_header) {
    verdict_.findings.push_back(Finding::of(Rule::AddressNotChecked));
    return;
  }
  if (sender.is_ambiguous) {
    verdict_.findings.push_back(Finding::of(Rule::AddressAmbiguous, "headers", sender.problem));
    return;
  }
  if (sender.from.empty()) {
    verdict_.findings.push_back(Finding::of(Rule::AddressNoFrom, "headers"));
    return;
  }
  senders_ = sender.from.size();
  for (std::size_t i = 0; i < senders_; ++i) judge_coverage(sender, i);
}

// Whether a signer has the address of one From (CERT-09). A Sender proves nothing of the author,
// and each author needs a signer (CERT-11); a certificate without any address is read like
// others and says of none (CERT-05).
void Judge::judge_coverage(const Sender& sender, std::size_t index) {
  bool by_sender = false;
  bool any_certificate = false;
  std::size_t count = 0;
  std::string addresses;
  for (const SignerResult& signer : signers_) {
    if (!in_envelope(*signer.record) || !signer.verdict.certificate) continue;
    if (signer.senders[index]) return;
    const Certificate& certificate = *signer.verdict.certificate;
    any_certificate = true;
    by_sender = by_sender || (!sender.sender.empty() &&
                              x509::match_address(certificate, sender.sender).has_value());
    for (const CertificateAddress& address : certificate.addresses()) {
      if (++count > kMaxAddressesShown) break;
      addresses += (addresses.empty() ? "" : ", ") + address.address;
    }
  }
  if (!any_certificate) return;
  Rule rule = by_sender   ? Rule::AddressSenderOnly
              : count > 0 ? Rule::AddressFromDiffers
                          : Rule::AddressNoneInCertificate;
  std::string detail = "From is " + sender.from[index];
  if (count > 0) detail += ", the certificate is for " + addresses;
  if (count > kMaxAddressesShown) detail += " and more";
  verdict_.findings.push_back(Finding::of(rule, "headers", detail));
}

// What is wrong with a layer as a whole.
void Judge::judge_layers() {
  for (const auto& record : opening_.records) {
    if (record->layer.errant) {
      if (encrypts(record->layer.kind)) {
        verdict_.findings.push_back(
            Finding::of(Rule::MimeErrantEncrypted, place(*record), "part " + record->layer.place));
      }
      continue;
    }
    if (record->content_twice) {
      verdict_.findings.push_back(Finding::of(Rule::CmsContentTwice, place(*record)));
    }
    for (Finding finding : record->tail.findings) {
      finding.place = place(*record);
      verdict_.findings.push_back(finding);
    }
    // Content without a signer is not signed (CMS-33).
    if (record->layer.kind == Layer::Kind::Signed && record->header &&
        record->tail.signers.empty()) {
      verdict_.findings.push_back(Finding::of(Rule::SigNone, place(*record)));
    }
    if (record->layer.kind == Layer::Kind::Signed && record->tail.signers.size() > 1) {
      verdict_.findings.push_back(Finding::of(Rule::SigSeveralSigners, place(*record),
                                              std::to_string(record->tail.signers.size())));
    }
  }
}

const LayerRecord* Judge::innermost_encryption() const {
  const LayerRecord* found = nullptr;
  for (const auto& record : opening_.records) {
    if (encrypts(record->layer.kind) && in_envelope(*record)) found = record.get();
  }
  return found;
}

// Whether there are signers inside the encryption, and each sender who signed is one of
// them. Records stand outermost first.
bool Judge::is_author_known(const LayerRecord& encryption) const {
  bool any_inside = false;
  std::vector<bool> inside(senders_);
  std::vector<bool> anywhere(senders_);
  for (const SignerResult& signer : signers_) {
    if (!in_envelope(*signer.record)) continue;
    bool is_inside = is_outside(encryption, *signer.record) && !signer.in_the_open;
    any_inside = any_inside || is_inside;
    for (std::size_t i = 0; i < std::min(senders_, signer.senders.size()); ++i) {
      anywhere[i] = anywhere[i] || signer.senders[i];
      inside[i] = inside[i] || (is_inside && signer.senders[i]);
    }
  }
  return any_inside && inside == anywhere;
}

// Encryption without a signature says nothing of the sender, and CBC nothing of the
// content (RFC 8551 3.3, 3.4, 6; CMS-67, MIME-39). Who signed a ciphertext need not know what is in
// it: anybody can sign what another one encrypted (RFC 8551 3.7, MIME-46, T-03, T-92).
void Judge::judge_encryption() {
  const LayerRecord* encryption = innermost_encryption();
  if (encryption == nullptr || options_.keys == nullptr || is_author_known(*encryption)) return;
  Rule rule = encryption->layer.kind == Layer::Kind::AuthEnveloped ? Rule::EncSenderUnknown
                                                                   : Rule::EncUnauthenticated;
  bool is_signed = std::any_of(signers_.begin(), signers_.end(),
                               [this](const auto& signer) { return in_envelope(*signer.record); });
  verdict_.findings.push_back(Finding::of(
      rule, place(*encryption), is_signed ? "the sender's signature is outside of it" : ""));
}

void Judge::judge_requirement() {
  bool has_signature = false;
  bool has_encryption = false;
  bool has_errant = false;
  for (const auto& record : opening_.records) {
    if (!in_envelope(*record)) {
      has_errant = true;
      continue;
    }
    has_encryption = has_encryption || encrypts(record->layer.kind);
    has_signature = has_signature || !record->tail.signers.empty();
  }
  using Require = Policy::Require;
  Require require = options_.policy.require;
  bool wants_signature = require == Require::Signed || require == Require::SignedAndEncrypted;
  bool wants_encryption = require == Require::Encrypted || require == Require::SignedAndEncrypted;
  std::string absent;
  if (wants_signature && !has_signature) absent = "signature";
  if (wants_encryption && !has_encryption) absent += absent.empty() ? "encryption" : ", encryption";
  bool is_bare = !has_signature && !has_encryption;
  if (is_bare && has_errant) {
    verdict_.findings.push_back(Finding::of(Rule::MimePartlyProtected));
  } else if (is_bare && absent.empty()) {
    verdict_.findings.push_back(Finding::of(Rule::PolicyUnprotected));
  }
  // A part of the message that is signed has been verified: that is a verdict of its own.
  bool part_will_do = is_bare && has_errant && !wants_encryption;
  if (!absent.empty() && !part_will_do) {
    verdict_.findings.push_back(Finding::of(Rule::PolicyAbsent, "", absent));
    verdict_.requirement_missed = true;
  }
  if (require == Require::Any && is_bare && !has_errant) verdict_.requirement_missed = true;
}

// The layers and their signers, and the signers' findings with their places.
void Judge::collect_signers() {
  for (const auto& record : opening_.records) {
    Layer layer = record->layer;
    for (SignerResult& signer : signers_) {
      if (signer.record != record.get()) continue;
      layer.signers.push_back(signer.verdict);
      std::string where = place(*record) + " signer " + std::to_string(layer.signers.size());
      for (Finding finding : signer.findings) {
        finding.place = finding.place.empty() ? where : where + " " + finding.place;
        // A bad signature on a part says nothing against the rest of the message.
        if (layer.errant) finding.severity = std::min(finding.severity, Severity::Indeterminate);
        verdict_.findings.push_back(finding);
      }
    }
    verdict_.layers.push_back(std::move(layer));
  }
}

void Judge::conclude() {
  Severity severity = worst(verdict_.findings);
  bool any_layer = verdict_.is_signed() || verdict_.is_encrypted();
  bool has_errant = std::any_of(verdict_.layers.begin(), verdict_.layers.end(),
                                [](const Layer& layer) { return layer.errant; });
  bool has_signers = std::any_of(verdict_.layers.begin(), verdict_.layers.end(),
                                 [](const Layer& layer) { return !layer.signers.empty(); });
  bool only_missed =
      severity == Severity::Failure &&
      std::all_of(verdict_.findings.begin(), verdict_.findings.end(), [](const Finding& finding) {
        return finding.severity != Severity::Failure || finding.rule == Rule::PolicyAbsent;
      });
  bool protects = has_signers || verdict_.is_encrypted();
  if (!protects && !has_errant && (only_missed || severity != Severity::Failure)) {
    verdict_.status = Status::Unprotected;
  } else if (severity == Severity::Failure && !only_missed) {
    verdict_.status = Status::Invalid;
  } else if (any_layer && has_valid_signer() && severity < Severity::Indeterminate) {
    verdict_.status = Status::Valid;
  } else {
    verdict_.status = Status::Indeterminate;
  }
}

}  // namespace bulla
