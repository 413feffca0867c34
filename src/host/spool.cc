#include "host/spool.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/try.h"

namespace bulla::host {
namespace {

constexpr std::size_t kChunk = 256u << 10;
constexpr std::size_t kSent = 1u << 30;

std::string temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

}  // namespace

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

// sendfile(2) from the file's offset on. False if this kind of descriptor does not take it.
Result<bool> Spool::send_in_kernel(int descriptor, const std::string& name) {
  for (;;) {
    ssize_t count = ::sendfile(descriptor, file_.number(), nullptr, kSent);
    if (count == 0) return true;
    if (count > 0 || errno == EINTR) continue;
    bool is_refused = errno == EINVAL || errno == ENOSYS || errno == EOVERFLOW;
    if (is_refused) return false;
    return failure(Rule::IoWrite, 0, system_message(name, errno));
  }
}

Result<void> Spool::send_to(int descriptor, const std::string& name) {
  if (!file_.is_open()) return write_all(descriptor, memory_, name);
  if (::lseek(file_.number(), 0, SEEK_SET) < 0) {
    return failure(Rule::IoRead, 0, system_message("temporary file", errno));
  }
  if (TRY(send_in_kernel(descriptor, name))) return {};
  Bytes chunk(kChunk);
  for (;;) {
    std::size_t count = TRY(read_some(file_.number(), chunk, "temporary file"));
    if (count == 0) break;
    TRY_VOID(write_all(descriptor, ByteView(chunk).first(count), name));
  }
  wipe(chunk);
  return {};
}

}  // namespace bulla::host
