#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/answer.h"
#include "cli/can_send.h"
#include "cli/commands.h"
#include "cli/json_values.h"
#include "cli/report.h"
#include "cli/verdict_text.h"
#include "cli/world.h"

namespace bulla::cli {
namespace {

std::string short_hex(const Certificate& certificate) {
  return to_hex(certificate.sha256()).substr(0, 16);
}

std::string describe_certificate(const Certificate& certificate) {
  return short_hex(certificate) + "  " + printable(short_name(certificate)) + ", " +
         certificate.key_description() + ", until " +
         to_iso8601(certificate.not_after()).substr(0, 10);
}

std::string line(std::string_view label, const std::string& value) {
  std::string text = "  " + std::string(label);
  text.resize(std::max<std::size_t>(text.size() + 1, 14), ' ');
  return text + value + "\n";
}

std::string trouble_text(const Finding& finding) {
  const RuleInfo& row = info(finding.rule);
  std::string detail = finding.detail.empty() ? "" : ": " + finding.detail;
  return printable(std::string(row.text) + detail + " [" + std::string(row.slug) + "]");
}

bool is_said_of_one(const Prospects& prospects, const Finding& finding) {
  if (finding.severity < Severity::Warning) return true;
  auto same = [&](const Finding& one) {
    return one.rule == finding.rule && one.detail == finding.detail;
  };
  return std::any_of(prospects.to.begin(), prospects.to.end(), [&](const Prospect& prospect) {
    return std::any_of(prospect.trouble.begin(), prospect.trouble.end(), same);
  });
}

// What is the same for sender and recipient: yes or no, certificates, trouble.
std::string prospect_text(const Prospect& prospect) {
  bool can = !prospect.refusal;
  std::string text = printable(prospect.who) + ": " +
                     (can ? "yes" : "no, " + printable(describe(*prospect.refusal))) + "\n";
  for (const store::Candidate& one : prospect.candidates) {
    bool is_first = one.behind.empty();
    text +=
        line(is_first ? "certificate" : "not", describe_certificate(one.certificate) +
                                                   (is_first ? "" : ": " + printable(one.behind)));
  }
  for (const AlgorithmChoice& choice : prospect.choices) {
    text += line(
        "", printable(std::string(name(choice.what)) + " " + choice.value + ": " + choice.reason));
  }
  for (const Finding& finding : prospect.trouble) {
    if (finding.severity >= Severity::Warning) text += line("trouble", trouble_text(finding));
  }
  if (!can && !info(prospect.refusal->rule).advice.empty()) {
    text += line("advice", std::string(info(prospect.refusal->rule).advice));
  }
  return text;
}

Json candidate_json(const store::Candidate& candidate) {
  Json json = certificate_json(candidate.certificate);
  json["chosen"] = candidate.behind.empty();
  json["lack"] = candidate.lack ? refusal_json(*candidate.lack) : Json(nullptr);
  json["behind"] = candidate.behind;
  return json;
}

Json prospect_json(const Prospect& prospect) {
  Json candidates = Json::array();
  for (const store::Candidate& one : prospect.candidates) candidates.push_back(candidate_json(one));
  return {{"who", prospect.who},
          {"can", !prospect.refusal},
          {"error", prospect.refusal ? refusal_json(*prospect.refusal) : Json(nullptr)},
          {"certificates", std::move(candidates)},
          {"choices", choices_json(prospect.choices)},
          {"findings", findings_json(prospect.trouble)}};
}

std::vector<host::FileId> input_ids(const CanSendOptions& options) {
  const SealingOptions& sealing = options.sealing;
  std::vector<std::string> paths = options.lists;
  for (const auto* list : {&sealing.identities, &sealing.recipients, &sealing.certs, &sealing.trust,
                           &sealing.crls, &sealing.mails}) {
    paths.insert(paths.end(), list->begin(), list->end());
  }
  if (sealing.secrets.passphrase_file) paths.push_back(*sealing.secrets.passphrase_file);
  return ids_of(paths);
}

}  // namespace

std::string prospects_text(const Prospects& prospects) {
  std::string text;
  if (prospects.from) text += "from " + prospect_text(*prospects.from);
  for (const Prospect& one : prospects.to) text += "to " + prospect_text(one);
  if (prospects.refusal) {
    text += "together: no, " + printable(describe(*prospects.refusal)) + "\n";
  }
  for (const AlgorithmChoice& choice : prospects.together.choices) {
    text += "together: " + printable(choice_text(choice)) + "\n";
  }
  for (const Finding& finding : prospects.together.findings) {
    if (!is_said_of_one(prospects, finding)) text += "together: " + trouble_text(finding) + "\n";
  }
  return text;
}

std::string prospects_json(const Prospects& prospects, int exit) {
  Json to = Json::array();
  for (const Prospect& one : prospects.to) to.push_back(prospect_json(one));
  return text_of({{"version", 1},
                  {"exit", exit},
                  {"can", prospects.is_possible()},
                  {"from", prospects.from ? prospect_json(*prospects.from) : Json(nullptr)},
                  {"to", std::move(to)},
                  {"together",
                   {{"error", prospects.refusal ? refusal_json(*prospects.refusal) : Json(nullptr)},
                    {"choices", choices_json(prospects.together.choices)},
                    {"findings", findings_json(prospects.together.findings)}}}});
}

Exit run_can_send(const CanSendOptions& options) {
  return tell(options.sealing.common, input_ids(options), [&]() -> Result<Answer> {
    Prospects prospects = TRY(look_ahead(options));
    Exit exit = prospects.is_possible() ? Exit::Done : Exit::Invalid;
    std::string json = prospects_json(prospects, static_cast<int>(exit));
    return Answer{.text = prospects_text(prospects), .json = std::move(json), .exit = exit};
  });
}

}  // namespace bulla::cli
