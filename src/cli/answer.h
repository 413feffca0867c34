// Answer: what a command without a message to write says.
//
//   return tell(common, inputs, [&] { return look(options); });
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bulla/finding.h"
#include "bulla/result.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "host/descriptor.h"

namespace bulla::cli {

struct Answer {
  std::string text = {};               // for standard output; --json - and -q keep it back
  std::string json = {};               // one object with a line end
  std::vector<std::string> said = {};  // lines for standard error, of printable text
  Findings warnings = {};
  std::string hint = {};
  std::optional<Error> error = {};  // what was found, and is the exit code
  Exit exit = Exit::Done;           // without an error
};

// Asks, and tells a person and --json what the answer is, or the error. `inputs` are not
// overwritten.
Exit tell(const CommonOptions& common, const std::vector<host::FileId>& inputs,
          const std::function<Result<Answer>()>& ask);

}  // namespace bulla::cli
