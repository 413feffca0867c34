// BatchOutput: where the results of a batch go.
//
// A Maildir gives a Maildir with the names, and so the flags, of its messages; an mbox gives
// a Maildir whose names come from date and number; a tree and a list give a tree of the same
// paths. What is not finished waits in a folder of its own.
//
// Thread safety: const functions may be called from several threads.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>

#include "cli/batch_message.h"
#include "cli/batch_options.h"

namespace bulla::cli {

class BatchOutput {
 public:
  BatchOutput(std::string folder, InputKind input) : folder_(std::move(folder)), input_(input) {}

  // Makes the folders, and removes what an interrupted run left unfinished. Only for whoever
  // has the journal.
  [[nodiscard]] Result<void> prepare();
  // The path of this message's result. Errors: io.cannot-create (a name that cannot be),
  // io.same-file.
  Result<std::string> target(const BatchItem& item) const;
  // Notes that this message has its target; false if another one has it.
  bool claim(const std::string& target);
  Result<std::unique_ptr<host::StagedFile>> create(const BatchItem& item) const;
  // Removes the folder for what is not finished.
  void clean();

 private:
  bool is_maildir() const { return input_ == InputKind::Maildir || input_ == InputKind::Mbox; }
  std::string staging() const { return folder_ + (is_maildir() ? "/tmp" : "/.bulla-parts"); }

  std::string folder_;
  InputKind input_;
  std::unordered_set<std::string> claimed_;  // of a list: other inputs have no name twice
};

// A path that stays below the folder it is put into: "/a/../b//c" is "b/c".
std::string path_below(std::string_view path);

// The name of a message in a Maildir without the sizes ",S=…" and ",W=…" that some servers
// put there: they are those of another text.
std::string without_sizes(std::string_view name);

}  // namespace bulla::cli
