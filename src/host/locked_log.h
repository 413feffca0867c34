// LockedLog: a file that only grows, and that one process has at a time.
//
//   auto log = TRY(LockedLog::open("out/.bulla-journal"));
//   … read what is there, truncate() what is torn …
//   TRY_VOID(log->append("line\n"));
//   TRY_VOID(log->sync());
//
// Thread safety: read_at() may be called while another thread appends; the rest belongs
// to one thread.
#pragma once

#include <memory>
#include <string>

#include "host/descriptor.h"

namespace bulla::host {

class LockedLog {
 public:
  // Makes the file, readable by its owner alone, unless it is there. Errors:
  // io.cannot-create, also if another process has it.
  static Result<std::unique_ptr<LockedLog>> open(const std::string& path);

  std::uint64_t size() const { return size_; }
  FileId id() const { return id_; }
  // Fills the buffer unless the file ends before.
  Result<std::size_t> read_at(std::uint64_t offset, MutableByteView buffer) const;

  [[nodiscard]] Result<void> truncate(std::uint64_t size);
  // One write(2); what was appended is in the file even if the process dies.
  [[nodiscard]] Result<void> append(std::string_view text);
  // On the disk, even if the machine dies.
  [[nodiscard]] Result<void> sync();

 private:
  LockedLog(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Descriptor file_;
  std::string path_;
  FileId id_;
  std::uint64_t size_ = 0;
};

}  // namespace bulla::host
