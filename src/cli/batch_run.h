// BatchRun: one run over all messages. A thread reads the input, others do the verb, and the
// caller's publishes results, in groups, and keeps the books.
//
// A group is published in this order: results on the disk, under their names, the journal on
// the disk, the report. Whenever the process ends, a result that is there is whole, and a
// message that the journal has is done.
#pragma once

#include <atomic>
#include <chrono>

#include "cli/batch_input.h"
#include "cli/batch_journal.h"
#include "cli/batch_manifest.h"
#include "cli/batch_report.h"
#include "cli/batch_worker.h"
#include "host/batch_progress.h"
#include "host/bounded_queue.h"

namespace bulla::cli {

// What a run needs. The journal and the output may be null.
struct BatchParts {
  std::unique_ptr<BatchInput> input;
  std::unique_ptr<BatchWork> work;
  std::unique_ptr<BatchOutput> output;
  std::unique_ptr<BatchJournal> journal;
  Manifest manifest;
  BatchReport report;
};

class BatchRun {
 public:
  BatchRun(const BatchOptions& options, BatchParts parts);
  // The exit code of the messages; the error that ended the run before its end.
  Result<Exit> run();

 private:
  struct Done {
    Outcome outcome;
    std::optional<JournalSlot> earlier;  // its record, if an earlier run did it
  };

  // The reading thread.
  void read_items();
  Result<void> read_all_items();
  void give_target(BatchItem& item);
  std::optional<Done> find_earlier(const BatchItem& item) const;

  // The working threads.
  void work();
  void leave();

  // The caller's thread.
  void collect();
  void take(Done done);
  void commit();
  Result<void> publish_results();
  Result<void> write_records();
  void tell(const Outcome& outcome);
  void show_progress();
  void stop();
  void fail(const Error& error);
  Result<Exit> finish();

  const BatchOptions& options_;
  BatchParts parts_;
  Console console_;
  host::BatchProgress progress_;
  host::BoundedQueue<BatchItem> items_;
  host::BoundedQueue<Done> done_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> running_{0};
  std::optional<Error> read_error_;  // of the reading thread, until it is joined
  bool read_to_end_ = false;         // the same

  std::vector<Done> pending_;
  std::chrono::steady_clock::time_point last_commit_;
  ManifestOrder order_;
  Tally tally_;
  std::uint64_t weight_ = 0;
  std::optional<std::uint64_t> total_;
  std::optional<Error> error_;
};

}  // namespace bulla::cli
