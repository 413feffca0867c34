#include "base/text.h"
#include "base/try.h"
#include "bulla/countersign.h"
#include "bulla/thread_pool.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/world.h"
#include "host/environment.h"
#include "host/progress.h"
#include "host/sink.h"
#include "host/source.h"

namespace bulla::cli {
namespace {

std::vector<host::FileId> input_ids(const SealingOptions& options) {
  std::vector<std::string> paths = options.identities;
  paths.insert(paths.end(), options.recipients.begin(), options.recipients.end());
  if (options.tsa) paths.push_back(*options.tsa);
  for (const auto* list : {&options.certs, &options.trust, &options.crls, &options.mails}) {
    paths.insert(paths.end(), list->begin(), list->end());
  }
  paths.push_back(options.common.input);
  return ids_of(paths);
}

Result<SealReport> seal_message(const SealingOptions& options) {
  Time at = options.at.value_or(host::current_time());
  std::unique_ptr<host::FileSource> in = TRY(host::open_source(options.common.input));
  bool is_over_signatures = options.signs == SealingOptions::Signs::Signatures;
  RecipientWorld world;
  Recipe recipe;
  std::vector<SignerChoice> countersigners;
  if (is_over_signatures) {
    Lookup lookup(options);
    countersigners = TRY(load_signers(options, at, lookup));
  } else {
    world = TRY(load_recipient_world(options));
    recipe = TRY(make_recipe(options, world, at));
  }
  std::vector<host::FileId> inputs = input_ids(options);
  inputs.push_back(in->id());
  std::unique_ptr<Sink> out = TRY(host::open_sink(options.common.output.value_or("-"), inputs));
  host::ProgressSource source(*in, progress_of(options.common));
  if (is_over_signatures) {
    return countersign(source, *out, countersigners,
                       {.at = at, .signing_time = options.signing_time, .limits = {}});
  }
  ThreadPool threads(options.common.threads);
  SealOptions what = seal_options(options, world, at);
  what.workers = &threads;
  return bulla::seal(source, *out, recipe, what);
}

}  // namespace

Exit run_sealing(const SealingOptions& options) {
  Console console(options.common.verbosity, options.common.colour);
  auto report = Report::open(options.common.json, input_ids(options));
  if (!report) return console.fail(report.error());
  auto sealed = seal_message(options);
  if (!sealed) return fail(console, *report, sealed.error());
  return tell(console, *report, *sealed, Verbosity::Verbose);
}

}  // namespace bulla::cli
