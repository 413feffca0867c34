#include "base/text.h"
#include "base/try.h"
#include "bulla/recipients.h"
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

std::vector<host::FileId> input_ids(const RecipientsOptions& options) {
  std::vector<std::string> paths = options.opening.identities;
  paths.push_back(options.opening.common.input);
  for (const auto* list : {&options.opening.certs, &options.sealing.recipients}) {
    paths.insert(paths.end(), list->begin(), list->end());
  }
  return ids_of(paths);
}

// "2  ktri   CN=Bob, serial 0b   RSA PKCS #1 v1.5"
std::string list_text(const RecipientList& list) {
  std::string text = list.content_type + ", " + printable(list.algorithm) + "\n";
  for (std::size_t i = 0; i < list.recipients.size(); ++i) {
    const RecipientVerdict& recipient = list.recipients[i];
    text += std::to_string(i + 1) + "  " + recipient.kind + "  ";
    if (!recipient.identifier.empty()) text += printable(recipient.identifier) + "  ";
    text += printable(recipient.algorithm) + "\n";
  }
  return text;
}

Result<RecipientList> read_list(const CommonOptions& common) {
  std::unique_ptr<host::FileSource> in = TRY(host::open_source(common.input));
  host::ProgressSource source(*in, progress_of(common));
  return list_recipients(source);
}

Exit run_list(const RecipientsOptions& options, const Console& console, Report& report) {
  const CommonOptions& common = options.opening.common;
  auto list = read_list(common);
  if (!list) return fail(console, report, list.error());
  Result<void> written;
  if (common.json != "-" || common.output) {
    written = write_text(common, list_text(*list));
  }
  if (written) written = report.write(recipients_json(*list));
  return written ? Exit::Done : console.fail(written.error());
}

// Where the new list comes from; the keys outlive it.
Result<RecipientChange> load_change(const RecipientsOptions& options, Time at,
                                    const KeySource& keys, const RecipientWorld& newcomers) {
  Lookup lookup(options.sealing, path_check(options.sealing, newcomers, at));
  Encrypt who = TRY(load_recipients(options.sealing, at, lookup));
  if (options.verb == kAddRecipients) {
    return AddRecipients{.recipients = std::move(who), .keys = &keys};
  }
  RemoveRecipients removal{.certificates = {}, .numbers = options.numbers};
  for (const RecipientChoice& recipient : who.recipients) {
    removal.certificates.push_back(recipient.certificate);
  }
  return removal;
}

Result<SealReport> change(const RecipientsOptions& options) {
  const CommonOptions& common = options.opening.common;
  Time at = options.sealing.at.value_or(host::current_time());
  std::unique_ptr<host::FileSource> in = TRY(host::open_source(common.input));
  World world = TRY(load_world(options.opening));
  RecipientWorld newcomers = TRY(load_recipient_world(options.sealing));
  RecipientChange what = TRY(load_change(options, at, *world.keys, newcomers));
  std::vector<host::FileId> inputs = input_ids(options);
  inputs.push_back(in->id());
  std::unique_ptr<Sink> out = TRY(host::open_sink(common.output.value_or("-"), inputs));
  host::ProgressSource source(*in, progress_of(common));
  ThreadPool threads(common.threads);
  return change_recipients(source, *out, what,
                           {.at = at,
                            .limits = {},
                            .workers = &threads,
                            .recipient_trust = recipient_trust(options.sealing, newcomers)});
}

}  // namespace

Exit run_recipients(const RecipientsOptions& options) {
  const CommonOptions& common = options.opening.common;
  Console console(common.verbosity, common.colour);
  auto report = Report::open(common.json, input_ids(options));
  if (!report) return console.fail(report.error());
  if (options.verb == kListRecipients) return run_list(options, console, *report);
  auto changed = change(options);
  if (!changed) return fail(console, *report, changed.error());
  return tell(console, *report, *changed, Verbosity::Normal);
}

}  // namespace bulla::cli
