#include "cli/discovery.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/inquiry.h"
#include "cli/json_values.h"
#include "cli/store_place.h"
#include "cli/store_text.h"
#include "cli/stores.h"
#include "cli/world.h"
#include "host/environment.h"
#include "host/sink.h"
#include "x509/pem.h"

namespace bulla::cli {
namespace {

using store::FoundCertificate;
using store::RefusedCertificate;
using store::Vouching;

struct Outcome {
  std::string address;
  std::vector<Attempt> attempts;
  store::Discovery judged;
  std::optional<store::Imported> kept;
};

Result<std::vector<net::DirectoryPtr>> whom_to_ask(const DiscoveryOptions& options) {
  std::vector<net::DirectoryPtr> all;
  net::DnsOptions dns{.server = options.dns_server, .trust_anchor = options.trust_anchor};
  if (options.smimea == DiscoveryOptions::Dns::Ask) {
    all.push_back(TRY(net::make_smimea_directory(dns)));
  }
  if (options.dns_cert == DiscoveryOptions::Dns::Ask) {
    all.push_back(TRY(net::make_dns_cert_directory(dns)));
  }
  auto tls = options.tls == DiscoveryOptions::Tls::Start ? net::LdapOptions::Tls::Start
                                                         : net::LdapOptions::Tls::AsUri;
  for (const std::string& uri : options.ldap) {
    all.push_back(TRY(net::make_ldap_directory({.uri = uri, .tls = tls})));
  }
  for (const std::string& url : options.http) all.push_back(TRY(net::make_http_directory(url)));
  return all;
}

InquiryOptions inquiry_options(const DiscoveryOptions& options) {
  std::string folder = host::cache_folder();
  if (!folder.empty()) folder += "/misses";
  bool asks_again = options.misses == DiscoveryOptions::Misses::AskAgain;
  return {.time = std::chrono::seconds(options.seconds),
          .misses = host::MissCache(std::move(folder)),
          .again = asks_again ? InquiryOptions::Again::Yes : InquiryOptions::Again::No,
          .now = host::current_time()};
}

store::Discovery judge_all(const Outcome& outcome, const RecipientWorld& world, Time at) {
  std::vector<store::PlacedAnswer> answers;
  for (const Attempt& one : outcome.attempts) {
    if (one.answer) answers.push_back({one.whom->origin(), one.whom->place(), *one.answer});
  }
  return store::judge(outcome.address, answers,
                      {.trust = world.trust.get(),
                       .certificates = world.certificates.get(),
                       .revocation = world.revocation.get()},
                      at);
}

// Each with where it came from in its history.
Result<store::Imported> keep(const Outcome& outcome, const CommonOptions& common) {
  std::vector<store::Import> batches;
  for (const FoundCertificate& one : outcome.judged.found) batches.push_back(to_import(one));
  std::vector<store::Store::Provided> parts;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const FoundCertificate& one = outcome.judged.found[i];
    std::string source = "from " + join(one.places, ", ") + " for " + outcome.address +
                         ", vouched for by " + std::string(name(one.vouching));
    parts.push_back({batches[i], {.at = host::current_time(), .source = std::move(source)}});
  }
  auto store = TRY(open_store(common, store::Missing::Create));
  return store->import(parts);
}

// What something vouches for; where there is nothing of that, all.
std::string pem_of(const std::vector<FoundCertificate>& found) {
  std::string pem;
  bool has_vouched = found.front().vouching != Vouching::Nobody;
  for (const FoundCertificate& one : found) {
    if (has_vouched && one.vouching == Vouching::Nobody) continue;
    pem += x509::write_pem("CERTIFICATE", one.certificate.der());
  }
  return pem;
}

Result<void> write(const StoreOptions& options, const std::vector<FoundCertificate>& found) {
  auto out = TRY(host::open_sink(*options.common.output, {}));
  TRY_VOID(out->write(as_bytes(pem_of(found))));
  return out->finish();
}

std::string vouching_text(const FoundCertificate& one) {
  switch (one.vouching) {
    case Vouching::Dns:
      return "the signed DNS vouches for it";
    case Vouching::Path:
      return "path to " + printable(one.root.empty() ? one.certificate.subject() : one.root);
    case Vouching::Nobody:
      return "nothing vouches for it" +
             (one.lack ? ": " + printable(describe(*one.lack)) : std::string());
  }
  return {};
}

std::string found_text(const FoundCertificate& one, Time at) {
  store::Found described{
      .row = {.certificate = one.certificate, .standing = store::Standing::Used, .added = Time()},
      .has_key = false,
      .trust = {}};
  return certificate_line(described, at) + "  " + printable(join(one.places, ", ")) + "\n  " +
         vouching_text(one) + "\n";
}

std::string attempt_text(const Attempt& one) {
  std::string text = std::string(name(one.whom->origin())) + " " + printable(one.whom->place());
  std::string again = one.is_remembered ? " (asked a short time ago; --refresh asks again)" : "";
  if (!one.answer) return text + ": " + printable(describe(one.answer.error())) + again;
  std::size_t count = one.answer->certificates.size() + one.answer->records.size();
  std::string what = one.whom->origin() == store::Origin::Smimea ? "record" : "certificate";
  if (count == 0) return text + ": nothing" + again;
  return text + ": " + std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string refused_text(const RefusedCertificate& one) {
  return "not taken: " + to_hex(one.certificate.sha256()).substr(0, 16) + "  " +
         printable(join(one.places, ", ")) + ": " + printable(describe(one.why));
}

// Somebody who could not be asked may have it.
std::optional<Error> lack_of(const Outcome& outcome) {
  if (!outcome.judged.found.empty()) return std::nullopt;
  for (const Attempt& one : outcome.attempts) {
    if (!one.answer) return one.answer.error();
  }
  return Error{Rule::KeyUnknownAddress, 0, outcome.address};
}

Exit exit_of(const Outcome& outcome) {
  if (auto lack = lack_of(outcome)) return exit_code(lack->rule);
  bool is_vouched = outcome.judged.found.front().vouching != Vouching::Nobody;
  return is_vouched ? Exit::Done : Exit::Indeterminate;
}

Json found_json(const FoundCertificate& one) {
  Json json = certificate_json(one.certificate);
  json["from"] = one.places;
  json["vouching"] = name(one.vouching);
  json["root"] = one.root.empty() ? Json(nullptr) : Json(one.root);
  json["lack"] = one.lack ? refusal_json(*one.lack) : Json(nullptr);
  return json;
}

Json attempt_json(const Attempt& one) {
  Json json = {{"origin", name(one.whom->origin())},
               {"place", one.whom->place()},
               {"remembered", one.is_remembered},
               {"error", one.answer ? Json(nullptr) : refusal_json(one.answer.error())},
               {"certificates", one.answer ? one.answer->certificates.size() : 0},
               {"records", one.answer ? one.answer->records.size() : 0}};
  json["findings"] = one.answer ? findings_json(one.answer->findings) : Json::array();
  return json;
}

std::string outcome_json(const Outcome& outcome) {
  Json found = Json::array();
  for (const FoundCertificate& one : outcome.judged.found) found.push_back(found_json(one));
  Json refused = Json::array();
  for (const RefusedCertificate& one : outcome.judged.refused) {
    Json json = certificate_json(one.certificate);
    json["from"] = one.places;
    json["error"] = refusal_json(one.why);
    refused.push_back(std::move(json));
  }
  Json asked = Json::array();
  for (const Attempt& one : outcome.attempts) asked.push_back(attempt_json(one));
  Json kept = Json::array();
  if (outcome.kept) {
    for (const auto& one : outcome.kept->certificates) {
      kept.push_back({{"sha256", to_hex(one.certificate.sha256())}, {"result", name(one.what)}});
    }
  }
  return text_of({{"version", 1},
                  {"exit", static_cast<int>(exit_of(outcome))},
                  {"address", outcome.address},
                  {"certificates", std::move(found)},
                  {"not_taken", std::move(refused)},
                  {"asked", std::move(asked)},
                  {"kept", std::move(kept)}});
}

Answer answer_about(const Outcome& outcome, const StoreOptions& options, Time at) {
  Answer answer{.json = outcome_json(outcome), .error = lack_of(outcome), .exit = exit_of(outcome)};
  for (const FoundCertificate& one : outcome.judged.found) answer.text += found_text(one, at);
  if (outcome.kept) {
    answer.text += import_text(*outcome.kept);
    answer.warnings = outcome.kept->findings;
  }
  if (options.common.output) {
    for (std::string_view line : split(trim(answer.text), '\n')) answer.said.emplace_back(line);
    answer.text.clear();
  }
  for (const Attempt& one : outcome.attempts) {
    answer.said.push_back(attempt_text(one));
    if (!one.answer) continue;
    for (const Finding& finding : one.answer->findings) answer.warnings.push_back(finding);
  }
  for (const RefusedCertificate& one : outcome.judged.refused) {
    answer.said.push_back(refused_text(one));
  }
  if (answer.exit == Exit::Indeterminate && !outcome.kept) {
    answer.hint = "compare its fingerprint with the owner's before you use it";
  }
  return answer;
}

}  // namespace

Result<Answer> discover(const StoreOptions& options) {
  Outcome outcome{.address = options.what[0], .attempts = {}, .judged = {}, .kept = {}};
  if (!is_address(outcome.address)) {
    return failure(Rule::IoUsage, 0, outcome.address + ": others are asked for a mail address");
  }
  Time at = options.at.value_or(host::current_time());
  SealingOptions trust;
  trust.common = options.common;
  trust.verb = kCanSend;  // which has roots without --trust
  trust.trust = options.trust;
  trust.at = at;
  RecipientWorld world = TRY(load_recipient_world(trust));
  auto whom = TRY(whom_to_ask(options.discovery));
  outcome.attempts = inquire(whom, outcome.address, inquiry_options(options.discovery));
  outcome.judged = judge_all(outcome, world, at);
  const auto& found = outcome.judged.found;
  bool keeps = options.discovery.found == DiscoveryOptions::Found::Keep && !found.empty();
  if (keeps) outcome.kept = TRY(keep(outcome, options.common));
  if (options.common.output && !found.empty()) TRY_VOID(write(options, found));
  return answer_about(outcome, options, at);
}

}  // namespace bulla::cli
