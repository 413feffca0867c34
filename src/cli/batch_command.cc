#include "base/try.h"
#include "cli/batch_run.h"
#include "cli/commands.h"
#include "host/folder_walk.h"
#include "host/stop_signal.h"
#include "store/file.h"

namespace bulla::cli {
namespace {

// The files that nothing may be written over: keys, certificates, roots and the input.
std::vector<host::FileId> input_ids(const BatchOptions& options) {
  std::vector<std::string> paths = {options.input};
  auto add = [&](const std::vector<std::string>& more) {
    paths.insert(paths.end(), more.begin(), more.end());
  };
  if (const auto* opening = std::get_if<OpeningOptions>(&options.verb)) {
    for (const auto* list : {&opening->identities, &opening->trust, &opening->certs}) add(*list);
    add(opening->crls);
  } else {
    const auto& sealing = std::get<SealingOptions>(options.verb);
    for (const auto* list : {&sealing.identities, &sealing.recipients, &sealing.certs}) add(*list);
  }
  if (options.manifest_identity) paths.push_back(*options.manifest_identity);
  return ids_of(paths);
}

// A folder with files and no journal is somebody else's.
Result<void> check_folder(const BatchOptions& options) {
  auto folder = host::find_file_id(*options.out);
  if (!folder) return {};
  if (folder == host::find_file_id(options.input)) {
    return failure(Rule::IoSameFile, 0, *options.out);
  }
  if (store::exists(*options.journal) || host::folder_is_empty(*options.out)) return {};
  return failure(Rule::IoCannotCreate, 0,
                 *options.out + ": not empty, and there is no journal of an earlier run");
}

Result<std::unique_ptr<BatchOutput>> open_output(const BatchOptions& options, InputKind kind) {
  if (!options.out) return nullptr;
  TRY_VOID(check_folder(options));
  TRY_VOID(host::make_folders(*options.out));
  return std::make_unique<BatchOutput>(*options.out, kind);
}

// Everything that can be wrong is found before anything is written.
Result<BatchParts> prepare(const BatchOptions& options) {
  BatchParts parts;
  InputKind kind = TRY(find_input_kind(options));
  std::vector<host::FileId> inputs = input_ids(options);
  parts.work = TRY(BatchWork::load(options));
  parts.manifest = TRY(Manifest::prepare(options, inputs));
  parts.output = TRY(open_output(options, kind));
  if (options.journal) {
    parts.journal = TRY(BatchJournal::open(*options.journal, options.fingerprint));
    inputs.push_back(parts.journal->id());
  }
  if (parts.output) TRY_VOID(parts.output->prepare());
  std::vector<host::FileId> excluded;
  if (options.out) excluded = ids_of({*options.out});
  parts.input = TRY(open_batch_input(options, kind, std::move(excluded)));
  parts.report = TRY(BatchReport::open(options.report, inputs));
  return parts;
}

}  // namespace

Exit run_batch(const BatchOptions& options) {
  Console console(options.common().verbosity, options.common().colour);
  auto parts = prepare(options);
  if (!parts) return console.fail(parts.error());
  Result<Exit> exit = [&] { return BatchRun(options, std::move(*parts)).run(); }();
  Exit code = exit ? *exit : console.fail(exit.error());
  host::end_by_stop_signal();
  return code;
}

}  // namespace bulla::cli
