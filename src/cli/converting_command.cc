#include "base/try.h"
#include "bulla/convert.h"
#include "bulla/thread_pool.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/world.h"
#include "host/sink.h"
#include "host/source.h"

namespace bulla::cli {
namespace {

Result<SealReport> convert_message(const ConvertingOptions& options) {
  const CommonOptions& common = options.common;
  std::unique_ptr<host::FileSource> in = TRY(host::open_source(common.input));
  std::vector<host::FileId> inputs = ids_of({common.input});
  inputs.push_back(in->id());
  // What comes through a pipe has to be kept, for it is read more than once.
  if (!in->size()) in = TRY(host::spool(*in));
  std::unique_ptr<Sink> out = TRY(host::open_sink(common.output.value_or("-"), inputs));
  host::ProgressSource source(*in, progress_of(common));
  ThreadPool threads(common.threads);
  return convert(source, *out, options.to, {.limits = {}, .workers = &threads});
}

}  // namespace

Exit run_converting(const ConvertingOptions& options) {
  const CommonOptions& common = options.common;
  Console console(common.verbosity, common.colour);
  auto report = Report::open(common.json, ids_of({common.input}));
  if (!report) return console.fail(report.error());
  auto converted = convert_message(options);
  if (!converted) return fail(console, *report, converted.error());
  return tell(console, *report, *converted, Verbosity::Normal);
}

}  // namespace bulla::cli
