#include "host/part_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/try.h"
#include "host/cleanup.h"

namespace bulla::host {

mode_t mode_for_new_files() {
  mode_t mask = ::umask(077);
  ::umask(mask);
  return 0666 & ~mask;
}

PartFile::PartFile(Descriptor folder, std::string name, std::string path)
    : folder_(std::move(folder)),
      name_(std::move(name)),
      part_(name_ + ".part"),
      path_(std::move(path)) {}

PartFile::~PartFile() { remove(); }

Result<std::unique_ptr<PartFile>> PartFile::create(const std::string& path) {
  std::size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") {
    return failure(Rule::IoCannotCreate, 0, system_message(path, EISDIR));
  }
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open()) return failure(Rule::IoCannotCreate, 0, system_message(path, errno));
  std::unique_ptr<PartFile> file(new PartFile(std::move(opened), std::move(name), path));
  TRY_VOID(file->create_file());
  return file;
}

Result<void> PartFile::create_file() {
  file_ = Descriptor(::openat(folder_.number(), part_.c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file_.is_open()) {
    return failure(Rule::IoCannotCreate, 0, system_message(path_ + ".part", errno));
  }
  exists_ = true;
  cleanup_ = remove_on_signal(folder_.number(), part_.c_str());
  return {};
}

Result<void> PartFile::publish() {
  if (::fchmod(file_.number(), mode_for_new_files()) != 0 || ::fsync(file_.number()) != 0) {
    return failure(Rule::IoWrite, 0, system_message(path_, errno));
  }
  if (::renameat(folder_.number(), part_.c_str(), folder_.number(), name_.c_str()) != 0) {
    return failure(Rule::IoCannotCreate, 0, system_message(path_, errno));
  }
  exists_ = false;
  forget(cleanup_);
  ::fsync(folder_.number());  // not every file system can; the name is there in any case
  return {};
}

void PartFile::remove() {
  if (!exists_) return;
  ::unlinkat(folder_.number(), part_.c_str(), 0);
  forget(cleanup_);
  exists_ = false;
}

}  // namespace bulla::host
