#include "cli/batch_report.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/try.h"

namespace bulla::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

std::string string_of(const Json& json, const char* key) {
  auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number_of(const Json& json, const char* key) {
  auto found = json.find(key);
  return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string from_hex(std::string_view digits) {
  std::string text;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    auto value = [&](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
    text += static_cast<char>(value(digits[i]) << 4 | value(digits[i + 1]));
  }
  return text;
}

std::string_view text_of_rule(std::string_view slug) {
  auto rule = find_rule(slug);
  return rule ? info(*rule).text : std::string_view();
}

}  // namespace

std::string outcome_json(const Outcome& outcome) {
  Json json = {{"index", outcome.item.index},
               {"path", outcome.item.path},
               {"status", outcome.status},
               {"exit", static_cast<int>(outcome.exit)},
               {"findings", outcome.findings},
               {"signer", text_or_null(outcome.signer)},
               {"output", text_or_null(outcome.output)},
               {"bytes_in", outcome.bytes_in},
               {"sha256_in", text_or_null(outcome.sha256_in)},
               {"bytes_out", outcome.bytes_out},
               {"sha256_out", text_or_null(outcome.sha256_out)}};
  if (!is_utf8(outcome.item.path)) json["path_hex"] = to_hex(as_bytes(outcome.item.path));
  if (!outcome.detail.empty()) json["error"] = outcome.detail;
  return line_of(json);
}

std::optional<Outcome> parse_outcome(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  Outcome outcome;
  outcome.item.index = number_of(json, "index");
  outcome.item.path = string_of(json, "path");
  if (json.contains("path_hex")) outcome.item.path = from_hex(string_of(json, "path_hex"));
  outcome.status = string_of(json, "status");
  outcome.exit = static_cast<Exit>(number_of(json, "exit"));
  if (auto list = json.find("findings"); list != json.end() && list->is_array()) {
    for (const Json& slug : *list) {
      if (slug.is_string()) outcome.findings.push_back(slug.get<std::string>());
    }
  }
  outcome.signer = string_of(json, "signer");
  outcome.output = string_of(json, "output");
  outcome.bytes_in = number_of(json, "bytes_in");
  outcome.sha256_in = string_of(json, "sha256_in");
  outcome.bytes_out = number_of(json, "bytes_out");
  outcome.sha256_out = string_of(json, "sha256_out");
  outcome.detail = string_of(json, "error");
  return outcome;
}

Exit worse(Exit a, Exit b) {
  constexpr std::array kWorstFirst = {Exit::Io,          Exit::CannotCreate,  Exit::Temporary,
                                      Exit::NoInput,     Exit::Invalid,       Exit::Malformed,
                                      Exit::Unavailable, Exit::NoKey,         Exit::Configuration,
                                      Exit::Usage,       Exit::Indeterminate, Exit::Absent,
                                      Exit::Done};
  return std::find(kWorstFirst.begin(), kWorstFirst.end(), a) <=
                 std::find(kWorstFirst.begin(), kWorstFirst.end(), b)
             ? a
             : b;
}

void Tally::add(const Outcome& outcome, Origin origin) {
  ++messages_;
  if (origin == Origin::EarlierRun) ++earlier_;
  bytes_in_ += outcome.bytes_in;
  bytes_out_ += outcome.bytes_out;
  exit_ = worse(exit_, outcome.exit);
  ++by_status_[outcome.status];
  for (const std::string& slug : outcome.findings) ++by_finding_[slug];
}

std::string Tally::text(const Ending& ending) const {
  std::string text = "bulla: " + counted(messages_, "message");
  std::string separator = ": ";
  for (const auto& [status, count] : by_status_) {
    text += separator + std::to_string(count) + " " + status;
    separator = ", ";
  }
  text += ending.complete ? "\n" : "; not complete\n";
  for (const auto& [slug, count] : by_finding_) {
    std::string number = std::to_string(count);
    text += std::string(number.size() < 8 ? 8 - number.size() : 0, ' ') + number + "  " +
            std::string(text_of_rule(slug)) + " [" + slug + "]\n";
  }
  if (earlier_ > 0) text += "  " + counted(earlier_, "message") + " done by an earlier run\n";
  if (ending.passed_over > 0) {
    text += "  " + counted(ending.passed_over, "other file") + " passed over\n";
  }
  return text;
}

std::string Tally::json(const Ending& ending) const {
  return line_of({{"summary",
                   {{"complete", ending.complete},
                    {"exit", static_cast<int>(exit_)},
                    {"messages", messages_},
                    {"by_an_earlier_run", earlier_},
                    {"passed_over", ending.passed_over},
                    {"bytes_in", bytes_in_},
                    {"bytes_out", bytes_out_},
                    {"by_status", by_status_},
                    {"by_finding", by_finding_}}}});
}

Result<BatchReport> BatchReport::open(const std::optional<std::string>& path,
                                      const std::vector<host::FileId>& inputs) {
  BatchReport report;
  if (!path) return report;
  report.name_ = *path == "-" ? "standard output" : *path;
  report.descriptor_ = 1;
  if (*path == "-") return report;
  auto there = host::find_file_id(*path);
  if (there && std::find(inputs.begin(), inputs.end(), *there) != inputs.end()) {
    return failure(Rule::IoSameFile, 0, *path);
  }
  report.file_ = TRY(host::create_file(*path));
  report.descriptor_ = report.file_.number();
  return report;
}

void BatchReport::add(const std::string& json) {
  if (descriptor_ >= 0) pending_ += json + "\n";
}

Result<void> BatchReport::flush() {
  if (pending_.empty()) return {};
  std::string lines = std::exchange(pending_, {});
  return host::write_all(descriptor_, as_bytes(lines), name_);
}

}  // namespace bulla::cli
