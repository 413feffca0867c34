#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/import.h"
#include "cli/json_values.h"
#include "cli/store_place.h"
#include "cli/world.h"
#include "host/environment.h"
#include "store/file.h"

namespace bulla::cli {
namespace {

using store::Missing;
using store::Store;

// The certificates of a file as they are, since Certificate::parse() refuses much that is to be
// explained here; or those that the store has by a fingerprint or an address.
Result<std::vector<Bytes>> find_octets(const StoreOptions& options, const std::string& what) {
  if (store::exists(what)) {
    Secret file = TRY(store::read_file(what, store::kMaxCertificateFile));
    auto all = extract_certificates(file.view());
    if (!all) return tl::unexpected(store::about_file(all.error(), what));
    return all;
  }
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Fail));
  std::vector<Bytes> all;
  for (const store::CertificateRow& row : TRY(find_what(*store, what))) {
    all.push_back(to_bytes(row.certificate.der()));
  }
  return all;
}

Result<std::vector<CertificateReport>> check_all(const StoreOptions& options) {
  std::vector<CertificateReport> reports;
  for (const std::string& what : options.what) {
    for (const Bytes& der : TRY(find_octets(options, what))) {
      auto report = check_certificate(der, options.check);
      if (!report) {
        Error error = report.error();
        error.detail = what + (error.detail.empty() ? "" : ": " + error.detail);
        return tl::unexpected(std::move(error));
      }
      reports.push_back(std::move(*report));
    }
  }
  return reports;
}

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(text.size() < width ? width - text.size() : 0, ' ');
}

std::string finding_text(const CertificateFinding& finding) {
  const CertificateCheck& check = *finding.check;
  std::string text = "  " + padded(name(check.severity), 9) + std::string(check.id) + "  " +
                     printable(finding.place) + ": " + std::string(check.text);
  if (!finding.detail.empty()) text += ": " + printable(finding.detail);
  return text + " (" + std::string(check.source) + ")\n";
}

std::string counts_text(const std::vector<CertificateFinding>& findings) {
  std::string text;
  for (CheckSeverity severity :
       {CheckSeverity::Error, CheckSeverity::Warning, CheckSeverity::Note}) {
    auto count = std::count_if(findings.begin(), findings.end(),
                               [&](const auto& each) { return each.check->severity == severity; });
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + counted(static_cast<std::uint64_t>(count), name(severity));
  }
  return text.empty() ? "nothing found" : text;
}

std::string report_text(const CertificateReport& report) {
  std::string subject = report.subject.empty() ? "(no subject)" : printable(report.subject);
  std::string text = to_hex(report.sha256).substr(0, 16) + "  " + subject + "\n";
  for (const CertificateFinding& each : report.findings) text += finding_text(each);
  text += "  " + counts_text(report.findings) + "; ";
  text += report.baseline ? "Baseline Requirements: " + name(*report.baseline)
                          : "Baseline Requirements: not checked";
  return text + "\n";
}

Json finding_json(const CertificateFinding& finding) {
  return {{"rule", finding.check->id}, {"severity", name(finding.check->severity)},
          {"place", finding.place},    {"text", finding.check->text},
          {"detail", finding.detail},  {"source", finding.check->source}};
}

Json report_json(const CertificateReport& report) {
  Json findings = Json::array();
  for (const CertificateFinding& each : report.findings) findings.push_back(finding_json(each));
  return {{"subject", report.subject},
          {"sha256", to_hex(report.sha256)},
          {"baseline", report.baseline ? Json(name(*report.baseline)) : Json(nullptr)},
          {"findings", std::move(findings)}};
}

Exit exit_of(const std::vector<CertificateReport>& reports) {
  bool is_wrong = std::any_of(reports.begin(), reports.end(), [](const auto& report) {
    return report.worst() == CheckSeverity::Error;
  });
  return is_wrong ? Exit::Invalid : Exit::Done;
}

std::string reports_json(const std::vector<CertificateReport>& reports) {
  Json list = Json::array();
  for (const CertificateReport& report : reports) list.push_back(report_json(report));
  return text_of({{"version", 1},
                  {"exit", static_cast<int>(exit_of(reports))},
                  {"certificates", std::move(list)}});
}

std::string list_text() {
  std::string text;
  for (const CertificateCheck& check : certificate_checks()) {
    text += padded(check.id, 36) + padded(name(check.severity), 9) + std::string(check.text) +
            " (" + std::string(check.source) + ")\n";
  }
  return text;
}

std::string list_json() {
  Json list = Json::array();
  for (const CertificateCheck& check : certificate_checks()) {
    list.push_back({{"rule", check.id},
                    {"severity", name(check.severity)},
                    {"text", check.text},
                    {"source", check.source}});
  }
  return text_of({{"version", 1}, {"exit", 0}, {"checks", std::move(list)}});
}

Result<Answer> answer(const StoreOptions& options) {
  if (options.asks == StoreOptions::Asks::Checks) {
    return Answer{.text = list_text(), .json = list_json()};
  }
  std::vector<CertificateReport> reports = TRY(check_all(options));
  Answer answer{.json = reports_json(reports), .exit = exit_of(reports)};
  for (const CertificateReport& each : reports) answer.text += report_text(each);
  return answer;
}

}  // namespace

Exit run_check(const StoreOptions& options) {
  return tell(options.common, ids_of(options.what), [&] { return answer(options); });
}

}  // namespace bulla::cli
