#include "cli/algorithm_list.h"
#include "cli/commands.h"
#include "cli/report.h"

namespace bulla::cli {

// The list goes to standard output, unless JSON does.
Exit run_doctor(const Arguments& arguments) {
  Console console(Verbosity::Normal, host::Colour::Auto);
  if (!arguments.has("--algorithms")) {
    return console.fail(
        Usage{"'doctor' needs to know what to show", "use bulla doctor --algorithms"});
  }
  auto report = Report::open(arguments.get("--json"), {});
  if (!report) return console.fail(report.error());
  std::vector<AlgorithmRow> rows = list_algorithms();
  if (arguments.get("--json") != "-") print(1, algorithms_text(rows));
  if (!report->is_wanted()) return Exit::Done;
  auto written = report->write(algorithms_json(rows));
  return written ? Exit::Done : console.fail(written.error());
}

}  // namespace bulla::cli
