#include "host/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/try.h"

namespace bulla::host {
namespace {

constexpr std::size_t kChunk = 256u << 10;

std::string temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

// Not every file system has O_TMPFILE (overlayfs of old kernels, NFS).
Result<Descriptor> open_unnamed() {
  std::string folder = temporary_folder();
  int number = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (number >= 0) return Descriptor(number);
  std::string name = folder + "/bulla-XXXXXX";
  number = ::mkostemp(name.data(), O_CLOEXEC);
  if (number < 0) return failure(Rule::IoCannotCreate, 0, system_message(folder, errno));
  ::unlink(name.c_str());
  return Descriptor(number);
}

}  // namespace

Result<void> Spool::write(ByteView bytes) {
  if (!file_.is_open() && memory_.size() + bytes.size() <= kInMemory) {
    if (memory_.capacity() == 0) memory_.reserve(kInMemory);  // never copied, so wiped whole
    append(memory_, bytes);
    return {};
  }
  if (!file_.is_open()) TRY_VOID(move_to_file());
  return write_all(file_.number(), bytes, "temporary file");
}

Result<void> Spool::move_to_file() {
  file_ = TRY(open_unnamed());
  TRY_VOID(write_all(file_.number(), memory_, "temporary file"));
  wipe(memory_);
  memory_.clear();
  return {};
}

Result<void> Spool::copy_to(const std::function<Result<void>(ByteView)>& output) {
  if (!file_.is_open()) return memory_.empty() ? Result<void>{} : output(memory_);
  if (::lseek(file_.number(), 0, SEEK_SET) < 0) {
    return failure(Rule::IoRead, 0, system_message("temporary file", errno));
  }
  Bytes chunk(kChunk);
  for (;;) {
    std::size_t count = TRY(read_some(file_.number(), chunk, "temporary file"));
    if (count == 0) break;
    TRY_VOID(output(ByteView(chunk).first(count)));
  }
  wipe(chunk);
  return {};
}

}  // namespace bulla::host
