#include "cli/answer.h"

#include "cli/console.h"
#include "cli/report.h"

namespace bulla::cli {

Exit tell(const CommonOptions& common, const std::vector<host::FileId>& inputs,
          const std::function<Result<Answer>()>& ask) {
  Console console(common.verbosity, common.colour);
  auto report = Report::open(common.json, inputs);
  if (!report) return console.fail(report.error());
  auto answer = ask();
  if (!answer) return fail(console, *report, answer.error());
  if (common.json != "-" && common.verbosity != Verbosity::Quiet) print(1, answer->text);
  for (const std::string& line : answer->said) console.say(line);
  for (const Finding& finding : answer->warnings) {
    console.warn(finding);
    console.hint(info(finding.rule).advice);
  }
  console.hint(answer->hint);
  auto written = report->write(answer->json);
  if (!written) return console.fail(written.error());
  return answer->error ? console.fail(*answer->error) : answer->exit;
}

}  // namespace bulla::cli
