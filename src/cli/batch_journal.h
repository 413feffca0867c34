// BatchJournal: which messages of a batch are done, so that a run which was killed goes on.
//
// A text file. The head names the options, and each further line one finished message:
//
//   1f0c… bulla-journal-1 FINGERPRINT
//   9a41… 8d0e… 0 {"index":1,"path":"a/b.eml", … }
//
// The first word is a checksum of the rest of the line. Lines from the first one on that is
// torn are cut off; their messages are done again. A message is known by its path, size and
// time, or, in an mbox, by its place and digest.
//
// Thread safety: find() may be called while another thread adds and commits.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "cli/exit_code.h"
#include "host/locked_log.h"

namespace bulla::cli {

using JournalId = std::array<std::uint8_t, 16>;

// The identity that `text` describes.
JournalId journal_id(std::string_view text);

// Where a record is.
struct JournalSlot {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

class BatchJournal {
 public:
  // Errors: io.cannot-create (also if another process has it), io.usage if the file is of
  // other options or no journal.
  static Result<std::unique_ptr<BatchJournal>> open(const std::string& path,
                                                    const std::string& fingerprint);

  struct Found {
    JournalSlot slot;
    std::string json;
  };
  // The record of a message that an earlier run finished for good; a failure that may pass
  // (a full disk, a file that was not there) is none.
  std::optional<Found> find(const JournalId& id) const;
  bool is_empty() const { return known_.empty(); }

  // Takes a record; it is in the file after the next commit().
  JournalSlot add(const JournalId& id, Exit exit, const std::string& json);
  [[nodiscard]] Result<void> commit();

  // The JSON of a record that is in the file.
  Result<std::string> read(const JournalSlot& slot) const;
  const std::string& path() const { return path_; }
  host::FileId id() const { return log_->id(); }

 private:
  struct Entry {
    JournalId id;
    JournalSlot slot;
    bool is_final;
  };

  BatchJournal(std::unique_ptr<host::LockedLog> log, std::string path)
      : log_(std::move(log)), path_(std::move(path)) {}
  Result<void> load(const std::string& head);
  Result<std::uint64_t> check_head(const std::string& head);
  bool take_line(std::string_view line, std::uint64_t offset);

  std::unique_ptr<host::LockedLog> log_;
  std::string path_;
  std::vector<Entry> known_;  // sorted by id, the later of equals behind
  std::string pending_;
};

}  // namespace bulla::cli
