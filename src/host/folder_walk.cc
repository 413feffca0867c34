#include "host/folder_walk.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/text.h"

namespace bulla::host {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

// The last component of "a/b/".
std::string_view last_name(std::string_view prefix) {
  if (prefix.empty()) return prefix;
  prefix.remove_suffix(1);
  std::size_t slash = prefix.rfind('/');
  return slash == prefix.npos ? prefix : prefix.substr(slash + 1);
}

bool holds_mail(std::string_view name) { return name == "cur" || name == "new"; }

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FolderWalk::FolderWalk(std::string root, Shape shape, std::vector<FileId> excluded)
    : root_(std::move(root)), shape_(shape), excluded_(std::move(excluded)) {}

std::optional<FolderEntry> FolderWalk::next() {
  if (!started_) {
    started_ = true;
    if (auto error = enter("")) return FolderEntry{.path = ".", .error = error};
  }
  while (!stack_.empty()) {
    Listing& top = stack_.back();
    if (top.position == top.names.size()) {
      stack_.pop_back();
      continue;
    }
    std::string name = std::move(top.names[top.position++]);
    if (auto entry = visit(top.prefix, name)) return entry;
  }
  return std::nullopt;
}

std::optional<Error> FolderWalk::enter(const std::string& prefix) {
  std::string path = full_path(prefix);
  Folder folder(::opendir(path.c_str()));
  if (folder == nullptr) return Error{Rule::IoNoInput, 0, system_message(path, errno)};
  Listing listing{.prefix = prefix, .names = {}, .position = 0};
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(folder.get());
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    if (name != "." && name != "..") listing.names.push_back(std::move(name));
  }
  if (errno != 0) return Error{Rule::IoRead, 0, system_message(path, errno)};
  std::sort(listing.names.begin(), listing.names.end());
  stack_.push_back(std::move(listing));
  return std::nullopt;
}

std::optional<FolderEntry> FolderWalk::visit(const std::string& prefix, const std::string& name) {
  FolderEntry entry{.path = prefix + name, .error = {}};
  std::string path = full_path(entry.path);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    entry.error = Error{Rule::IoNoInput, 0, system_message(path, errno)};
    return entry;
  }
  Kind kind = S_ISDIR(status.st_mode)   ? Kind::Folder
              : S_ISLNK(status.st_mode) ? Kind::Link
                                        : Kind::File;
  bool excluded = kind == Kind::Folder && std::find(excluded_.begin(), excluded_.end(),
                                                    FileId::of(status)) != excluded_.end();
  Choice choice = excluded ? Choice::Leave : choose(prefix, name, kind);
  if (choice == Choice::Enter) {
    entry.error = enter(entry.path + "/");
    return entry.error ? std::optional(entry) : std::nullopt;
  }
  if (choice == Choice::Leave || (kind == Kind::Link && is_folder(path))) {
    if (kind != Kind::Folder && name.substr(0, 7) != ".bulla-") ++passed_over_;
    return std::nullopt;
  }
  FolderEntry file = look_at_file(path);
  file.path = std::move(entry.path);
  return file;
}

FolderWalk::Choice FolderWalk::choose(const std::string& prefix, const std::string& name,
                                      Kind kind) const {
  return shape_ == Shape::Tree ? choose_in_tree(name, kind) : choose_in_maildir(prefix, name, kind);
}

FolderWalk::Choice FolderWalk::choose_in_tree(const std::string& name, Kind kind) const {
  if (kind == Kind::Folder) return Choice::Enter;
  bool is_message = ends_with_ignoring_case(name, ".eml") || ends_with_ignoring_case(name, ".p7m");
  return is_message ? Choice::Take : Choice::Leave;
}

// A Maildir server keeps its own files beside cur and new, and its own dot files inside.
FolderWalk::Choice FolderWalk::choose_in_maildir(const std::string& prefix, const std::string& name,
                                                 Kind kind) const {
  if (holds_mail(last_name(prefix))) {
    return kind == Kind::Folder || name[0] == '.' ? Choice::Leave : Choice::Take;
  }
  bool enters = holds_mail(name) || (prefix.empty() && name[0] == '.');
  return kind == Kind::Folder && enters ? Choice::Enter : Choice::Leave;
}

FolderEntry look_at_file(const std::string& path) {
  FolderEntry entry{.path = path, .error = {}};
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    entry.error = Error{Rule::IoNoInput, 0, system_message(path, errno)};
    return entry;
  }
  if (!S_ISREG(status.st_mode)) {
    entry.error = Error{Rule::IoNoInput, 0, path + ": not a regular file"};
  }
  entry.size = static_cast<std::uint64_t>(status.st_size);
  entry.modified = nanoseconds(status.st_mtim);
  return entry;
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_maildir(const std::string& path) {
  return is_folder(path + "/cur") && is_folder(path + "/new");
}

}  // namespace bulla::host
