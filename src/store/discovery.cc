#include "store/discovery.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "message/suitable.h"
#include "x509/address_match.h"

namespace bulla::store {
namespace {

using x509::DaneRecord;
using Usage = DaneRecord::Usage;

struct Candidate {
  Certificate certificate;
  std::vector<std::string> places;
};

// What a search for a path gives: the path, or what is wrong.
struct Path {
  std::vector<Certificate> certificates;  // the root last; empty: none
  Error why;
};

class Judge {
 public:
  Judge(const std::string& address, const x509::PathFinder::Ports& ports, Time at)
      : address_(address), ports_(ports), at_(at) {}

  void add(const PlacedAnswer& one) {
    std::string place = std::string(name(one.origin)) + " " + one.place;
    for (const Certificate& certificate : one.answer.certificates) add(certificate, place);
    for (const DaneRecord& record : one.answer.records) {
      records_.push_back(record);
      if (auto whole = record.certificate()) add(*whole, place);
    }
  }

  Discovery run() {
    for (const Candidate& one : candidates_) judge(one);
    std::stable_sort(result_.found.begin(), result_.found.end(),
                     [](const FoundCertificate& a, const FoundCertificate& b) {
                       if (a.vouching != b.vouching) return a.vouching < b.vouching;
                       return a.certificate.not_before() > b.certificate.not_before();
                     });
    return std::move(result_);
  }

 private:
  void add(const Certificate& certificate, const std::string& place) {
    auto known = std::find_if(candidates_.begin(), candidates_.end(),
                              [&](const Candidate& one) { return one.certificate == certificate; });
    if (known == candidates_.end()) {
      pool_.push_back(certificate);
      candidates_.push_back({certificate, {place}});
    } else if (std::find(known->places.begin(), known->places.end(), place) ==
               known->places.end()) {
      known->places.push_back(place);
    }
  }

  void judge(const Candidate& one) {
    const Certificate& certificate = one.certificate;
    if (!x509::match_address(certificate, address_, x509::LocalPart::Exact)) {
      bool is_issuer = certificate.is_ca() && x509::filing_names(certificate).empty();
      if (!is_issuer) refuse(one, {Rule::AddressOther, 0, printable(certificate.subject())});
      return;
    }
    auto serves = check_recipient(certificate, at_);
    if (!serves) return refuse(one, serves.error());
    if (!records_.empty()) return judge_by_records(one);
    judge_by_path(one, Issuers::Any);
  }

  void refuse(const Candidate& one, Error why) {
    result_.refused.push_back({one.certificate, one.places, std::move(why)});
  }

  // Any record that fits suffices (RFC 6698 4.1); where none does the certificate is not the one.
  void judge_by_records(const Candidate& one) {
    bool is_listed = false;
    bool limits_issuers = false;
    std::vector<Certificate> anchors;
    for (const DaneRecord& record : records_) {
      if (record.usage == Usage::DaneTa) add_matching(record, anchors);
      limits_issuers = limits_issuers || record.usage == Usage::PkixTa;
      if (record.names_issuer() || !record.matches(one.certificate)) continue;
      if (record.usage == Usage::DaneEe) return vouch(one, {});
      is_listed = true;
    }
    if (!anchors.empty() && vouch_below(one, std::move(anchors))) return;
    if (is_listed) return judge_by_path(one, Issuers::Any);
    if (limits_issuers) return judge_by_path(one, Issuers::Recorded);
    refuse(one, {Rule::AddressDnsDiffers, 0, printable(one.certificate.subject())});
  }

  void add_matching(const DaneRecord& record, std::vector<Certificate>& to) const {
    std::copy_if(pool_.begin(), pool_.end(), std::back_inserter(to),
                 [&](const Certificate& one) { return one.is_ca() && record.matches(one); });
  }

  void vouch(const Candidate& one, std::vector<Certificate> path) {
    FoundCertificate found{.certificate = one.certificate, .places = one.places};
    found.vouching = Vouching::Dns;
    take_path(found, path);
    result_.found.push_back(std::move(found));
  }

  // DANE-TA: to an issuer that the DNS names, and to no other root.
  bool vouch_below(const Candidate& one, std::vector<Certificate> anchors) {
    auto trust = make_trust_store(std::move(anchors));
    Path path = find_path(one.certificate, trust.get());
    if (path.certificates.empty()) return false;
    vouch(one, std::move(path.certificates));
    return true;
  }

  enum class Issuers { Any, Recorded };

  void judge_by_path(const Candidate& one, Issuers issuers) {
    FoundCertificate found{.certificate = one.certificate, .places = one.places};
    Path path = find_path(one.certificate, ports_.trust);
    if (!path.certificates.empty() && issuers == Issuers::Recorded && !is_recorded(path)) {
      return refuse(one, {Rule::AddressDnsDiffers, 0, printable(one.certificate.subject())});
    }
    if (path.certificates.empty()) {
      found.lack = std::move(path.why);
    } else {
      found.vouching = Vouching::Path;
      take_path(found, path.certificates);
    }
    result_.found.push_back(std::move(found));
  }

  bool is_recorded(const Path& path) const {
    return std::any_of(records_.begin(), records_.end(), [&](const DaneRecord& record) {
      return record.usage == Usage::PkixTa &&
             std::any_of(path.certificates.begin() + 1, path.certificates.end(),
                         [&](const Certificate& one) { return record.matches(one); });
    });
  }

  static void take_path(FoundCertificate& found, const std::vector<Certificate>& path) {
    if (path.size() < 2) return;
    found.issuers.assign(path.begin() + 1, path.end() - 1);
    found.root = path.back().subject();
  }

  Path find_path(const Certificate& certificate, const TrustStore* trust) const {
    if (trust == nullptr) return {.certificates = {}, .why = {Rule::PathNoRoot, 0, {}}};
    x509::PathFinder finder(
        {.trust = trust, .certificates = ports_.certificates, .revocation = ports_.revocation});
    x509::PathOptions options;
    options.at = at_;
    options.purpose = x509::Purpose::MailEncryption;
    x509::PathResult found =
        finder.find(certificate, {.certificates = pool_, .crls = {}, .answers = {}}, options);
    bool is_sound = found.verified && worst(found.findings) < Severity::Indeterminate;
    if (is_sound) return {.certificates = found.verified->certificates(), .why = {}};
    auto worst_one = std::max_element(
        found.findings.begin(), found.findings.end(),
        [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
    if (worst_one == found.findings.end())
      return {.certificates = {}, .why = {Rule::PathNoRoot, 0, {}}};
    return {.certificates = {}, .why = {worst_one->rule, 0, worst_one->detail}};
  }

  const std::string& address_;
  const x509::PathFinder::Ports& ports_;
  Time at_;
  std::vector<Candidate> candidates_;
  std::vector<Certificate> pool_;
  std::vector<DaneRecord> records_;
  Discovery result_;
};

}  // namespace

std::string_view name(Origin origin) {
  switch (origin) {
    case Origin::Smimea:
      return "smimea";
    case Origin::DnsCert:
      return "dns-cert";
    case Origin::Ldap:
      return "ldap";
    case Origin::Http:
      return "http";
  }
  return "";
}

std::string_view name(Vouching vouching) {
  switch (vouching) {
    case Vouching::Dns:
      return "dns";
    case Vouching::Path:
      return "path";
    case Vouching::Nobody:
      return "nobody";
  }
  return "";
}

Discovery judge(const std::string& address, const std::vector<PlacedAnswer>& answers,
                const x509::PathFinder::Ports& ports, Time at) {
  Judge judge(address, ports, at);
  for (const PlacedAnswer& one : answers) judge.add(one);
  return judge.run();
}

Import to_import(const FoundCertificate& found) {
  Import batch;
  batch.certificates = {found.certificate};
  batch.certificates.insert(batch.certificates.end(), found.issuers.begin(), found.issuers.end());
  batch.on = found.vouching == Vouching::Nobody ? Import::On::Unvouched : Import::On::Harvested;
  return batch;
}

}  // namespace bulla::store
