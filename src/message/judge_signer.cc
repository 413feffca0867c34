// One signer: mathematics, policy, path, time.
#include <algorithm>

#include "base/text.h"
#include "cms/capabilities.h"
#include "cms/verify.h"
#include "crypto/oid_name.h"
#include "message/date.h"
#include "message/judge.h"
#include "message/rules.h"
#include "message/session.h"
#include "x509/path_finder.h"

namespace bulla {
namespace {

bool has(const Findings& findings, Rule rule) {
  return std::any_of(findings.begin(), findings.end(),
                     [rule](const Finding& finding) { return finding.rule == rule; });
}

cms::SignedContent content_of(const LayerRecord& record) {
  return {.content_type = record.header->content_type,
          .digest_algorithms = record.header->digest_algorithms,
          .digests = record.hasher->digests(),
          .beginning = record.hasher->beginning(),
          .size = record.hasher->size()};
}

// How old forms are judged: by default they are refused, with Policy::Old::Read they
// are warnings (DESIGN 8, --legacy).
struct Softened {
  Rule found;
  Rule refused;
  Rule accepted;
};
// Signed attributes are required unless old mail is read (CMS-26).
constexpr Softened kOldForms[] = {
    {Rule::SigNoAttributes, Rule::SigNoAttributesRefused, Rule::SigNoAttributes},
    {Rule::SigAttributesNotDer, Rule::SigAttributesNotDer, Rule::SigAttributesNotDer},
    {Rule::SigWeakDigest, Rule::SigWeakDigest, Rule::SigWeakDigestAccepted},
    {Rule::SigBrokenDigest, Rule::SigBrokenDigest, Rule::SigBrokenDigest},
    {Rule::SigWeakKey, Rule::SigWeakKey, Rule::SigWeakKeyAccepted},
};

// What the signer wants senders to know.
void note_statements(const LayerRecord& record, const cms::SignedStatements& statements,
                     SignerVerdict& verdict) {
  for (const cms::Capability& capability : statements.capabilities) {
    verdict.capabilities.push_back(crypto::oid_name(capability.id));
  }
  verdict.statement = {.der = {},
                       .source = Capabilities::Source::SignedMail,
                       .stated_at = statements.signing_time,
                       .last_cipher = {}};
  if (!statements.capabilities.empty()) {
    verdict.statement->der = cms::encode_capabilities(statements.capabilities);
  }
  if (!statements.encryption_key_preference) return;
  for (const Certificate& candidate : record.tail.certificates) {
    if (!statements.encryption_key_preference->matches(candidate)) continue;
    verdict.encryption_certificate = candidate;
    break;
  }
}

bool has_only_expired(const Findings& findings) {
  bool any = false;
  for (const Finding& finding : findings) {
    if (finding.severity < Severity::Indeterminate) continue;
    any = finding.rule == Rule::CertExpired || finding.rule == Rule::PathExpired;
    if (!any) return false;
  }
  return any;
}

}  // namespace

Judge::Judge(const Opening& opening)
    : opening_(opening),
      options_(opening.options),
      online_(options_.fetcher == nullptr
                  ? nullptr
                  : std::make_unique<x509::Online>(*options_.fetcher, options_.limits)),
      attestations_(
          opening.options,
          [this](const Certificate& certificate, const x509::Carried& carried,
                 x509::Purpose purpose) {
            return find_path(certificate, carried, purpose, options_.at);
          },
          [this](Findings& findings) { apply_policy(findings); },
          [this](const cms::SignerCheck& check, Findings& findings) {
            check_rules(check, findings);
          }) {}

void Judge::check_signers() {
  if (checked_) return;
  checked_ = true;
  for (const auto& record : opening_.records) {
    if (record->layer.kind != Layer::Kind::Signed || !record->header || !record->hasher) continue;
    // Each on its own: one that cannot be checked says nothing of the others (CMS-31).
    for (std::size_t i = 0; i < record->tail.signers.size(); ++i) {
      signers_.push_back(check_signer(*record, i));
    }
  }
}

// SignedAndEnvelopedData has its signed attributes in the open. PKCS #7 encrypts the signature
// beside the content (RFC 2315 11): who made it has the key. OpenSSL leaves it as it is, and then
// anybody could have put it there, over attributes that another one wrote (T-92).
Judge::SignerResult Judge::check_signer(const LayerRecord& record, std::size_t index) {
  const cms::SignerInfo& signer = record.tail.signers[index];
  if (index >= record.decrypted_signatures.size()) return check_signer(record, signer);
  if (!record.decrypted_signatures[index].empty()) {
    cms::SignerInfo decrypted = signer;
    decrypted.signature = record.decrypted_signatures[index];
    SignerResult result = check_signer(record, decrypted);
    if (!has(result.findings, Rule::SigBadSignature)) return result;
  }
  SignerResult result = check_signer(record, signer);
  result.in_the_open = true;
  return result;
}

Judge::SignerResult Judge::check_signer(const LayerRecord& record, const cms::SignerInfo& signer) {
  const Limits& limits = options_.limits;
  std::vector<Certificate> pool =
      signer_candidates(record.tail.certificates, signer.sid, options_.certificates);
  cms::SignedContent content = content_of(record);
  cms::SignerCheck check = cms::check_signer(signer, content, pool, limits);
  if (!record.hasher->other_digests().empty() && has(check.findings, Rule::SigDigestMismatch)) {
    content.digests = record.hasher->other_digests();
    cms::SignerCheck other = cms::check_signer(signer, content, pool, limits);
    if (!has(other.findings, Rule::SigDigestMismatch)) {
      check = std::move(other);
      // Content that stands apart is usually signed as it is.
      if (!record.is_detached) check.findings.push_back(Finding::of(Rule::MimeMixedLineEnds));
    }
  }
  SignerResult result;
  result.record = &record;
  result.findings = std::move(check.findings);
  result.missing_digest = check.missing_digest;
  SignerVerdict& verdict = result.verdict;
  verdict.identifier = signer.sid.describe();
  verdict.certificate = check.certificate;
  if (check.digest) verdict.digest = std::string(name(*check.digest));
  if (check.scheme) verdict.algorithm = describe(*check.scheme);
  if (check.signature_fits) {
    verdict.signing_time = check.statements.signing_time;
    note_statements(record, check.statements, verdict);
    if (check.statements.requests_receipt) {
      result.findings.push_back(Finding::of(Rule::EssReceiptRequest));
    }
    if (check.statements.has_security_label) {
      result.findings.push_back(Finding::of(Rule::EssSecurityLabel));
    }
    check_time(check.statements, result);
    verdict.proven_time = attestations_.read(signer, record.tail, verdict, result.findings);
  } else if (!result.missing_digest && worst(result.findings) < Severity::Indeterminate) {
    // No reason was named: deny all the same.
    result.findings.push_back(Finding::of(Rule::SigBadSignature));
  }
  apply_policy(result.findings);
  check_rules(check, result.findings);
  if (result.missing_digest) {
    result.findings.push_back(
        Finding::of(Rule::SigDigestNotAnnounced, "", std::string(name(*result.missing_digest))));
  }
  if (verdict.certificate) check_path(record, result);
  return result;
}

void Judge::apply_policy(Findings& findings) const {
  bool reads_old = options_.policy.old_forms == Policy::Old::Read;
  for (Finding& finding : findings) {
    for (const Softened& form : kOldForms) {
      if (finding.rule != form.found) continue;
      finding.rule = reads_old ? form.accepted : form.refused;
      finding.severity = reads_old ? Severity::Warning : info(finding.rule).severity;
      break;
    }
  }
}

void Judge::check_rules(const cms::SignerCheck& check, Findings& findings) const {
  const AlgorithmRules& rules = options_.policy.accepted;
  std::string refused;
  if (check.scheme) refused = refused_signature(rules, *check.scheme, check.digest);
  if (refused.empty() && check.certificate) refused = short_key(rules, *check.certificate);
  if (refused.empty()) return;
  findings.push_back(Finding::of(Rule::PolicyAlgorithm, "", std::move(refused)));
}

// The signing time is the signer's claim and decides nothing (ATTR-12).
void Judge::check_time(const cms::SignedStatements& statements, SignerResult& result) const {
  if (!statements.signing_time) return;
  std::chrono::seconds tolerance(options_.policy.max_time_difference);
  std::string claimed = to_iso8601(*statements.signing_time);
  if (*statements.signing_time > options_.at + tolerance) {
    result.findings.push_back(Finding::of(Rule::SigTimeFuture, "", claimed));
  }
  if (!opening_.outer_header) return;
  const mime::Field* field = opening_.outer_header->find("Date");
  if (field == nullptr) return;
  auto date = parse_date(field->unfolded());
  if (!date) return;
  auto difference = *date > *statements.signing_time ? *date - *statements.signing_time
                                                     : *statements.signing_time - *date;
  if (difference > tolerance) {
    result.findings.push_back(
        Finding::of(Rule::SigTimeDiffers, "", "signed " + claimed + ", Date " + to_iso8601(*date)));
  }
}

x509::PathResult Judge::find_path(const Certificate& certificate, const x509::Carried& carried,
                                  x509::Purpose purpose, Time at) const {
  x509::PathFinder finder({.trust = options_.trust,
                           .certificates = options_.certificates,
                           .revocation = options_.revocation,
                           .online = online_.get()},
                          options_.limits,
                          options_.session == nullptr ? nullptr : &options_.session->inner().paths);
  bool reads_old = options_.policy.old_forms == Policy::Old::Read;
  x509::PathOptions path_options;
  path_options.at = at;  // now, or what a timestamp proves; never what it says (CERT-45)
  path_options.purpose = purpose;
  path_options.revocation = revocation_policy(options_.policy.revocation);
  path_options.weak = reads_old ? x509::PathOptions::Weak::Warn : x509::PathOptions::Weak::Refuse;
  return finder.find(certificate, carried, path_options);
}

// The path is judged as of now. If all that keeps it from being good is that something in it has
// expired, and a timestamp proves that the signature was there before, as of then (CERT-45).
void Judge::check_path(const LayerRecord& record, SignerResult& result) {
  const Certificate& certificate = *result.verdict.certificate;
  auto find = [&](Time at) {
    return find_path(certificate,
                     {record.tail.certificates, record.tail.crls, record.tail.ocsp_answers},
                     x509::Purpose::MailSigning, at);
  };
  x509::PathResult path = find(options_.at);
  if (result.verdict.proven_time && has_only_expired(path.findings)) {
    x509::PathResult then = find(*result.verdict.proven_time);
    if (then.verified) {
      path = std::move(then);
      path.findings.push_back({Rule::CertExpired, Severity::Note, "",
                               "a timestamp proves that the signature was there before"});
    }
  }
  result.verdict.path = std::move(path.certificates);
  result.findings.insert(result.findings.end(), path.findings.begin(), path.findings.end());
  if (!path.verified && worst(path.findings) < Severity::Indeterminate) {
    result.findings.push_back(Finding::of(Rule::PathNoRoot));
  }
}

}  // namespace bulla
