#include "host/source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/try.h"
#include "host/spool.h"
#include "message/read_all.h"

namespace bulla::host {

FileSource::FileSource(int descriptor, Owner owner, std::string name)
    : descriptor_(descriptor), owner_(owner), name_(std::move(name)) {}

FileSource::~FileSource() {
  if (owner_ == Owner::Us) ::close(descriptor_);
}

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return failure(Rule::IoNoInput, 0, system_message(path, errno));
  std::unique_ptr<FileSource> source(new FileSource(descriptor, Owner::Us, path));
  TRY_VOID(source->look());
  return source;
}

Result<std::unique_ptr<FileSource>> FileSource::standard_input() {
  std::unique_ptr<FileSource> source(
      new FileSource(STDIN_FILENO, Owner::Process, "standard input"));
  TRY_VOID(source->look());
  return source;
}

Result<std::unique_ptr<FileSource>> FileSource::over(Descriptor file, std::string name) {
  std::unique_ptr<FileSource> source(new FileSource(file.release(), Owner::Us, std::move(name)));
  TRY_VOID(source->look());
  return source;
}

Result<void> FileSource::look() {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) {
    return failure(Rule::IoNoInput, 0, system_message(name_, errno));
  }
  if (S_ISDIR(status.st_mode)) return failure(Rule::IoNoInput, 0, system_message(name_, EISDIR));
  id_ = FileId::of(status);
  if (!S_ISREG(status.st_mode)) return {};
  off_t position = ::lseek(descriptor_, 0, SEEK_CUR);
  if (position < 0) return {};
  regular_ = true;
  start_ = position;
  size_ = static_cast<std::uint64_t>(status.st_size > position ? status.st_size - position : 0);
#ifdef POSIX_FADV_SEQUENTIAL
  ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
  return {};
}

Result<std::size_t> FileSource::read(MutableByteView buffer) {
  return read_some(descriptor_, buffer, name_);
}

Result<bool> FileSource::rewind() {
  if (!regular_) return false;
  if (::lseek(descriptor_, start_, SEEK_SET) < 0) {
    return failure(Rule::IoRead, 0, system_message(name_, errno));
  }
  return true;
}

std::optional<std::uint64_t> FileSource::size() const {
  if (!regular_) return std::nullopt;
  return size_;
}

Result<std::unique_ptr<FileSource>> open_source(const std::string& path) {
  if (path.empty() || path == "-") return FileSource::standard_input();
  return FileSource::open(path);
}

Result<std::unique_ptr<FileSource>> spool(Source& from) {
  const std::string name = "temporary file";
  Descriptor file = TRY(open_unnamed());
  TRY_VOID(read_all(from, [&](ByteView octets) { return write_all(file.number(), octets, name); }));
  if (::lseek(file.number(), 0, SEEK_SET) < 0) {
    return failure(Rule::IoRead, 0, system_message(name, errno));
  }
  return FileSource::over(std::move(file), name);
}

}  // namespace bulla::host
