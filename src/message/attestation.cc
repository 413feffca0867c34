#include "message/attestation.h"

#include <algorithm>

#include "cms/countersignature.h"
#include "crypto/algorithm_table.h"
#include "message/rules.h"

namespace bulla {
namespace {

// Countersignatures of countersignatures. Nobody is known to write more than one inside
// another (CMS-43).
constexpr std::size_t kMaxDepth = 4;

Status status_of(const Findings& findings) {
  Severity severity = worst(findings);
  if (severity == Severity::Failure) return Status::Invalid;
  return severity == Severity::Indeterminate ? Status::Indeterminate : Status::Valid;
}

// The first of the worst, by name: a finding about a finding.
std::string reason(const Findings& findings) {
  auto found =
      std::max_element(findings.begin(), findings.end(),
                       [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
  if (found == findings.end()) return "";
  const RuleInfo& rule = info(found->rule);
  std::string text(rule.text);
  if (!found->detail.empty()) text += ": " + found->detail;
  return text + " (" + std::string(rule.slug) + ")";
}

void add_path(const x509::PathResult& path, Findings& reasons) {
  reasons.insert(reasons.end(), path.findings.begin(), path.findings.end());
  if (!path.verified && worst(path.findings) < Severity::Indeterminate) {
    reasons.push_back(Finding::of(Rule::PathNoRoot));
  }
}

// What is worth knowing though it changes nothing: under the place of what it is about.
void pass_on_warnings(Findings&& reasons, const std::string& place, Findings& findings) {
  for (Finding& reason : reasons) {
    if (reason.severity != Severity::Warning) continue;
    reason.place = reason.place.empty() ? place : place + " " + reason.place;
    findings.push_back(std::move(reason));
  }
}

bool is_broken(std::optional<Digest> digest) {
  return digest && crypto::row(*digest).standing == crypto::Standing::Broken;
}

void describe_check(const cms::SignerCheck& check, SignerVerdict& verdict) {
  verdict.certificate = check.certificate;
  if (check.digest) verdict.digest = std::string(name(*check.digest));
  if (check.scheme) verdict.algorithm = describe(*check.scheme);
  if (check.signature_fits) verdict.signing_time = check.statements.signing_time;
}

}  // namespace

std::vector<Certificate> signer_candidates(const std::vector<Certificate>& carried,
                                           const cms::EntityIdentifier& sid,
                                           const CertSource* source) {
  std::vector<Certificate> result = carried;
  if (source == nullptr) return result;
  std::vector<Certificate> more =
      sid.key_identifier.empty() ? source->find_by_issuer_serial(sid.issuer_der, sid.serial_number)
                                 : source->find_by_key_identifier(sid.key_identifier);
  for (Certificate& certificate : more) {
    if (std::find(result.begin(), result.end(), certificate) == result.end()) {
      result.push_back(std::move(certificate));
    }
  }
  return result;
}

// One more of those that cost a signature and a path.
bool AttestationReader::take() { return taken_++ < options_.limits.attestations; }

SignerVerdict AttestationReader::judge_countersigner(const cms::SignerInfo& countersigner,
                                                     ByteView signature,
                                                     const cms::SignedTail& tail,
                                                     Findings& reasons) {
  SignerVerdict verdict;
  verdict.identifier = countersigner.sid.describe();
  auto candidates = signer_candidates(tail.certificates, countersigner.sid, options_.certificates);
  cms::SignerCheck check =
      cms::check_countersigner(countersigner, signature, candidates, options_.limits);
  describe_check(check, verdict);
  reasons = std::move(check.findings);
  soften_(reasons);
  apply_rules_(check, reasons);
  bool is_named = worst(reasons) >= Severity::Indeterminate;
  if (!check.signature_fits && !is_named) reasons.push_back(Finding::of(Rule::SigBadSignature));
  if (check.certificate) {
    x509::PathResult path =
        find_path_(*check.certificate, {tail.certificates, tail.crls, tail.ocsp_answers},
                   x509::Purpose::MailSigning);
    verdict.path = path.certificates;
    add_path(path, reasons);
  }
  verdict.status = status_of(reasons);
  return verdict;
}

void AttestationReader::read_countersigners(const cms::SignerInfo& signer,
                                            const cms::SignedTail& tail, std::size_t depth,
                                            SignerVerdict& verdict, Findings& findings) {
  auto place = [&] { return "countersignature " + std::to_string(verdict.countersigners.size()); };
  auto note = [&](std::string detail) {
    findings.push_back(Finding::of(Rule::SigCountersignature, place(), std::move(detail)));
  };
  if (depth == kMaxDepth) return;
  cms::Countersignatures inside = cms::read_countersignatures(signer, options_.limits);
  for (const cms::SignerInfo& countersigner : inside.signers) {
    if (!take()) return note("there are more than are looked at");
    Findings reasons;
    SignerVerdict one = judge_countersigner(countersigner, signer.signature, tail, reasons);
    Findings deeper;
    read_countersigners(countersigner, tail, depth + 1, one, deeper);
    bool is_valid = one.status == Status::Valid;
    verdict.countersigners.push_back(std::move(one));
    if (!is_valid) note(reason(reasons));
    if (is_valid) pass_on_warnings(std::move(reasons), place(), findings);
    for (Finding& finding : deeper) {
      finding.place = place() + " " + finding.place;
      findings.push_back(std::move(finding));
    }
  }
  if (inside.malformed > 0) note("malformed");
}

// The digest of the imprint is all that binds a token to its signature.
void AttestationReader::check_imprint(const cms::TimestampToken& token, Findings& reasons) {
  auto digest = crypto::read_digest(token.info.imprint.algorithm);
  if (!digest) return;
  std::string detail(name(*digest));
  crypto::Standing standing = crypto::row(*digest).standing;
  if (standing == crypto::Standing::Broken) {
    reasons.push_back(Finding::of(Rule::SigBrokenDigest, {}, detail));
  } else if (standing != crypto::Standing::Current) {
    reasons.push_back(Finding::of(Rule::SigWeakDigest, {}, detail));
  }
  if (!is_allowed(options_.policy.accepted.digests, *digest)) {
    reasons.push_back(Finding::of(Rule::PolicyAlgorithm, {}, "the digest " + detail));
  }
}

TimestampVerdict AttestationReader::judge_timestamp(ByteView der, ByteView signature,
                                                    const cms::SignedTail& tail,
                                                    Findings& findings) {
  TimestampVerdict verdict;
  auto token = cms::parse_timestamp_token(der, options_.limits);
  if (!token) {
    findings.push_back(Finding::of(Rule::SigTimestamp, {}, describe(token.error())));
    return verdict;
  }
  verdict.time = token->info.time;
  verdict.policy = token->info.policy.to_string();
  std::vector<Certificate> pool = token->tail.certificates;
  pool.insert(pool.end(), tail.certificates.begin(), tail.certificates.end());
  cms::SignerCheck check;
  if (!token->tail.signers.empty()) {
    const cms::EntityIdentifier& sid = token->tail.signers[0].sid;
    verdict.identifier = sid.describe();
    check = cms::check_token_signer(*token, signer_candidates(pool, sid, options_.certificates),
                                    options_.limits);
  }
  verdict.certificate = check.certificate;
  Findings reasons = std::move(check.findings);
  check_imprint(*token, reasons);
  soften_(reasons);
  apply_rules_(check, reasons);
  bool fits = check.signature_fits && token->info.imprint.matches(signature) &&
              !token->info.has_unknown_critical;
  if (!fits) {
    verdict.status = Status::Invalid;
    std::string detail =
        worst(reasons) < Severity::Indeterminate ? "it is for something else" : reason(reasons);
    findings.push_back(Finding::of(Rule::SigTimestamp, {}, std::move(detail)));
    return verdict;
  }
  x509::PathResult path =
      find_path_(*check.certificate, {pool, token->tail.crls, token->tail.ocsp_answers},
                 x509::Purpose::TimeStamping);
  verdict.path = path.certificates;
  add_path(path, reasons);
  verdict.status = status_of(reasons);
  // Whoever asks for old mail reads it. Yet where octets can be found that have the digest of
  // others, a time is proven of nothing.
  bool proves_nothing = is_broken(check.digest) ||
                        (check.scheme && is_broken(check.scheme->digest)) ||
                        is_broken(crypto::read_digest(token->info.imprint.algorithm));
  if (proves_nothing && verdict.status == Status::Valid) verdict.status = Status::Indeterminate;
  if (verdict.status != Status::Valid) {
    findings.push_back(Finding::of(Rule::SigTimestampUntrusted, {}, reason(reasons)));
  } else {
    pass_on_warnings(std::move(reasons), {}, findings);
  }
  std::chrono::seconds tolerance(options_.policy.max_time_difference);
  if (verdict.time > options_.at + tolerance) {
    verdict.status = Status::Indeterminate;
    findings.push_back(Finding::of(Rule::SigTimestampAhead, {}, to_iso8601(*verdict.time)));
  }
  return verdict;
}

std::optional<Time> AttestationReader::read(const cms::SignerInfo& signer,
                                            const cms::SignedTail& tail, SignerVerdict& verdict,
                                            Findings& findings) {
  read_countersigners(signer, tail, 0, verdict, findings);
  std::optional<Time> proven;
  for (const Bytes& token : cms::timestamp_tokens(signer)) {
    std::string place = "timestamp " + std::to_string(verdict.timestamps.size() + 1);
    if (!take()) {
      findings.push_back(
          Finding::of(Rule::SigTimestamp, place, "there are more than are looked at"));
      break;
    }
    Findings more;
    verdict.timestamps.push_back(judge_timestamp(token, signer.signature, tail, more));
    for (Finding& finding : more) {
      finding.place = finding.place.empty() ? place : place + " " + finding.place;
      findings.push_back(std::move(finding));
    }
    const TimestampVerdict& last = verdict.timestamps.back();
    if (last.status == Status::Valid && (!proven || last.time < *proven)) proven = last.time;
  }
  return proven;
}

}  // namespace bulla
