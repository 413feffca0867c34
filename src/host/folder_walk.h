// FolderWalk: the messages in a Maildir or in a tree of files, in the order of their names.
//
//   FolderWalk walk("archive", FolderWalk::Shape::Tree, {});
//   while (auto entry = walk.next()) use(*entry);
//
// Links to folders are not followed, so that no loop is walked; links to files are. The
// names of the folders on the way to the current one are in memory, nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/descriptor.h"

namespace bulla::host {

struct FolderEntry {
  std::string path;  // below the root
  std::uint64_t size = 0;
  std::int64_t modified = 0;   // nanoseconds since 1970
  std::optional<Error> error;  // a folder or file that cannot be looked at
};

class FolderWalk {
 public:
  // Tree: every file called *.eml or *.p7m, at any depth. Maildir: every file in cur and
  // new, also of the Maildir++ folders (.Name) inside.
  enum class Shape { Tree, Maildir };

  // Folders among `excluded` are not entered.
  FolderWalk(std::string root, Shape shape, std::vector<FileId> excluded);

  std::optional<FolderEntry> next();

  // Files that are no message by their name, and links to folders; not those of a batch.
  std::uint64_t passed_over() const { return passed_over_; }

 private:
  struct Listing {
    std::string prefix;  // "", or the path below the root with its slash
    std::vector<std::string> names;
    std::size_t position = 0;
  };
  enum class Kind { File, Folder, Link };
  enum class Choice { Take, Enter, Leave };

  std::optional<Error> enter(const std::string& prefix);
  std::optional<FolderEntry> visit(const std::string& prefix, const std::string& name);
  Choice choose(const std::string& prefix, const std::string& name, Kind kind) const;
  Choice choose_in_tree(const std::string& name, Kind kind) const;
  Choice choose_in_maildir(const std::string& prefix, const std::string& name, Kind kind) const;
  std::string full_path(const std::string& path) const { return root_ + "/" + path; }

  std::string root_;
  Shape shape_;
  std::vector<FileId> excluded_;
  std::vector<Listing> stack_;
  bool started_ = false;
  std::uint64_t passed_over_ = 0;
};

// What is at the path, links followed; an error unless it is a regular file.
FolderEntry look_at_file(const std::string& path);

bool is_folder(const std::string& path);

// Whether this folder has a cur and a new.
bool is_maildir(const std::string& path);

}  // namespace bulla::host
