#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "host/sink.h"
#include "host/source.h"
#include "host/temporary_folder.h"

namespace bulla::host {
namespace {

std::string read_all(Source& source) {
  std::string text;
  Bytes buffer(7);
  for (;;) {
    auto count = source.read(buffer);
    if (!count || *count == 0) return text;
    text += as_text(ByteView(buffer).first(*count));
  }
}

TEST(FileSource, reads_rewinds_and_knows_its_size) {
  TemporaryFolder folder;
  auto source = FileSource::open(folder.write("in", "0123456789"));
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->size(), 10u);
  EXPECT_EQ(read_all(**source), "0123456789");
  EXPECT_EQ((*source)->rewind(), true);
  EXPECT_EQ(read_all(**source), "0123456789");
}

TEST(FileSource, refuses_absent_files_and_folders) {
  TemporaryFolder folder;
  EXPECT_EQ(FileSource::open(folder.path("absent")).error().rule, Rule::IoNoInput);
  EXPECT_EQ(FileSource::open(folder.path("")).error().rule, Rule::IoNoInput);
}

TEST(FileSource, a_fifo_has_no_size_and_no_way_back) {
  TemporaryFolder folder;
  std::string path = folder.path("fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  pid_t child = ::fork();
  if (child == 0) {
    auto sink = open_sink(path, {});
    bool good = sink && (*sink)->write(as_bytes("text")) && (*sink)->finish();
    ::_exit(good ? 0 : 1);
  }
  auto source = FileSource::open(path);
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->size(), std::nullopt);
  EXPECT_EQ((*source)->rewind(), false);
  EXPECT_EQ(read_all(**source), "text");
  int status = 1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(AtomicFileSink, nothing_has_the_name_before_finish) {
  TemporaryFolder folder;
  auto sink = open_sink(folder.path("out"), {});
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write(as_bytes("text")));
  EXPECT_FALSE(folder.has("out"));
  EXPECT_TRUE(folder.has("out.part"));
  ASSERT_TRUE((*sink)->finish());
  EXPECT_EQ(folder.read("out"), "text");
  EXPECT_FALSE(folder.has("out.part"));
}

TEST(AtomicFileSink, leaves_nothing_without_finish) {
  TemporaryFolder folder;
  {
    auto sink = open_sink(folder.path("out"), {});
    ASSERT_TRUE((*sink)->write(Bytes(1'000'000)));
  }
  EXPECT_EQ(folder.count(), 0u);
}

TEST(AtomicFileSink, the_mode_is_what_the_umask_gives_and_0600_before) {
  TemporaryFolder folder;
  mode_t before = ::umask(027);
  auto sink = open_sink(folder.path("out"), {});
  struct stat status {};
  ::stat(folder.path("out.part").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_TRUE((*sink)->finish());
  ::umask(before);
  ::stat(folder.path("out").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

// T-121: a link planted at the name or at NAME.part leads nowhere.
TEST(AtomicFileSink, T121_never_writes_through_a_link) {
  TemporaryFolder folder;
  std::string canary = folder.write("canary", "alive");
  ASSERT_EQ(::symlink(canary.c_str(), folder.path("out").c_str()), 0);
  auto sink = open_sink(folder.path("out"), {});
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write(as_bytes("text")));
  ASSERT_TRUE((*sink)->finish());
  EXPECT_EQ(folder.read("canary"), "alive");
  EXPECT_EQ(folder.read("out"), "text");

  ASSERT_EQ(::symlink(canary.c_str(), folder.path("other.part").c_str()), 0);
  auto refused = open_sink(folder.path("other"), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rule, Rule::IoCannotCreate);
  EXPECT_EQ(folder.read("canary"), "alive");
}

TEST(AtomicFileSink, T121_refuses_the_input_also_by_another_name) {
  TemporaryFolder folder;
  std::string path = folder.write("in", "text");
  ASSERT_EQ(::symlink("in", folder.path("link").c_str()), 0);
  ASSERT_EQ(::link(path.c_str(), folder.path("hard").c_str()), 0);
  auto source = FileSource::open(path);
  for (const char* name : {"in", "link", "hard"}) {
    auto sink = open_sink(folder.path(name), {(*source)->id()});
    ASSERT_FALSE(sink) << name;
    EXPECT_EQ(sink.error().rule, Rule::IoSameFile);
  }
  EXPECT_EQ(folder.read("in"), "text");
}

TEST(AtomicFileSink, refuses_folders_and_absent_folders) {
  TemporaryFolder folder;
  for (const char* name : {"", "absent/out", "."}) {
    auto sink = open_sink(folder.path(name), {});
    ASSERT_FALSE(sink) << name;
    EXPECT_EQ(sink.error().rule, Rule::IoCannotCreate) << name;
  }
}

TEST(AtomicFileSink, a_device_is_written_to_and_not_replaced) {
  auto sink = open_sink("/dev/null", {});
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write(as_bytes("text")));
  ASSERT_TRUE((*sink)->finish());
  struct stat status {};
  ::stat("/dev/null", &status);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
}

TEST(AtomicFileSink, a_full_device_is_an_error_and_no_success) {
  auto sink = open_sink("/dev/full", {});
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write(as_bytes("text")));
  auto finished = (*sink)->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().rule, Rule::IoWrite);
}

TEST(AtomicFileSink, a_signal_removes_the_part_file) {
  TemporaryFolder folder;
  pid_t child = ::fork();
  if (child == 0) {
    auto sink = open_sink(folder.path("out"), {});
    ::raise(SIGTERM);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
  EXPECT_EQ(folder.count(), 0u);
}

std::string read_descriptor(int number) {
  std::string text;
  Bytes buffer(100'000);
  for (;;) {
    auto count = read_some(number, buffer, "test");
    if (!count || *count == 0) return text;
    text += as_text(ByteView(buffer).first(*count));
  }
}

// Through a pipe.
std::string copy(Spool& spool) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  Descriptor out(ends[0]);
  Descriptor in(ends[1]);
  std::thread writer(
      [&spool, in = std::move(in)] { EXPECT_TRUE(spool.send_to(in.number(), "pipe")); });
  std::string text = read_descriptor(out.number());
  writer.join();
  return text;
}

TEST(Spool, stays_in_memory_up_to_its_size) {
  Spool spool;
  ASSERT_TRUE(spool.write(Bytes(Spool::kInMemory, 'a')));
  EXPECT_FALSE(spool.is_in_file());
  EXPECT_EQ(copy(spool), std::string(Spool::kInMemory, 'a'));
}

TEST(Spool, goes_to_an_unnamed_file_past_its_size) {
  TemporaryFolder folder;
  ::setenv("TMPDIR", folder.path("").c_str(), 1);
  Spool spool;
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    std::string block(70'000, static_cast<char>('a' + i % 26));
    expected += block;
    ASSERT_TRUE(spool.write(as_bytes(block)));
  }
  EXPECT_TRUE(spool.is_in_file());
  EXPECT_EQ(folder.count(), 0u);
  EXPECT_TRUE(copy(spool) == expected);
  ::unsetenv("TMPDIR");
}

TEST(Spool, goes_to_what_sendfile_does_not_take) {
  TemporaryFolder folder;
  Spool spool;
  std::string expected(Spool::kInMemory + 1, 'a');
  ASSERT_TRUE(spool.write(as_bytes(expected)));
  std::string path = folder.path("log");
  Descriptor log(::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600));
  ASSERT_TRUE(spool.send_to(log.number(), path));
  Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(read_descriptor(in.number()) == expected);
}

TEST(Spool, says_that_nobody_reads) {
  ::signal(SIGPIPE, SIG_IGN);
  Spool spool;
  ASSERT_TRUE(spool.write(Bytes(Spool::kInMemory + 1, 'a')));
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  Descriptor in(ends[1]);
  ::close(ends[0]);
  auto sent = spool.send_to(in.number(), "pipe");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().rule, Rule::IoWrite);
}

TEST(StreamSink, drops_what_goes_to_the_null_device) {
  TemporaryFolder folder;
  ::setenv("TMPDIR", folder.path("absent").c_str(), 1);  // a spool would fail there
  auto sink = open_sink("/dev/null", {});
  ASSERT_TRUE(sink);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE((*sink)->write(Bytes(Spool::kInMemory, 'a')));
  EXPECT_TRUE((*sink)->finish());
  ::unsetenv("TMPDIR");
}

}  // namespace
}  // namespace bulla::host
