#include "base/try.h"
#include "cli/commands.h"
#include "cli/inspection.h"
#include "cli/report.h"
#include "cli/world.h"
#include "host/progress.h"
#include "host/source.h"

namespace bulla::cli {
namespace {

Result<Inspection> inspect_input(const CommonOptions& options) {
  std::unique_ptr<host::FileSource> in = TRY(host::open_source(options.input));
  host::ProgressSource source(*in, progress_of(options));
  return inspect(source, Limits{});
}

}  // namespace

// The tree goes to standard output, unless JSON does.
Exit run_inspect(const CommonOptions& options) {
  Console console(options.verbosity, options.colour);
  auto report = Report::open(options.json, ids_of({options.input}));
  if (!report) return console.fail(report.error());
  auto inspection = inspect_input(options);
  if (!inspection) return fail(console, *report, inspection.error());
  Exit exit = Exit::Done;
  for (const Error& error : inspection->errors) exit = console.fail(error);
  auto written = options.json == "-" && !options.output
                     ? Result<void>()
                     : write_text(options, inspection_text(*inspection));
  if (written && report->is_wanted()) {
    written = report->write(inspection_json(*inspection, static_cast<int>(exit)));
  }
  return written ? exit : console.fail(written.error());
}

}  // namespace bulla::cli
