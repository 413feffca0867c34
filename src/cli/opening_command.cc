#include "base/try.h"
#include "bulla/thread_pool.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/verdict_text.h"
#include "cli/world.h"
#include "host/environment.h"
#include "host/progress.h"
#include "host/sink.h"
#include "host/source.h"

namespace bulla::cli {
namespace {

// The streams of one run. All are opened before the first octet is read.
struct Streams {
  std::unique_ptr<host::FileSource> in;
  std::unique_ptr<host::FileSource> detached;
  std::unique_ptr<Sink> out;
};

std::vector<host::FileId> input_ids(const OpeningOptions& options) {
  std::vector<std::string> paths = options.identities;
  paths.push_back(options.common.input);
  if (options.content) paths.push_back(*options.content);
  for (const auto* list : {&options.trust, &options.certs, &options.crls}) {
    paths.insert(paths.end(), list->begin(), list->end());
  }
  return ids_of(paths);
}

Result<Streams> open_streams(const OpeningOptions& options) {
  Streams streams;
  streams.in = TRY(host::open_source(options.common.input));
  if (options.content) streams.detached = TRY(host::open_source(*options.content));
  if (options.verb == kVerify && !options.common.output) {
    streams.out = std::make_unique<NullSink>();
    return streams;
  }
  std::vector<host::FileId> inputs = input_ids(options);
  inputs.push_back(streams.in->id());
  streams.out = TRY(host::open_sink(options.common.output.value_or("-"), inputs));
  return streams;
}

Result<Verdict> judge(const OpeningOptions& options) {
  Streams streams = TRY(open_streams(options));
  World world = TRY(load_world(options));
  OpenOptions what = open_options(options, world, options.at.value_or(host::current_time()));
  what.detached_content = streams.detached.get();
  ThreadPool threads(options.common.threads);
  what.workers = &threads;
  host::ProgressSource in(*streams.in, progress_of(options.common));
  return open_in(world, in, *streams.out, what);
}

}  // namespace

Exit run_opening(const OpeningOptions& options) {
  Console console(options.common.verbosity, options.common.colour);
  auto report = Report::open(options.common.json, input_ids(options));
  if (!report) return console.fail(report.error());
  auto verdict = judge(options);
  if (!verdict) return fail(console, *report, verdict.error());
  Exit exit = exit_code_of(options, *verdict);
  if (console.verbosity() != Verbosity::Quiet) {
    Judged judged = options.verb == kDecrypt ? Judged::EncryptionAlone : Judged::Everything;
    print(2, verdict_text(*verdict, judged, console));
    bool wants_content = options.verb != kVerify || options.common.output;
    if (wants_content && !verdict->released) console.say("  nothing was written");
  }
  auto written = report->is_wanted() ? report->write(verdict_json(*verdict, exit)) : Result<void>();
  return written ? exit : console.fail(written.error());
}

}  // namespace bulla::cli
