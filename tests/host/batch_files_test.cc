#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "host/batch_progress.h"
#include "host/bounded_queue.h"
#include "host/locked_log.h"
#include "host/staged_file.h"
#include "host/temporary_folder.h"

namespace bulla::host {
namespace {

std::unique_ptr<StagedFile> staged(const TemporaryFolder& folder, const std::string& text) {
  auto file = StagedFile::create(folder.path("."), "1.part");
  EXPECT_TRUE(file && (*file)->write(as_bytes(text)) && (*file)->finish());
  return std::move(*file);
}

TEST(StagedFile, has_its_name_and_its_time_once_it_is_published) {
  TemporaryFolder folder;
  auto file = staged(folder, "text");
  EXPECT_EQ(folder.count(), 1u);
  std::string path = folder.path("a/b/c.eml");
  file->settle(1'700'000'000'000'000'005);
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(file->publish(path));
  EXPECT_EQ(folder.read("a/b/c.eml"), "text");
  EXPECT_FALSE(folder.has("1.part"));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mtime, 1'700'000'000);
}

TEST(StagedFile, leaves_nothing_unless_it_is_published) {
  TemporaryFolder folder;
  staged(folder, "text").reset();
  EXPECT_EQ(folder.count(), 0u);
}

TEST(StagedFile, never_writes_to_a_file_that_is_there) {
  TemporaryFolder folder;
  folder.write("1.part", "x");
  EXPECT_EQ(StagedFile::create(folder.path("."), "1.part").error().rule, Rule::IoCannotCreate);
  remove_parts(folder.path("."), "2");
  EXPECT_TRUE(folder.has("1.part"));
  remove_parts(folder.path("."), "");
  EXPECT_FALSE(folder.has("1.part"));
}

TEST(StagedFile, a_file_in_the_way_of_a_folder_is_an_error) {
  TemporaryFolder folder;
  folder.write("a", "x");
  auto file = staged(folder, "text");
  auto published = file->publish(folder.path("a/b"));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().rule, Rule::IoCannotCreate);
}

TEST(Folders, empty_is_a_folder_without_messages) {
  TemporaryFolder folder;
  folder.write(".bulla-journal", "x");
  EXPECT_TRUE(folder_is_empty(folder.path(".")));
  folder.write("a", "x");
  EXPECT_FALSE(folder_is_empty(folder.path(".")));
  EXPECT_EQ(parent_folder("a/b"), "a");
  EXPECT_EQ(parent_folder("/a"), "/");
  EXPECT_EQ(parent_folder("a"), ".");
}

TEST(LockedLog, one_has_it_at_a_time) {
  TemporaryFolder folder;
  auto log = LockedLog::open(folder.path("log"));
  ASSERT_TRUE(log);
  auto second = LockedLog::open(folder.path("log"));
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("another process"), std::string::npos);
  log->reset();
  EXPECT_TRUE(LockedLog::open(folder.path("log")));
}

TEST(LockedLog, appends_reads_and_cuts) {
  TemporaryFolder folder;
  auto log = LockedLog::open(folder.write("log", "abc"));
  ASSERT_TRUE(log);
  EXPECT_EQ((*log)->size(), 3u);
  ASSERT_TRUE((*log)->truncate(2));
  ASSERT_TRUE((*log)->append("xy"));
  EXPECT_TRUE((*log)->sync());
  EXPECT_EQ(folder.read("log"), "abxy");
  Bytes buffer(8);
  EXPECT_EQ((*log)->read_at(1, buffer), 3u);
  EXPECT_EQ(as_text(ByteView(buffer).first(3)), "bxy");
}

TEST(BoundedQueue, everything_comes_out_once_and_nobody_waits_for_ever) {
  BoundedQueue<int> queue(3);
  std::vector<std::thread> threads;
  std::atomic<int> sum{0};
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (auto value = queue.pop()) sum += *value;
    });
  }
  for (int i = 1; i <= 1000; ++i) EXPECT_TRUE(queue.push(i));
  queue.close();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 500'500);
  EXPECT_FALSE(queue.push(1));
  EXPECT_TRUE(queue.is_drained());
}

TEST(BoundedQueue, abandoning_wakes_who_waits_for_room) {
  BoundedQueue<int> queue(1);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(BoundedQueue<int>(1).pop_all_within(std::chrono::milliseconds(1)).empty());
  bool pushed = true;
  std::thread thread([&] { pushed = queue.push(2); });
  queue.abandon();
  thread.join();
  EXPECT_FALSE(pushed);
  EXPECT_FALSE(queue.pop());
}

TEST(BatchProgress, says_rate_and_time_left) {
  EXPECT_EQ(batch_progress_text({.messages = 1'200, .octets = 4u << 20, .share = 0.25},
                                std::chrono::seconds(2)),
            "1,200 messages (25 %), 600/s, 2.0 MiB/s, 6 s left");
  EXPECT_EQ(
      batch_progress_text({.messages = 0, .octets = 0, .share = {}}, std::chrono::milliseconds(0)),
      "0 messages, 0/s, 0 B/s");
}

}  // namespace
}  // namespace bulla::host
