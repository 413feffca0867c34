#include "x509/revocation_check.h"

#include <algorithm>

#include "base/text.h"
#include "x509/access_points.h"
#include "x509/crl.h"
#include "x509/key_info.h"
#include "x509/name.h"
#include "x509/path_checks.h"

namespace bulla::x509 {
namespace {

bool is_about_lists(const Finding& finding) {
  return finding.rule == Rule::RevocationStale || finding.rule == Rule::RevocationBadList;
}

}  // namespace

RevocationCheck::RevocationCheck(const PathFinder::Ports& ports, const Limits& limits,
                                 const PathOptions& options, const Carried& carried,
                                 LibcryptoPath& libcrypto, TimeWindow& window)
    : ports_(ports),
      limits_(limits),
      options_(options),
      carried_(carried),
      libcrypto_(libcrypto),
      window_(window),
      answers_(options, limits, libcrypto, window) {}

// What came with the message is used like what is at hand (CERT-04): it is signed.
void RevocationCheck::gather(const std::vector<Certificate>& candidates) {
  if (options_.revocation == RevocationPolicy::Off) return;
  std::vector<Bytes> names;
  for (const Certificate& candidate : candidates) {
    for (Bytes& name : list_issuers(candidate)) {
      std::string key = comparison_key(name);
      auto& keys = list_issuers_;
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      keys.push_back(std::move(key));
      names.push_back(std::move(name));
    }
  }
  for (const Bytes& name : names) {
    if (ports_.revocation == nullptr) break;
    std::vector<Bytes> crls = ports_.revocation->find_by_issuer(name);
    crls.resize(std::min(crls.size(), limits_.crls));
    for (const Bytes& crl : crls) add_crl(crl);
  }
  for (std::size_t i = 0; i < carried_.crls.size(); ++i) {
    if (i == limits_.crls) {
      findings_.push_back(Finding::of(Rule::RevocationBadList, {}, "too many lists"));
      break;
    }
    add_crl(carried_.crls[i]);
  }
  for (const Bytes& answer : carried_.answers) {
    if (auto added = answers_.add(answer); !added) {
      findings_.push_back(Finding::of(Rule::RevocationBadAnswer, {}, describe(added.error())));
    }
  }
}

void RevocationCheck::note_dates(const Certificate& certificate) {
  window_.narrow(certificate.not_before(), options_.at);
  window_.narrow(certificate.not_after(), options_.at);
}

// Whether the list is one that counts; then its issuer and its end.
bool RevocationCheck::add_crl(ByteView der, std::optional<Time>& next_update, Bytes& issuer) {
  auto crl = Crl::parse(der, limits_);
  if (!crl) {
    findings_.push_back(Finding::of(Rule::RevocationBadList, {}, describe(crl.error())));
    return false;
  }
  window_.narrow(crl->this_update, options_.at);
  if (crl->next_update) window_.narrow(*crl->next_update, options_.at);
  std::string key = comparison_key(crl->issuer);
  const auto& keys = list_issuers_;
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) return false;
  using Fate = LibcryptoPath::CrlFate;
  Fate fate = libcrypto_.add_crl(der, find_by_name(crl->issuer, key));
  if (fate == Fate::Malformed || fate == Fate::BadSignature) {
    std::string_view detail = fate == Fate::Malformed ? "malformed" : "its signature does not fit";
    findings_.push_back(Finding::of(Rule::RevocationBadList, {}, std::string(detail)));
  }
  next_update = crl->next_update;
  issuer = to_bytes(crl->issuer);
  return fate == Fate::Added;
}

void RevocationCheck::add_crl(ByteView der) {
  std::optional<Time> next_update;
  Bytes issuer;
  add_crl(der, next_update, issuer);
}

std::vector<Certificate> RevocationCheck::find_by_name(ByteView name, const std::string& key) {
  std::vector<Certificate> found;
  auto take = [&](const Certificate& certificate) {
    bool known = std::find(found.begin(), found.end(), certificate) != found.end();
    bool usable = !find_key_flaw(read_key_info(certificate.subject_public_key_info()), limits_);
    if (known || !usable || found.size() >= limits_.path_length) return;
    note_dates(certificate);
    found.push_back(certificate);
  };
  auto take_all = [&](const std::vector<Certificate>& certificates) {
    for (const Certificate& certificate : certificates) take(certificate);
  };
  if (ports_.trust != nullptr) take_all(ports_.trust->find_by_subject(name));
  if (ports_.certificates != nullptr) take_all(ports_.certificates->find_by_subject(name));
  for (const Certificate& certificate : carried_.certificates) {
    if (comparison_key(certificate.subject_der()) == key) take(certificate);
  }
  return found;
}

void RevocationCheck::add_answers_of(const Certificate& certificate) {
  if (ports_.revocation == nullptr) return;
  if (!asked_.insert(std::string(as_text(certificate.sha256()))).second) return;
  for (Bytes& der :
       ports_.revocation->find_answers(certificate.issuer_der(), certificate.serial_number())) {
    if (auto added = answers_.add(std::move(der)); !added) {
      findings_.push_back(Finding::of(Rule::RevocationBadAnswer, {}, describe(added.error())));
    }
  }
}

void RevocationCheck::judge(const std::vector<Certificate>& path, LibcryptoPath::Outcome& outcome) {
  if (options_.revocation == RevocationPolicy::Off) return;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    add_answers_of(path[i]);
    auto status = answers_.find(path, i, outcome.findings);
    if (!status) continue;
    outcome.unchecked.erase(i);
    bool is_revoked = status->kind == OcspStatus::Kind::Revoked;
    std::string when = to_iso8601(is_revoked ? *status->revoked_at : status->this_update);
    outcome.findings.push_back(
        is_revoked ? Finding::of(Rule::RevocationRevoked, path_place(i), "OCSP: since " + when)
                   : Finding::of(Rule::RevocationByOcsp, path_place(i), "as of " + when));
  }
}

bool RevocationCheck::fetch_answer(const std::vector<Certificate>& path, std::size_t index) {
  auto answer = ports_.online->fetch_answer(path[index], path[index + 1]);
  if (!answer) return false;
  Online::Item& item = answer->item;
  if (auto added = answers_.add_fresh(item.octets, answer->nonce); !added) {
    ports_.online->say(Rule::RevocationBadAnswer,
                       printable(item.url) + ": " + describe(added.error()));
    return false;
  }
  Findings flaws;  // that of the answer which came last is the last one
  auto status = answers_.find(path, index, flaws);
  if (!status) {
    std::string flaw = flaws.empty() ? "it is about another certificate" : flaws.back().detail;
    ports_.online->say(Rule::RevocationBadAnswer, printable(item.url) + ": " + flaw);
    return false;
  }
  if (!status->next_update) return true;
  fetched_.push_back({.kind = Fetched::Kind::Answer,
                      .url = std::move(item.url),
                      .der = std::move(item.octets),
                      .name = to_bytes(path[index].issuer_der()),
                      .serial_number = to_bytes(path[index].serial_number()),
                      .next_update = status->next_update});
  return true;
}

bool RevocationCheck::fetch_lists(const Certificate& certificate) {
  bool came = false;
  for (Online::Item& item : ports_.online->fetch_lists(certificate)) {
    Fetched fetched{.kind = Fetched::Kind::List,
                    .url = std::move(item.url),
                    .der = std::move(item.octets),
                    .name = {},
                    .serial_number = {},
                    .next_update = {}};
    if (!add_crl(fetched.der, fetched.next_update, fetched.name)) continue;
    came = true;
    if (fetched.next_update) fetched_.push_back(std::move(fetched));
  }
  return came;
}

// A responder answers about one certificate in a few octets; lists can be long (CERT-46: only
// what the certificates of a path to a root say is followed).
bool RevocationCheck::fetch(const std::vector<Certificate>& path,
                            const LibcryptoPath::Outcome& outcome) {
  bool is_off = options_.revocation == RevocationPolicy::Off;
  if (ports_.online == nullptr || is_off) return false;
  bool came = false;
  for (std::size_t index : outcome.unchecked) {
    if (fetch_answer(path, index) || fetch_lists(path[index])) came = true;
  }
  return came;
}

void RevocationCheck::conclude(LibcryptoPath::Outcome& outcome) const {
  if (options_.revocation == RevocationPolicy::Off) return;
  bool is_hard = options_.revocation == RevocationPolicy::Hard;
  bool is_missing = false;
  for (std::size_t index : outcome.unchecked) {
    std::string place = path_place(index);
    if (is_hard) outcome.findings.push_back(Finding::of(Rule::RevocationUnknown, place));
    bool is_said = std::any_of(
        outcome.findings.begin(), outcome.findings.end(),
        [&](const Finding& finding) { return finding.place == place && is_about_lists(finding); });
    is_missing = is_missing || !is_said;
  }
  if (!is_hard && is_missing) outcome.findings.push_back(Finding::of(Rule::RevocationNotChecked));
}

void RevocationCheck::keep() const {
  for (const Fetched& fetched : fetched_) ports_.online->keep(fetched);
}

}  // namespace bulla::x509
