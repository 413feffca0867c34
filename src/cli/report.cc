#include "cli/report.h"

#include "base/text.h"
#include "base/try.h"
#include "cli/json.h"
#include "host/sink.h"

namespace bulla::cli {

std::string choice_text(const AlgorithmChoice& choice) {
  std::string text = std::string(name(choice.what)) + " " + choice.value;
  for (const std::string& one : choice.whom)
    text += (&one == &choice.whom[0] ? " for " : "; ") + one;
  return text + ": " + choice.reason;
}

Result<Report> Report::open(const std::optional<std::string>& path,
                            const std::vector<host::FileId>& inputs) {
  Report report;
  if (path) report.sink_ = TRY(host::open_sink(*path, inputs));
  return report;
}

Result<void> Report::write(const std::string& json) {
  if (sink_ == nullptr) return {};
  TRY_VOID(sink_->write(as_bytes(json)));
  Result<void> finished = sink_->finish();
  sink_.reset();
  return finished;
}

Exit fail(const Console& console, Report& report, const Error& error) {
  Exit exit = console.fail(error);
  auto written = report.write(error_json(error, exit));
  if (!written) console.fail(written.error());
  return exit;
}

Exit tell(const Console& console, Report& report, const SealReport& done, Verbosity steps) {
  for (const Finding& finding : done.findings) console.warn(finding);
  for (const std::string& step : done.steps) console.say(printable(step), steps);
  for (const AlgorithmChoice& choice : done.choices) {
    console.say("  " + printable(choice_text(choice)), Verbosity::Verbose);
  }
  auto written = report.write(seal_json(done));
  return written ? Exit::Done : console.fail(written.error());
}

}  // namespace bulla::cli
