// StagedFile: a Sink into a file that waits in a folder of its own until it is published.
//
//   auto file = TRY(StagedFile::create("out/.bulla-parts", "17.part"));
//   … write …
//   TRY_VOID(file->finish());
//   file->settle(entry.modified);
//   TRY_VOID(file->sync());
//   TRY_VOID(file->publish("out/a/b.eml"));
//   TRY_VOID(sync_folder("out/a"));
//
// Unlike AtomicFileSink it lets the writer go on while the disk works: finish() only
// starts the disk. Many files are published best step by step, each step for all of them:
// then a journaling file system commits once, and not once a file. A file is removed unless
// it was published.
//
// Thread safety: belongs to one thread at a time. settle() reads the umask and so must not
// run in two threads at once.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bulla/stream.h"
#include "host/descriptor.h"

namespace bulla::host {

class StagedFile final : public Sink {
 public:
  // Errors: io.cannot-create. `name` must not exist in the folder, which must.
  static Result<std::unique_ptr<StagedFile>> create(const std::string& folder,
                                                    const std::string& name);
  ~StagedFile() override;
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  Result<void> write(ByteView bytes) override;
  Result<void> finish() override;
  bool is_finished() const { return finished_; }

  // Gives the file its time, in nanoseconds since 1970, and the mode that the umask leaves.
  void settle(std::int64_t modified);
  // Puts what was written on the disk.
  [[nodiscard]] Result<void> sync();
  // Gives the file its name, makes the folders on the way, and replaces what is there.
  [[nodiscard]] Result<void> publish(const std::string& path);

 private:
  StagedFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  Result<void> flush();

  Descriptor file_;
  std::string path_;
  Bytes buffer_;
  bool finished_ = false;
};

// Makes a folder and those above it. A new one is on the disk afterwards.
[[nodiscard]] Result<void> make_folders(const std::string& path);

// Puts the names in a folder on the disk.
[[nodiscard]] Result<void> sync_folder(const std::string& path);

// Removes the files in a folder whose names end with ".part" and begin with `prefix`.
void remove_parts(const std::string& folder, std::string_view prefix);

// Whether the folder has nothing but what a batch leaves there before its first output: a
// journal and folders for parts.
bool folder_is_empty(const std::string& path);

// The part of a path before its last slash; "." if there is none.
std::string parent_folder(const std::string& path);

}  // namespace bulla::host
