#include "host/folder_walk.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/temporary_folder.h"

namespace bulla::host {
namespace {

struct Seen {
  std::vector<std::string> good;
  std::vector<std::string> bad;
  std::uint64_t passed_over = 0;
};

Seen walk(const TemporaryFolder& folder, FolderWalk::Shape shape,
          const std::vector<FileId>& excluded = {}) {
  FolderWalk walk(folder.path("."), shape, excluded);
  Seen seen;
  while (auto entry = walk.next()) (entry->error ? seen.bad : seen.good).push_back(entry->path);
  seen.passed_over = walk.passed_over();
  return seen;
}

using Paths = std::vector<std::string>;

TEST(FolderWalk, a_tree_is_walked_in_the_order_of_names) {
  TemporaryFolder folder;
  for (const char* name : {"b.eml", "a/z.eml", "a/b/c.P7M", "a.eml", "a/notes.txt", "-x.eml",
                           "new\nline.eml", "...eml", ".hidden/d.eml"}) {
    folder.write(name, "x");
  }
  Seen seen = walk(folder, FolderWalk::Shape::Tree);
  EXPECT_EQ(seen.good, (Paths{"-x.eml", "...eml", ".hidden/d.eml", "a/b/c.P7M", "a/z.eml", "a.eml",
                              "b.eml", "new\nline.eml"}));
  EXPECT_EQ(seen.bad, Paths{});
  EXPECT_EQ(seen.passed_over, 1u);
}

TEST(FolderWalk, links_to_folders_are_left_and_what_is_no_file_is_told) {
  TemporaryFolder folder;
  folder.write("a/b.eml", "x");
  ASSERT_EQ(::symlink("..", folder.path("a/up").c_str()), 0);
  ASSERT_EQ(::symlink("..", folder.path("a/up.eml").c_str()), 0);
  ASSERT_EQ(::symlink("b.eml", folder.path("a/link.eml").c_str()), 0);
  ASSERT_EQ(::symlink("loop.eml", folder.path("loop.eml").c_str()), 0);
  ASSERT_EQ(::mkfifo(folder.path("pipe.eml").c_str(), 0600), 0);
  Seen seen = walk(folder, FolderWalk::Shape::Tree);
  EXPECT_EQ(seen.good, (Paths{"a/b.eml", "a/link.eml"}));
  EXPECT_EQ(seen.bad, (Paths{"loop.eml", "pipe.eml"}));
  EXPECT_EQ(seen.passed_over, 2u);
}

TEST(FolderWalk, an_excluded_folder_is_not_entered) {
  TemporaryFolder folder;
  folder.write("a/b.eml", "x");
  folder.write("out/b.eml", "x");
  auto out = find_file_id(folder.path("out"));
  ASSERT_TRUE(out);
  EXPECT_EQ(walk(folder, FolderWalk::Shape::Tree, {*out}).good, Paths{"a/b.eml"});
}

TEST(FolderWalk, a_Maildir_is_cur_and_new_and_the_folders_in_it) {
  TemporaryFolder folder;
  for (const char* name : {"cur/1:2,S", "new/2", "tmp/3", "cur/.lock", "dovecot.index",
                           ".Sent/cur/4:2,", ".Sent/tmp/5", ".Sent/maildirfolder"}) {
    folder.write(name, "x");
  }
  Seen seen = walk(folder, FolderWalk::Shape::Maildir);
  EXPECT_EQ(seen.good, (Paths{".Sent/cur/4:2,", "cur/1:2,S", "new/2"}));
  EXPECT_TRUE(is_maildir(folder.path(".")));
  EXPECT_FALSE(is_maildir(folder.path("cur")));
}

TEST(FolderWalk, a_folder_that_is_not_there_is_told) {
  FolderWalk walk("/nonexistent-folder", FolderWalk::Shape::Tree, {});
  auto entry = walk.next();
  ASSERT_TRUE(entry);
  EXPECT_TRUE(entry->error);
  EXPECT_FALSE(walk.next());
}

}  // namespace
}  // namespace bulla::host
