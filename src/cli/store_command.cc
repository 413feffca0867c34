#include "base/text.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/store_place.h"
#include "cli/store_text.h"
#include "cli/world.h"

namespace bulla::cli {
namespace {

using store::Missing;

struct Answer {
  std::string text;
  std::string json;
  std::vector<std::string> problems;
  std::string place;  // where they are
};

std::string number(std::int64_t count, std::string_view noun) {
  return counted(static_cast<std::uint64_t>(count), noun);
}

Result<Answer> verify(const store::Store& store) {
  std::vector<std::string> problems = TRY(store.check());
  store::Counts counts = TRY(store.count());
  int exit = problems.empty() ? 0 : static_cast<int>(exit_code(Rule::StoreDamaged));
  std::string sound = "sound: " + number(counts.certificates, "certificate") + ", " +
                      number(counts.keys, "key") + ", " + number(counts.entries, "change") +
                      " in the history\n";
  return Answer{.text = problems.empty() ? sound : std::string(),
                .json = check_json(store.name(), problems, exit),
                .problems = std::move(problems),
                .place = store.name()};
}

Result<Answer> status(const store::Store& store) {
  store::Counts counts = TRY(store.count());
  return Answer{.text = counts_text(store.name(), counts),
                .json = counts_json(store.name(), counts),
                .problems = {},
                .place = store.name()};
}

// What was changed behind the back of a backup is not taken over.
Result<Answer> restore(const StoreOptions& options) {
  auto file = TRY(store::open_sqlite(options.what[0], Missing::Fail));
  auto from = TRY(store::Store::open(std::move(file)));
  Answer found = TRY(verify(*from));
  if (!found.problems.empty()) return found;
  auto store = TRY(open_store(options.common, Missing::Create));
  TRY_VOID(store->restore(*from));
  return status(*store);
}

Result<Answer> answer(const StoreOptions& options) {
  if (options.verb == kStoreRestore) return restore(options);
  auto missing = options.verb == kStoreInit ? Missing::Create : Missing::Fail;
  auto store = TRY(open_store(options.common, missing));
  if (options.verb == kStoreVerify) return verify(*store);
  if (options.verb != kStoreBackup) return status(*store);
  TRY_VOID(store->back_up(options.what[0]));
  return Answer{.text = printable(options.what[0]) + "\n",
                .json = done_json(),
                .problems = {},
                .place = store->name()};
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
  return console.fail(Error{Rule::StoreDamaged, 0, said->place});
}

}  // namespace bulla::cli
