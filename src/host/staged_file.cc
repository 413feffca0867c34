#include "host/staged_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/try.h"
#include "host/part_file.h"

namespace bulla::host {
namespace {

constexpr std::size_t kBuffer = 128u << 10;

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* opened = ::opendir(folder.c_str());
  if (opened == nullptr) return names;
  while (const dirent* entry = ::readdir(opened)) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  ::closedir(opened);
  return names;
}

timespec as_timespec(std::int64_t nanoseconds) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t rest = ((nanoseconds % kSecond) + kSecond) % kSecond;
  timespec time{};
  time.tv_sec = static_cast<time_t>((nanoseconds - rest) / kSecond);
  time.tv_nsec = static_cast<long>(rest);
  return time;
}

Error cannot_create(const std::string& path) {
  return {Rule::IoCannotCreate, 0, system_message(path, errno)};
}

}  // namespace

Result<std::unique_ptr<StagedFile>> StagedFile::create(const std::string& folder,
                                                       const std::string& name) {
  std::string path = folder + "/" + name;
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) return tl::unexpected(cannot_create(path));
  return std::unique_ptr<StagedFile>(new StagedFile(std::move(file), path));
}

StagedFile::~StagedFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
  wipe(buffer_);
}

Result<void> StagedFile::write(ByteView bytes) {
  if (buffer_.size() + bytes.size() > kBuffer) TRY_VOID(flush());
  if (bytes.size() >= kBuffer) return write_all(file_.number(), bytes, path_);
  if (buffer_.capacity() == 0) buffer_.reserve(kBuffer);  // never copied, so wiped whole
  append(buffer_, bytes);
  return {};
}

Result<void> StagedFile::flush() {
  TRY_VOID(write_all(file_.number(), buffer_, path_));
  wipe(buffer_);
  buffer_.clear();
  return {};
}

Result<void> StagedFile::finish() {
  TRY_VOID(flush());
  Bytes().swap(buffer_);
#ifdef SYNC_FILE_RANGE_WRITE
  ::sync_file_range(file_.number(), 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
  finished_ = true;
  return {};
}

// A file system without times or modes does no harm.
void StagedFile::settle(std::int64_t modified) {
  timespec time = as_timespec(modified);
  timespec both[2] = {time, time};
  ::futimens(file_.number(), both);
  ::fchmod(file_.number(), mode_for_new_files());
}

Result<void> StagedFile::sync() {
  if (::fsync(file_.number()) == 0) return {};
  return failure(Rule::IoWrite, 0, system_message(path_, errno));
}

Result<void> StagedFile::publish(const std::string& path) {
  int renamed = ::rename(path_.c_str(), path.c_str());
  if (renamed != 0 && errno == ENOENT) {
    TRY_VOID(make_folders(parent_folder(path)));
    renamed = ::rename(path_.c_str(), path.c_str());
  }
  if (renamed != 0) return tl::unexpected(cannot_create(path));
  path_.clear();
  file_.reset();
  return {};
}

Result<void> make_folders(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return sync_folder(parent_folder(path));
  if (errno == ENOENT) {
    std::string parent = parent_folder(path);
    if (parent == path) return tl::unexpected(cannot_create(path));
    TRY_VOID(make_folders(parent));
    if (::mkdir(path.c_str(), 0777) == 0) return sync_folder(parent);
  }
  struct stat status {};
  bool is_there = errno == EEXIST && ::stat(path.c_str(), &status) == 0;
  if (is_there && S_ISDIR(status.st_mode)) return {};
  if (is_there) errno = ENOTDIR;
  return tl::unexpected(cannot_create(path));
}

Result<void> sync_folder(const std::string& path) {
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return tl::unexpected(cannot_create(path));
  ::fsync(folder.number());  // not every file system can; the name is there in any case
  return {};
}

void remove_parts(const std::string& folder, std::string_view prefix) {
  constexpr std::string_view kEnd = ".part";
  for (const std::string& name : names_in(folder)) {
    std::string_view view = name;
    bool is_part = view.size() > kEnd.size() && view.substr(view.size() - kEnd.size()) == kEnd &&
                   view.substr(0, prefix.size()) == prefix;
    if (is_part) ::unlink((folder + "/" + name).c_str());
  }
}

bool folder_is_empty(const std::string& path) {
  std::vector<std::string> names = names_in(path);
  return std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return name.substr(0, 7) == ".bulla-" || name == "tmp";
  });
}

std::string parent_folder(const std::string& path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace bulla::host
