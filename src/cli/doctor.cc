#include "base/text.h"
#include "cli/algorithm_list.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "host/environment.h"
#include "store/profile_folder.h"

namespace bulla::cli {

namespace {

// A profile that cannot be read is named, and the others are shown.
Exit show_profiles(const Console& console) {
  std::vector<std::string> folders = host::profile_folders();
  std::vector<std::string> names = store::list_profiles(folders);
  if (names.empty()) {
    auto none = store::load_profile("default", folders);
    return none ? Exit::Done : console.fail(none.error());
  }
  Exit exit = Exit::Done;
  for (const std::string& name : names) {
    auto profile = store::load_profile(name, folders);
    if (!profile) {
      exit = console.fail(profile.error());
      continue;
    }
    print(1, printable(name) + ": " + printable(profile->title) + "\n  " +
                 printable(profile->source) + "\n  " + printable(profile->version) + "; written " +
                 printable(profile->date) + "\n");
  }
  return exit;
}

}  // namespace

// The list goes to standard output, unless JSON does.
Exit run_doctor(const Arguments& arguments) {
  Console console(Verbosity::Normal, host::Colour::Auto);
  if (arguments.has("--profiles")) return show_profiles(console);
  if (!arguments.has("--algorithms")) {
    return console.fail(Usage{"'doctor' needs to know what to show",
                              "use bulla doctor --algorithms, --profiles or --expiry"});
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
