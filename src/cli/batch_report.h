// What a batch says: a line of JSON for each message, and a summary by reason.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/batch_message.h"
#include "cli/console.h"
#include "host/descriptor.h"

namespace bulla::cli {

// One object, without a line end. A path that is no UTF-8 stands in path_hex too.
std::string outcome_json(const Outcome& outcome);

// What outcome_json() wrote; nothing if it is something else.
std::optional<Outcome> parse_outcome(const std::string& json);

// The exit code of a whole batch: of its messages', the first in this order that occurs. 74,
// 73, 75, 66: something is to be done again. 1, 65, 69, 77, 78: messages that failed. 2, 3:
// messages that are not good. 0.
Exit worse(Exit a, Exit b);

// Counts by status and by reason.
class Tally {
 public:
  enum class Origin { ThisRun, EarlierRun };
  void add(const Outcome& outcome, Origin origin);

  std::uint64_t messages() const { return messages_; }
  std::uint64_t bytes() const { return bytes_in_; }
  Exit exit() const { return exit_; }

  struct Ending {
    bool complete = false;
    std::uint64_t passed_over = 0;
  };
  // Lines with line ends, for a person.
  std::string text(const Ending& ending) const;
  // {"summary": …}, without a line end.
  std::string json(const Ending& ending) const;

 private:
  std::uint64_t messages_ = 0;
  std::uint64_t earlier_ = 0;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  Exit exit_ = Exit::Done;
  std::map<std::string, std::uint64_t> by_status_;
  std::map<std::string, std::uint64_t> by_finding_;
};

// The file of --report. Unlike other outputs it grows while the batch runs, a whole line at
// a time, so that it can be watched.
class BatchReport {
 public:
  // Nothing is written without a path; "-" is standard output. Errors: io.same-file,
  // io.cannot-create.
  static Result<BatchReport> open(const std::optional<std::string>& path,
                                  const std::vector<host::FileId>& inputs);

  void add(const std::string& json);
  [[nodiscard]] Result<void> flush();

 private:
  host::Descriptor file_;
  int descriptor_ = -1;
  std::string name_;
  std::string pending_;
};

}  // namespace bulla::cli
