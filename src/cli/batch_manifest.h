// The manifest of a batch: what came in and what went out, a line for each message in the
// order of the input, and a signature over it.
//
//   # bulla manifest 1
//   # sha256-in size-in sha256-out size-out status path
//   60cc… 512 9d45… 388 valid 2019/a.eml
//
// "-" stands where there is nothing. In a path a line end is "\n", a carriage return "\r" and
// a backslash "\\", as sha256sum writes them.
#pragma once

#include <map>

#include "cli/batch_journal.h"
#include "cli/batch_options.h"
#include "cli/world.h"

namespace bulla::cli {

// Records by the number of their message.
using ManifestOrder = std::vector<std::pair<std::uint64_t, JournalSlot>>;

class Manifest {
 public:
  // Loads who signs. Errors: as for sign; io.same-file.
  static Result<Manifest> prepare(const BatchOptions& options,
                                  const std::vector<host::FileId>& inputs);

  // Writes it, and FILE.p7s if somebody signs. Nothing without --manifest.
  Result<void> write(const BatchJournal& journal, ManifestOrder order) const;

 private:
  Result<void> write_lines(const BatchJournal& journal, const ManifestOrder& order) const;
  Result<void> sign() const;

  std::optional<std::string> path_;
  std::vector<host::FileId> inputs_;
  std::optional<Recipe> signature_;
};

}  // namespace bulla::cli
