#include "base/text.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/store_text.h"
#include "cli/world.h"
#include "host/environment.h"

namespace bulla::cli {
namespace {

struct Answer {
  std::string text;
  std::string json;
  std::vector<std::string> problems;
};

Result<Answer> answer(const StoreOptions& options) {
  std::string folder = host::data_folder();
  std::string path = store::Store::path_in(folder);
  auto missing = options.verb == kStoreInit ? store::Missing::Create : store::Missing::Fail;
  std::unique_ptr<store::Store> store = TRY(store::Store::open(folder, missing));
  if (options.verb == kStoreVerify) {
    std::vector<std::string> problems = TRY(store->check());
    store::Counts counts = TRY(store->count());
    int exit = problems.empty() ? 0 : static_cast<int>(exit_code(Rule::StoreDamaged));
    auto number = [](std::int64_t count, std::string_view noun) {
      return counted(static_cast<std::uint64_t>(count), noun);
    };
    std::string sound = "sound: " + number(counts.certificates, "certificate") + ", " +
                        number(counts.keys, "key") + ", " + number(counts.entries, "change") +
                        " in the history\n";
    return Answer{.text = problems.empty() ? sound : std::string(),
                  .json = check_json(path, problems, exit),
                  .problems = std::move(problems)};
  }
  if (options.verb == kStoreBackup) {
    TRY_VOID(store->back_up(options.what[0]));
    return Answer{.text = printable(options.what[0]) + "\n", .json = done_json(), .problems = {}};
  }
  store::Counts counts = TRY(store->count());
  return Answer{
      .text = counts_text(path, counts), .json = counts_json(path, counts), .problems = {}};
}

}  // namespace

Exit run_store(const StoreOptions& options) {
  const CommonOptions& common = options.common;
  Console console(common.verbosity, common.colour);
  auto report = Report::open(common.json, {});
  if (!report) return console.fail(report.error());
  auto said = answer(options);
  if (!said) return fail(console, *report, said.error());
  if (common.json != "-" && common.verbosity != Verbosity::Quiet) print(1, said->text);
  auto written = report->write(said->json);
  if (!written) return console.fail(written.error());
  if (said->problems.empty()) return Exit::Done;
  for (const std::string& problem : said->problems) console.say("  " + printable(problem));
  return console.fail(Error{Rule::StoreDamaged, 0, store::Store::path_in(host::data_folder())});
}

}  // namespace bulla::cli
