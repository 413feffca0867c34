#include "host/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace bulla::host {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void Descriptor::reset() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

std::optional<FileId> find_file_id(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId::of(status);
}

bool are_one_file(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  if (!a || !b || *a == "-" || *b == "-") return false;
  struct stat status {};
  bool is_there = ::stat(a->c_str(), &status) == 0;
  if (is_there && !S_ISREG(status.st_mode)) return false;
  return *a == *b || (is_there && find_file_id(*b) == FileId::of(status));
}

Result<Descriptor> create_file(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666));
  if (!file.is_open()) return failure(Rule::IoCannotCreate, 0, system_message(path, errno));
  return file;
}

void remove_file(const std::string& path) { ::unlink(path.c_str()); }

std::string system_message(const std::string& name, int error_number) {
  return name + ": " + std::generic_category().message(error_number);
}

Result<std::size_t> read_some(int descriptor, MutableByteView buffer, const std::string& name) {
  for (;;) {
    ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return failure(Rule::IoRead, 0, system_message(name, errno));
  }
}

Result<void> write_all(int descriptor, ByteView bytes, const std::string& name) {
  while (!bytes.empty()) {
    ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(Rule::IoWrite, 0, system_message(name, errno));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace bulla::host
