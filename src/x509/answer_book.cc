#include "x509/answer_book.h"

#include <algorithm>

#include "base/try.h"
#include "x509/path_checks.h"

namespace bulla::x509 {
namespace {

tl::unexpected<Error> unusable(std::string why) {
  return failure(Rule::RevocationBadAnswer, 0, std::move(why));
}

// Of two things that are said of one certificate, the one that counts.
bool outweighs(const OcspStatus& one, const OcspStatus& other) {
  auto is_final = [](const OcspStatus& status) {
    return status.kind == OcspStatus::Kind::Revoked && !status.is_on_hold;
  };
  if (is_final(one) != is_final(other)) return is_final(one);
  return one.this_update > other.this_update;
}

}  // namespace

Result<void> AnswerBook::add(Bytes der) {
  if (entries_.size() == limits_.crls) return failure(Rule::LimitCrls);
  OcspAnswer answer = TRY(OcspAnswer::parse(std::move(der), limits_));
  entries_.push_back({std::move(answer), OcspStatus::Age::Kept});
  return {};
}

Result<void> AnswerBook::add_fresh(Bytes der, ByteView nonce) {
  OcspAnswer answer = TRY(OcspAnswer::parse(std::move(der), limits_));
  if (answer.nonce() && !equal(*answer.nonce(), nonce)) {
    return unusable("it answers another request: its nonce differs");
  }
  entries_.push_back({std::move(answer), OcspStatus::Age::Fresh});
  return {};
}

// A responder that is not the issuer itself has a path of its own, through that issuer.
Result<void> AnswerBook::check_signer(const Certificate& signer,
                                      const std::vector<Certificate>& path, std::size_t index) {
  if (signer == path[index + 1]) return {};
  std::vector<Certificate> own{signer};
  own.insert(own.end(), path.begin() + static_cast<std::ptrdiff_t>(index) + 1, path.end());
  window_.narrow(signer.not_before(), options_.at);
  window_.narrow(signer.not_after(), options_.at);
  LibcryptoPath::Outcome outcome = libcrypto_.validate(own, LibcryptoPath::End::Anchor);
  check_strength(own, 1, options_.weak, outcome.findings);
  for (const Finding& finding : outcome.findings) {
    if (finding.severity < Severity::Indeterminate) continue;
    return unusable("its signer's certificate: " + std::string(info(finding.rule).text));
  }
  // CERT-61
  bool is_unknown = outcome.unchecked.contains(0) && !has_nocheck(signer);
  if (is_unknown && options_.revocation == RevocationPolicy::Hard) {
    return unusable("whether its signer was revoked is not known");
  }
  return {};
}

Result<std::optional<OcspStatus>> AnswerBook::read(const Entry& entry,
                                                   const std::vector<Certificate>& path,
                                                   std::size_t index) {
  const Certificate& issuer = path[index + 1];
  auto status = TRY(entry.answer.find(path[index], issuer));
  if (!status) return status;
  Certificate signer = TRY(entry.answer.find_signer(issuer, options_.weak));
  TRY_VOID(check_signer(signer, path, index));
  window_.narrow(status->this_update, options_.at);
  if (status->next_update) window_.narrow(*status->next_update, options_.at);
  using Kind = OcspStatus::Kind;
  if (status->kind == Kind::Unknown) return unusable("the responder does not know the certificate");
  bool is_final = status->kind == Kind::Revoked && !status->is_on_hold;
  if (!is_final && !status->is_current(options_.at, entry.age)) {
    return unusable("it is about another time: " + to_iso8601(status->this_update));
  }
  return status;
}

std::optional<OcspStatus> AnswerBook::find(const std::vector<Certificate>& path, std::size_t index,
                                           Findings& flaws) {
  std::optional<OcspStatus> best;
  for (const Entry& entry : entries_) {
    auto status = read(entry, path, index);
    if (!status) {
      flaws.push_back(
          Finding::of(Rule::RevocationBadAnswer, path_place(index), status.error().detail));
    } else if (*status && (!best || outweighs(**status, *best))) {
      best = **status;
    }
  }
  return best;
}

}  // namespace bulla::x509
