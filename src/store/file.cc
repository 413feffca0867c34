#include "store/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include "base/text.h"

namespace bulla::store {
namespace {

std::string system_message(const std::string& path) {
  return path + ": " + std::generic_category().message(errno);
}

class File {
 public:
  explicit File(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)) {}
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Result<Secret> read_open_file(int number, const std::string& path, std::size_t room) {
  Secret content(room + 1);
  std::size_t size = 0;
  for (;;) {
    MutableByteView rest = content.mutable_view().subspan(size);
    ssize_t count = ::read(number, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(Rule::IoRead, 0, system_message(path));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > room) return failure(Rule::LimitSize, 0, path);
  }
  content.truncate(size);
  return content;
}

bool is_regular(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Result<Secret> read_file(const std::string& path, std::size_t max_bytes) {
  File file(path);
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) {
    return failure(Rule::IoNoInput, 0, system_message(path));
  }
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return failure(Rule::IoNoInput, 0, system_message(path));
  }
  std::size_t room = max_bytes;
  if (S_ISREG(status.st_mode)) {
    room = std::min(max_bytes, static_cast<std::size_t>(status.st_size));
  }
  return read_open_file(file.number(), path, room);
}

std::vector<std::string> list_files(const std::string& folder, std::size_t max_count) {
  std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(folder.c_str()), &::closedir);
  std::vector<std::string> paths;
  if (opened == nullptr) return paths;
  while (const dirent* entry = ::readdir(opened.get())) {
    std::string path = folder + "/" + entry->d_name;
    if (entry->d_name[0] == '.' || !is_regular(path)) continue;
    if (paths.size() == max_count) break;
    paths.push_back(std::move(path));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

bool is_absent(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

bool is_private(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & 077) == 0;
}

Error about_file(Error error, const std::string& path) {
  std::string_view slug = info(error.rule).slug;
  std::string_view family = slug.substr(0, slug.find('.'));
  if (family == "io") return error;  // has the name already
  bool inside =
      family == "asn1" || family == "cert" || family == "cms" || error.rule == Rule::CryptoBadKey;
  if (!inside) {
    error.detail = error.detail.empty() ? path : path + ": " + error.detail;
    return error;
  }
  std::string why(info(error.rule).text);
  if (!error.detail.empty()) why += ": " + error.detail;
  return {Rule::KeyUnreadable, error.offset, path + ": " + why};
}

}  // namespace bulla::store
