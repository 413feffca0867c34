// Report: where --json goes. It is prepared before anything else is done, so that a
// folder that cannot be written to is noticed in time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bulla/seal.h"
#include "bulla/stream.h"
#include "cli/console.h"
#include "host/descriptor.h"

namespace bulla::cli {

class Report {
 public:
  // Nothing is written without --json.
  static Result<Report> open(const std::optional<std::string>& path,
                             const std::vector<host::FileId>& inputs);

  // Whether there was --json. A verdict of thousands of addresses need not become text else.
  bool is_wanted() const { return sink_ != nullptr; }
  [[nodiscard]] Result<void> write(const std::string& json);

 private:
  std::unique_ptr<Sink> sink_;
};

// "content-cipher aes-256-gcm: …", with whom it is for if not for all.
std::string choice_text(const AlgorithmChoice& choice);

// Tells the error, in words and as JSON, and answers the exit code.
Exit fail(const Console& console, Report& report, const Error& error);

// Tells what was done, in words (the steps if the console says so much) and as JSON.
Exit tell(const Console& console, Report& report, const SealReport& done, Verbosity steps);

}  // namespace bulla::cli
