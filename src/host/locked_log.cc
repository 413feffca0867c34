#include "host/locked_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/try.h"

namespace bulla::host {

Result<std::unique_ptr<LockedLog>> LockedLog::open(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) {
    return failure(Rule::IoCannotCreate, 0, system_message(path, errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return failure(Rule::IoCannotCreate, 0, path + ": not a regular file");
  }
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    std::string reason = errno == EWOULDBLOCK ? path + ": another process works with it"
                                              : system_message(path, errno);
    return failure(Rule::IoCannotCreate, 0, reason);
  }
  // Whoever had the lock before may have removed the file meanwhile.
  if (find_file_id(path) != FileId::of(status)) {
    return failure(Rule::IoCannotCreate, 0, path + ": was replaced by another process");
  }
  std::unique_ptr<LockedLog> log(new LockedLog(std::move(file), path));
  log->id_ = FileId::of(status);
  ::fstat(log->file_.number(), &status);
  log->size_ = static_cast<std::uint64_t>(status.st_size);
  return log;
}

Result<std::size_t> LockedLog::read_at(std::uint64_t offset, MutableByteView buffer) const {
  std::size_t done = 0;
  while (done < buffer.size()) {
    ssize_t count = ::pread(file_.number(), buffer.data() + done, buffer.size() - done,
                            static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(Rule::IoRead, 0, system_message(path_, errno));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Result<void> LockedLog::truncate(std::uint64_t size) {
  if (size == size_) return {};
  if (::ftruncate(file_.number(), static_cast<off_t>(size)) != 0) {
    return failure(Rule::IoWrite, 0, system_message(path_, errno));
  }
  size_ = size;
  return sync();
}

Result<void> LockedLog::append(std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    ssize_t count = ::pwrite(file_.number(), text.data() + done, text.size() - done,
                             static_cast<off_t>(size_ + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(Rule::IoWrite, 0, system_message(path_, errno));
    done += static_cast<std::size_t>(count);
  }
  size_ += text.size();
  return {};
}

Result<void> LockedLog::sync() {
  if (::fsync(file_.number()) == 0) return {};
  return failure(Rule::IoWrite, 0, system_message(path_, errno));
}

}  // namespace bulla::host
