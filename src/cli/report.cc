#include "cli/report.h"

#include "base/try.h"
#include "cli/json.h"
#include "host/sink.h"

namespace bulla::cli {

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

}  // namespace bulla::cli
