#include "base/text.h"
#include "base/try.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/store_place.h"
#include "cli/store_text.h"
#include "cli/world.h"
#include "host/environment.h"

namespace bulla::cli {
namespace {

using store::Missing;

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
  Answer answer{.json = check_json(store.name(), problems, exit)};
  if (problems.empty()) {
    answer.text = sound;
    return answer;
  }
  for (const std::string& problem : problems) answer.said.push_back("  " + printable(problem));
  answer.error = Error{Rule::StoreDamaged, 0, store.name()};
  return answer;
}

Result<Answer> status(const store::Store& store) {
  store::Counts counts = TRY(store.count());
  return Answer{.text = counts_text(store.name(), counts),
                .json = counts_json(store.name(), counts)};
}

// What was changed behind the back of a backup is not taken over.
Result<Answer> restore(const StoreOptions& options) {
  auto file = TRY(store::open_sqlite(options.what[0], Missing::Fail));
  // An empty file would become a store by being opened as one.
  if (TRY(file->schema_version()) == 0) return failure(Rule::StoreAbsent, 0, options.what[0]);
  auto from = TRY(store::Store::open(std::move(file)));
  Answer found = TRY(verify(*from));
  if (found.error) return found;
  auto store = TRY(open_store(options.common, Missing::Create));
  TRY_VOID(store->restore(*from));
  return status(*store);
}

Result<Answer> sync(const StoreOptions& options) {
  CommonOptions there = options.common;
  there.store = options.what[0];
  auto other = TRY(open_store(there, Missing::Fail));
  auto store = TRY(open_store(options.common, Missing::Create));
  if (other->name() == store->name()) return failure(Rule::IoUsage, 0, "that is this store");
  Answer found = TRY(verify(*other));
  if (found.error) return found;
  store::Provenance from{.at = host::current_time(), .source = "from the store " + other->name()};
  store::Imported done = TRY(store->sync(*other, options.sync, from));
  return Answer{
      .text = import_text(done), .json = import_json(done, {}), .warnings = done.findings};
}

Result<Answer> answer(const StoreOptions& options) {
  if (options.verb == kStoreSync) return sync(options);
  if (options.verb == kStoreRestore) return restore(options);
  auto missing = options.verb == kStoreInit ? Missing::Create : Missing::Fail;
  auto store = TRY(open_store(options.common, missing));
  if (options.verb == kStoreVerify) return verify(*store);
  if (options.verb != kStoreBackup) return status(*store);
  TRY_VOID(store->back_up(options.what[0]));
  return Answer{.text = printable(options.what[0]) + "\n", .json = done_json()};
}

}  // namespace

Exit run_store(const StoreOptions& options) {
  return tell(options.common, ids_of(options.what), [&] { return answer(options); });
}

}  // namespace bulla::cli
