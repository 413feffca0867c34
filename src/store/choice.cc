#include "store/choice.h"

#include <algorithm>
#include <tuple>

#include "message/suitable.h"
#include "x509/address_match.h"

namespace bulla::store {
namespace {

enum class Fitness { Unfit, NotNow, WithoutPath, Fit };

struct Ranked {
  Candidate candidate;
  Fitness fitness = Fitness::Fit;
  bool is_in_alternative_name = true;
};

Fitness fitness_of(const Error& lack) {
  bool is_about_time = lack.rule == Rule::EncExpiredRecipient || lack.rule == Rule::CertExpired ||
                       lack.rule == Rule::CertNotYetValid;
  return is_about_time ? Fitness::NotNow : Fitness::Unfit;
}

Ranked judge(const Certificate& certificate, const Wish& wish) {
  Ranked ranked{.candidate = {.certificate = certificate, .lack = std::nullopt, .behind = {}}};
  auto checked = wish.use == Wish::Use::Encrypt ? check_recipient(certificate, wish.at)
                                                : check_signer(certificate, wish.at);
  if (!checked) {
    ranked.fitness = fitness_of(checked.error());
    ranked.candidate.lack = checked.error();
  } else if (wish.path) {
    auto leads = wish.path(certificate);
    if (!leads) {
      ranked.fitness = Fitness::WithoutPath;
      ranked.candidate.lack = leads.error();
    }
  }
  return ranked;
}

bool is_better(const Ranked& a, const Ranked& b) {
  const Certificate& one = a.candidate.certificate;
  const Certificate& other = b.candidate.certificate;
  auto rank_of = [](const Ranked& ranked) {
    return std::tuple(ranked.fitness, ranked.is_in_alternative_name,
                      ranked.candidate.certificate.not_before());
  };
  if (rank_of(a) != rank_of(b)) return rank_of(a) > rank_of(b);
  return less(one.sha256(), other.sha256());
}

std::string why_behind(const Ranked& ranked, const Ranked& first) {
  if (ranked.fitness < first.fitness && ranked.candidate.lack) {
    return describe(*ranked.candidate.lack);
  }
  if (ranked.is_in_alternative_name != first.is_in_alternative_name) {
    return "the address stands in its subject alone";
  }
  bool is_older =
      ranked.candidate.certificate.not_before() < first.candidate.certificate.not_before();
  return is_older ? "another is newer" : "another is as good, and has the smaller fingerprint";
}

}  // namespace

std::vector<Candidate> rank(const std::vector<Certificate>& certificates, const Wish& wish) {
  std::vector<Ranked> all;
  for (const Certificate& certificate : certificates) {
    bool is_known = std::any_of(all.begin(), all.end(), [&](const Ranked& one) {
      return one.candidate.certificate == certificate;
    });
    if (is_known) continue;
    std::optional<CertificateAddress> matched;
    if (!wish.address.empty()) {
      matched = x509::match_address(certificate, wish.address, x509::LocalPart::Exact);
      if (!matched) continue;
    }
    all.push_back(judge(certificate, wish));
    all.back().is_in_alternative_name =
        !matched || matched->source != AddressSource::SubjectEmailAddress;
  }
  std::sort(all.begin(), all.end(), is_better);
  std::vector<Candidate> candidates;
  for (Ranked& one : all) {
    if (!candidates.empty()) one.candidate.behind = why_behind(one, all.front());
    candidates.push_back(one.candidate);
  }
  return candidates;
}

}  // namespace bulla::store
