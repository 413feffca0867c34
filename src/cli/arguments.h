// Arguments: the words of the command line, sorted by flag; what they mean is not known yet.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bulla/result.h"
#include "cli/flags.h"

namespace bulla::cli {

struct Arguments {
  Verb verb = kHelp;
  std::vector<std::string> operands;
  std::map<std::string, std::vector<std::string>, std::less<>> values;  // by "--name"

  bool has(std::string_view flag) const { return values.find(flag) != values.end(); }
  // The value of a flag, or of its last use.
  std::optional<std::string> get(std::string_view flag) const;
  std::vector<std::string> all(std::string_view flag) const;
};

// A wrong command line: io.usage, and what was perhaps meant.
struct Usage {
  std::string problem;
  std::string hint;
};

// `words` are those behind the verb.
tl::expected<Arguments, Usage> parse_arguments(const VerbRow& verb,
                                               const std::vector<std::string>& words);

}  // namespace bulla::cli
